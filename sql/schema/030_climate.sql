-- Climate series: one table a variable, one column a scenario; NULL = missing.
-- Rows lie sorted by (grid_id, time), so that a tile of cells is one stretch.
-- units: ta °C · rn mm/month · ws m/s · rhm % · si MJ/m² per day · spei12 1
--        wsdi csdi cdd rain80 days · rx1day rx5day mm · sdii mm/day · sea level cm

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['ta', 'rn', 'ws', 'rhm', 'si', 'spei12'] LOOP
        EXECUTE format($ddl$
            CREATE TABLE IF NOT EXISTS modelops.%I (
                grid_id           integer NOT NULL REFERENCES modelops.location_grid,
                observation_date  date NOT NULL,   -- first day of the month
                ssp1 real, ssp2 real, ssp3 real, ssp5 real,
                PRIMARY KEY (grid_id, observation_date)
            )$ddl$, name || '_data');
    END LOOP;
    FOREACH name IN ARRAY ARRAY['wsdi', 'csdi', 'rx1day', 'rx5day', 'cdd', 'rain80', 'sdii'] LOOP
        EXECUTE format($ddl$
            CREATE TABLE IF NOT EXISTS modelops.%I (
                grid_id  integer NOT NULL REFERENCES modelops.location_grid,
                year     smallint NOT NULL,
                ssp1 real, ssp2 real, ssp3 real, ssp5 real,
                PRIMARY KEY (grid_id, year)
            )$ddl$, name || '_data');
    END LOOP;
END
$$;

CREATE TABLE IF NOT EXISTS modelops.sea_level_data (
    grid_id  integer NOT NULL REFERENCES modelops.sea_level_grid,
    year     smallint NOT NULL,
    ssp1 real, ssp2 real, ssp3 real, ssp5 real,   -- cm
    PRIMARY KEY (grid_id, year)
);
