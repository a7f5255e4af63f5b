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
       node.grid_id AS sea_level_grid_id
  FROM modelops.location_grid AS g
  LEFT JOIN LATERAL (
       SELECT s.grid_id FROM modelops.sea_level_grid AS s
        ORDER BY s.geom_5179 <-> g.geom_5179 LIMIT 1) AS node ON true
 WHERE g.grid_id BETWEEN :first AND :last
 ORDER BY g.grid_id;

-- cells_around --
-- The cells within one and a half grid steps in latitude and in longitude of each cell of a tile. The
-- step is the usual distance along rows and along columns of the first cells, whatever the tile: a coast,
-- a gap or a second, merged grid does not change it. A grid without rows and columns has no neighbours.
WITH placed AS (
    SELECT round(latitude::numeric, 4) AS y, round(longitude::numeric, 4) AS x
      FROM modelops.location_grid ORDER BY grid_id LIMIT 5000
), step AS (
    SELECT (SELECT mode() WITHIN GROUP (ORDER BY c.gap)
              FROM (SELECT y - lag(y) OVER (PARTITION BY x ORDER BY y) AS gap FROM placed) AS c) AS y,
           (SELECT mode() WITHIN GROUP (ORDER BY r.gap)
              FROM (SELECT x - lag(x) OVER (PARTITION BY y ORDER BY x) AS gap FROM placed) AS r) AS x
), reach AS (
    SELECT 1.5 * coalesce(y, x)::float8 AS y, 1.5 * coalesce(x, y)::float8 AS x FROM step
)
SELECT g.grid_id, o.grid_id AS around
  FROM modelops.location_grid AS g
 CROSS JOIN reach
  JOIN modelops.location_grid AS o
    ON o.latitude BETWEEN g.latitude - reach.y AND g.latitude + reach.y
   AND o.longitude BETWEEN g.longitude - reach.x AND g.longitude + reach.x
   AND o.grid_id <> g.grid_id
 WHERE g.grid_id BETWEEN :first AND :last
 ORDER BY 1, 2;

-- storm_list --
-- Storms of the catalogue with their seasons.
SELECT storm_id, season FROM modelops.api_typhoon_list ORDER BY season, storm_id;

-- storm_nodes --
-- Track nodes; a missing pressure follows from the wind, a node without either is left out.
SELECT t.storm_id, extract(epoch FROM t.track_time) / 3600.0 AS hour,
       t.latitude::float8 AS latitude, t.longitude::float8 AS longitude,
       coalesce(t.pressure_hpa, 'NaN')::float8 AS pressure, coalesce(t.wind_kt, 'NaN')::float8 AS wind
  FROM modelops.api_typhoon_tracks AS t
  JOIN modelops.api_typhoon_list AS l USING (storm_id)
 WHERE t.pressure_hpa IS NOT NULL OR t.wind_kt IS NOT NULL
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
       row_count, loaded_at
  FROM modelops.data_sources ORDER BY table_name, name;

-- grid_coordinates --
-- Coordinates of all cells.
SELECT latitude, longitude FROM modelops.location_grid ORDER BY grid_id;
