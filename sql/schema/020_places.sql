-- Places: the climate grid, the sea-level nodes, districts and the coast.
-- `geom_5179` (EPSG:5179, metres) carries every metric search; degrees never do.

CREATE TABLE IF NOT EXISTS modelops.location_admin (
    admin_code       text PRIMARY KEY,
    level            text NOT NULL CHECK (level IN ('sido', 'sigungu', 'emd')),
    parent_code      text,
    admin_name       text NOT NULL,              -- '서울특별시 강남구'
    admin_name_en    text,
    is_urban         boolean,                    -- a 동 (urban) or 읍·면 (rural); sido: NULL
    geom             geometry(MultiPolygon, 4326) NOT NULL,
    area_km2         double precision,
    population_2020  integer,
    population_2025  integer,
    population_2030  integer,
    population_2035  integer,
    population_2040  integer,
    population_2045  integer,
    population_2050  integer
);
CREATE INDEX IF NOT EXISTS location_admin_geom_idx
    ON modelops.location_admin USING gist (geom);
CREATE INDEX IF NOT EXISTS location_admin_level_idx
    ON modelops.location_admin (level, parent_code);

-- ST_Subdivide'd copy for point look-ups: 100 times faster than whole polygons.
CREATE TABLE IF NOT EXISTS modelops.location_admin_parts (
    admin_code  text NOT NULL
                REFERENCES modelops.location_admin ON DELETE CASCADE,
    level       text NOT NULL,
    geom        geometry(Polygon, 4326) NOT NULL,
    geom_5179   geometry(Polygon, 5179)
                GENERATED ALWAYS AS (ST_Transform(geom, 5179)) STORED
);
CREATE INDEX IF NOT EXISTS location_admin_parts_sido_idx
    ON modelops.location_admin_parts USING gist (geom_5179) WHERE level = 'sido';
CREATE INDEX IF NOT EXISTS location_admin_parts_sigungu_idx
    ON modelops.location_admin_parts USING gist (geom_5179) WHERE level = 'sigungu';
CREATE INDEX IF NOT EXISTS location_admin_parts_emd_idx
    ON modelops.location_admin_parts USING gist (geom_5179) WHERE level = 'emd';

-- The sea shore: outer boundary of the country without its land border.
CREATE TABLE IF NOT EXISTS modelops.coastline (
    coastline_id  integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    geom          geometry(LineString, 4326) NOT NULL,
    geom_5179     geometry(LineString, 5179)
                  GENERATED ALWAYS AS (ST_Transform(geom, 5179)) STORED
);
CREATE INDEX IF NOT EXISTS coastline_geom_5179_idx
    ON modelops.coastline USING gist (geom_5179);

CREATE TABLE IF NOT EXISTS modelops.location_grid (
    grid_id           integer PRIMARY KEY,
    latitude          double precision NOT NULL CHECK (latitude BETWEEN 32 AND 44),
    longitude         double precision NOT NULL CHECK (longitude BETWEEN 123 AND 133),
    geom              geometry(Point, 4326) GENERATED ALWAYS AS
                      (ST_SetSRID(ST_MakePoint(longitude, latitude), 4326)) STORED,
    geom_5179         geometry(Point, 5179) GENERATED ALWAYS AS
                      (ST_Transform(ST_SetSRID(ST_MakePoint(longitude, latitude), 4326), 5179)) STORED,
    elevation_m       real,                      -- mean of the cell, NULL = unknown
    coast_distance_m  real,                      -- of the cell's centre, 0 at sea
    land_fraction     real CHECK (land_fraction BETWEEN 0 AND 1),
    basin_code        text,                      -- Han Nakdong Geum Yeongsan Seomjin
    admin_code        text,                      -- sigungu of most of its land
    UNIQUE (latitude, longitude)
);
CREATE INDEX IF NOT EXISTS location_grid_geom_5179_idx
    ON modelops.location_grid USING gist (geom_5179);

CREATE TABLE IF NOT EXISTS modelops.sea_level_grid (
    grid_id    integer PRIMARY KEY,
    latitude   double precision NOT NULL,
    longitude  double precision NOT NULL,
    geom       geometry(Point, 4326) GENERATED ALWAYS AS
               (ST_SetSRID(ST_MakePoint(longitude, latitude), 4326)) STORED,
    geom_5179  geometry(Point, 5179) GENERATED ALWAYS AS
               (ST_Transform(ST_SetSRID(ST_MakePoint(longitude, latitude), 4326), 5179)) STORED
);
CREATE INDEX IF NOT EXISTS sea_level_grid_geom_5179_idx
    ON modelops.sea_level_grid USING gist (geom_5179);
