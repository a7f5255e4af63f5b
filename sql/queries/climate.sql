-- Reading climate for the nightly run and for single cells.

-- grid_ids --
-- All cells in the order of the tiles.
SELECT grid_id FROM modelops.location_grid ORDER BY grid_id;

-- grid_cells --
-- Static attributes of a tile's cells; the sea-level node is the nearest one.
SELECT g.grid_id, g.latitude, g.longitude,
       coalesce(g.elevation_m, 'NaN') AS elevation_m,
       coalesce(g.coast_distance_m, 'NaN') AS coast_distance_m,
       coalesce(g.basin_code, '') AS basin_code,
       coalesce(g.admin_code, '') AS admin_code,
       left(coalesce(g.admin_code, ''), 2) AS province_code,
       node.grid_id AS sea_level_grid_id
  FROM modelops.location_grid AS g
  LEFT JOIN LATERAL (
       SELECT s.grid_id FROM modelops.sea_level_grid AS s
        ORDER BY s.geom_5179 <-> g.geom_5179 LIMIT 1) AS node ON true
 WHERE g.grid_id BETWEEN :first AND :last
 ORDER BY g.grid_id;

-- storm_list --
-- Storms of the catalogue with their seasons and names.
SELECT storm_id, season, coalesce(name, '') AS name FROM modelops.api_typhoon_list ORDER BY season, storm_id;

-- storm_period --
-- The years that the loaded best tracks state.
SELECT period FROM modelops.data_sources
 WHERE table_name IN ('api_typhoon_list', 'api_typhoon_tracks') AND period IS NOT NULL
 ORDER BY table_name LIMIT 1;

-- storm_nodes --
-- Track nodes; the reader decides which pressures and winds are usable.
SELECT t.storm_id, extract(epoch FROM t.track_time) / 3600.0 AS hour,
       t.latitude::float8 AS latitude, t.longitude::float8 AS longitude,
       coalesce(t.pressure_hpa, 'NaN')::float8 AS pressure, coalesce(t.wind_kt, 'NaN')::float8 AS wind
  FROM modelops.api_typhoon_tracks AS t
  JOIN modelops.api_typhoon_list AS l USING (storm_id)
 ORDER BY l.season, t.storm_id, t.track_time;

-- basin_population --
-- Population of each major basin at the census and projection years; NULL where one of its districts is unknown.
SELECT basin.basin_code,
       CASE WHEN count(a.population_2020) = count(*) THEN sum(a.population_2020) END AS population_2020,
       CASE WHEN count(a.population_2025) = count(*) THEN sum(a.population_2025) END AS population_2025,
       CASE WHEN count(a.population_2030) = count(*) THEN sum(a.population_2030) END AS population_2030,
       CASE WHEN count(a.population_2035) = count(*) THEN sum(a.population_2035) END AS population_2035,
       CASE WHEN count(a.population_2040) = count(*) THEN sum(a.population_2040) END AS population_2040,
       CASE WHEN count(a.population_2045) = count(*) THEN sum(a.population_2045) END AS population_2045,
       CASE WHEN count(a.population_2050) = count(*) THEN sum(a.population_2050) END AS population_2050
  FROM modelops.location_admin AS a
 CROSS JOIN LATERAL (
       SELECT coalesce(
              (SELECT g.basin_code FROM modelops.location_grid AS g
                WHERE g.admin_code = a.admin_code AND g.basin_code IS NOT NULL
                ORDER BY g.geom_5179 <-> ST_Transform(ST_PointOnSurface(a.geom), 5179) LIMIT 1),
              (SELECT g.basin_code FROM modelops.location_grid AS g
                WHERE g.admin_code IS NOT NULL
                ORDER BY g.geom_5179 <-> ST_Transform(ST_PointOnSurface(a.geom), 5179) LIMIT 1)) AS basin_code) AS basin
 WHERE a.level = 'sigungu' AND basin.basin_code IS NOT NULL
 GROUP BY basin.basin_code;

-- data_sources --
-- What is loaded, and where it comes from.
SELECT table_name, name, provider, licence, version, kind::text AS kind, period, method,
       row_count, loaded_at, members, file_name, file_sha256, load_id
  FROM modelops.data_sources ORDER BY table_name, name;

-- warming_of_windows --
-- Warming of each scenario and horizon [K].
SELECT ssp_scenario::text AS ssp_scenario, horizon::text AS horizon, kelvin FROM modelops.warming;

-- signals_of_cells --
-- What is known of one variable's response to warming in a tile's cells.
SELECT g.grid_id, coalesce(s.pooled, 'NaN') AS response, coalesce(s.se, 'NaN') AS se,
       coalesce(s.intercept, 'NaN') AS intercept, coalesce(s.intercept_se, 'NaN') AS intercept_se,
       coalesce(s.covariance, 'NaN') AS covariance, coalesce(s.spread, 'NaN') AS spread,
       coalesce(s.worth, 'NaN') AS worth, coalesce(s.level, 'NaN') AS level,
       coalesce(s.years::float8, 'NaN') AS years, coalesce(s.flags, '{}') AS flags
  FROM modelops.location_grid AS g
  LEFT JOIN modelops.change_signals AS s ON s.grid_id = g.grid_id AND s.variable = :variable
 WHERE g.grid_id BETWEEN :first AND :last
 ORDER BY g.grid_id;

-- response_summaries --
-- The pooled response of each variable over all cells, and how many cells carry each flag.
SELECT variable, count(*) AS cells,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY nullif(pooled, 'NaN')) AS median,
       percentile_cont(0.05) WITHIN GROUP (ORDER BY nullif(pooled, 'NaN')) AS low,
       percentile_cont(0.95) WITHIN GROUP (ORDER BY nullif(pooled, 'NaN')) AS high,
       count(*) FILTER (WHERE 'response_assumed' = ANY(flags)) AS response_assumed,
       count(*) FILTER (WHERE 'observed_spread' = ANY(flags)) AS observed_spread,
       count(*) FILTER (WHERE 'rain_smoothed' = ANY(flags)) AS rain_smoothed
  FROM modelops.change_signals GROUP BY variable ORDER BY variable;

-- clear_warming --
-- Windows that the data no longer cover.
DELETE FROM modelops.warming;

-- new_warming --
-- Warming of one window.
INSERT INTO modelops.warming (ssp_scenario, horizon, kelvin, run_id)
VALUES (CAST(:ssp_scenario AS modelops.ssp_scenario), CAST(:horizon AS modelops.horizon), :kelvin, :run_id);

-- members_of_table --
-- Of how many members a table's data are the mean; NULL where any of its data sets does not say.
SELECT CASE WHEN count(*) > 0 AND count(members) = count(*) THEN max(members) END AS members
  FROM modelops.data_sources WHERE table_name = :table_name;

-- reference_rain --
-- The stations' statistics of yearly maximum one-day rain.
SELECT latitude, longitude, last_year - first_year + 1 AS years, rx1day_mean, rx1day_10yr, rx1day_50yr,
       rx1day_100yr
  FROM modelops.reference_rain ORDER BY station_id;

-- grid_places --
-- Ids and coordinates of all cells.
SELECT grid_id, latitude, longitude FROM modelops.location_grid ORDER BY grid_id;

-- cell_provinces --
-- The province of each cell that lies in a district.
SELECT grid_id, left(admin_code, 2) AS province_code
  FROM modelops.location_grid WHERE admin_code IS NOT NULL;

-- grid_coordinates --
-- Coordinates of all cells.
SELECT latitude, longitude FROM modelops.location_grid ORDER BY grid_id;
