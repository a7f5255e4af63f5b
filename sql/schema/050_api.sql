-- What providers' APIs gave: buildings, river gauges, typhoons.

CREATE TABLE IF NOT EXISTS modelops.api_buildings (
    building_id   bigint PRIMARY KEY,
    register_pk   text,                           -- mgmBldrgstPk; NULL for synthetic rows
    latitude      double precision NOT NULL,
    longitude     double precision NOT NULL,
    geom          geometry(Point, 4326) GENERATED ALWAYS AS
                  (ST_SetSRID(ST_MakePoint(longitude, latitude), 4326)) STORED,
    geom_5179     geometry(Point, 5179) GENERATED ALWAYS AS
                  (ST_Transform(ST_SetSRID(ST_MakePoint(longitude, latitude), 4326), 5179)) STORED,
    admin_code    text,
    structure     text,                           -- strctCdNm as registered
    main_purpose  text,                           -- mainPurpsCdNm
    built_year    smallint,                       -- of useAprDay
    floors_above  smallint,
    floors_below  smallint,
    total_area    real,                           -- m²
    arch_area     real,                           -- m²
    kind          modelops.data_kind NOT NULL
);
CREATE INDEX IF NOT EXISTS api_buildings_geom_5179_idx
    ON modelops.api_buildings USING gist (geom_5179);

CREATE TABLE IF NOT EXISTS modelops.api_wamis_stations (
    station_code        text PRIMARY KEY,
    station_name        text NOT NULL,
    station_type        text NOT NULL,            -- flow, level, rain
    river_name          text,
    basin_code          text,
    latitude            double precision,
    longitude           double precision,
    geom_5179           geometry(Point, 5179) GENERATED ALWAYS AS
                        (ST_Transform(ST_SetSRID(ST_MakePoint(longitude, latitude), 4326), 5179)) STORED,
    drainage_area_km2   double precision,
    is_basin_outlet     boolean NOT NULL DEFAULT false
);
CREATE INDEX IF NOT EXISTS api_wamis_stations_geom_5179_idx
    ON modelops.api_wamis_stations USING gist (geom_5179);

CREATE TABLE IF NOT EXISTS modelops.api_wamis_cache (
    station_code      text NOT NULL REFERENCES modelops.api_wamis_stations ON DELETE CASCADE,
    data_type         text NOT NULL,              -- flow [m³/s], level [m], rain [mm]; daily
    observation_date  date NOT NULL,
    value             real
);
CREATE UNIQUE INDEX IF NOT EXISTS api_wamis_cache_key
    ON modelops.api_wamis_cache (station_code, data_type, observation_date) INCLUDE (value);

CREATE TABLE IF NOT EXISTS modelops.api_typhoon_list (
    storm_id    text PRIMARY KEY,                 -- IBTrACS SID or JMA number
    season      smallint NOT NULL,
    name        text,
    first_time  timestamptz,
    last_time   timestamptz
);
CREATE TABLE IF NOT EXISTS modelops.api_typhoon_tracks (
    storm_id      text NOT NULL REFERENCES modelops.api_typhoon_list ON DELETE CASCADE,
    track_time    timestamptz NOT NULL,
    latitude      real NOT NULL,
    longitude     real NOT NULL,
    pressure_hpa  real,                           -- central pressure, NULL = not given
    wind_kt       real,                           -- 10-minute mean (JMA), NULL = not given
    PRIMARY KEY (storm_id, track_time)
);
