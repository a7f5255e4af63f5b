-- Sums of the climate series over each district's cells, one row a variable and district:
-- means of a province of 20,000 cells must not read their 26 million rows. Made by the loader, and by
-- a job where tables were filled otherwise; used only while they fit the tables' last load.

CREATE TABLE IF NOT EXISTS modelops.district_means (
    variable    text NOT NULL,
    admin_code  text NOT NULL,                      -- as in location_grid
    steps       integer[] NOT NULL,                 -- years, or days since 2000-01-01 of the months
    ssp1 double precision[] NOT NULL, ssp2 double precision[] NOT NULL,   -- sums by step, NULL = no value
    ssp3 double precision[] NOT NULL, ssp5 double precision[] NOT NULL,
    n1 integer[] NOT NULL, n2 integer[] NOT NULL,                         -- cells that have a value
    n3 integer[] NOT NULL, n5 integer[] NOT NULL,
    PRIMARY KEY (variable, admin_code)
);

CREATE TABLE IF NOT EXISTS modelops.district_means_state (
    variable   text PRIMARY KEY,
    made_from  text NOT NULL,                       -- version of the series and the grid
    made_at    timestamptz NOT NULL DEFAULT now()
);

-- What is loaded of each series: changes with the series or the grid.
CREATE OR REPLACE VIEW modelops.series_versions AS
SELECT left(s.table_name, -5) AS variable, concat_ws(' ', extract(epoch FROM max(s.loaded_at)), extract(epoch FROM max(g.loaded_at))) AS version
  FROM modelops.data_sources AS s
  JOIN modelops.data_sources AS g ON g.table_name = 'location_grid'
 WHERE s.table_name LIKE '%\_data'
 GROUP BY s.table_name;
