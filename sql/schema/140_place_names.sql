-- What places are called: landmarks and stations, postal codes, addresses. Searching reads them, no calculation does.

CREATE TABLE IF NOT EXISTS modelops.place_names (
    place_id   integer PRIMARY KEY,
    kind       text NOT NULL,                   -- station, airport, landmark, industry, island …
    name       text NOT NULL,
    name_en    text,
    aliases    text,                            -- other names, '|' between them
    district   text,                            -- '성남시 분당구'
    latitude   double precision NOT NULL CHECK (latitude BETWEEN 32 AND 44),
    longitude  double precision NOT NULL CHECK (longitude BETWEEN 123 AND 133)
);

CREATE TABLE IF NOT EXISTS modelops.postcodes (
    postal_code  text PRIMARY KEY CHECK (postal_code ~ '^[0-9]{5}$'),
    place        text,                          -- town
    sigungu      text,
    sido         text,
    latitude     double precision NOT NULL CHECK (latitude BETWEEN 32 AND 44),
    longitude    double precision NOT NULL CHECK (longitude BETWEEN 123 AND 133)
);

-- Keys are the road with the building's number, '세종대로110', and the town with the lot's, '태평로1가31'.
CREATE TABLE IF NOT EXISTS modelops.addresses (
    address_id     integer PRIMARY KEY,
    pnu            text CHECK (pnu ~ '^[0-9]{19}$'),   -- 19-digit number of the parcel
    road_address   text,
    lot_address    text,
    road_key       text,
    lot_key        text,
    building_name  text,
    postal_code    text,
    latitude       double precision NOT NULL CHECK (latitude BETWEEN 32 AND 44),
    longitude      double precision NOT NULL CHECK (longitude BETWEEN 123 AND 133)
);
CREATE INDEX IF NOT EXISTS addresses_pnu_idx ON modelops.addresses (pnu);
CREATE INDEX IF NOT EXISTS addresses_road_key_idx ON modelops.addresses (road_key);
CREATE INDEX IF NOT EXISTS addresses_lot_key_idx ON modelops.addresses (lot_key);
CREATE INDEX IF NOT EXISTS addresses_building_name_idx ON modelops.addresses (building_name);
