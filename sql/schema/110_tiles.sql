-- Vector tiles of the buildings, made ahead to zoom 13: below zoom 11 squares with a
-- count, from there on every building. Made again when buildings were loaded since.

CREATE TABLE IF NOT EXISTS modelops.building_tiles (
    z    smallint NOT NULL,
    x    integer NOT NULL,
    y    integer NOT NULL,
    mvt  bytea NOT NULL,
    PRIMARY KEY (z, x, y)
);
-- Tiles are packed already.
ALTER TABLE modelops.building_tiles ALTER COLUMN mvt SET STORAGE EXTERNAL;

CREATE TABLE IF NOT EXISTS modelops.building_tiles_state (
    only_row     boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    made_from    text NOT NULL,                   -- version of the buildings
    made_at      timestamptz NOT NULL DEFAULT now(),
    tiles        integer NOT NULL
);
