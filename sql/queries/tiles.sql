-- Vector tiles. A point's place in a tile is worked out by itself: ten times faster than ST_AsMVTGeom.

-- buildings_version --
-- Which buildings are loaded, and from which the stored tiles were made.
SELECT (SELECT CAST(extract(epoch FROM max(loaded_at)) AS text) FROM modelops.data_sources WHERE table_name = 'api_buildings') AS loaded,
       (SELECT made_from FROM modelops.building_tiles_state) AS made_from;

-- stored_tile --
-- A tile made ahead.
SELECT mvt FROM modelops.building_tiles WHERE z = :z AND x = :x AND y = :y;

-- buildings_tile --
-- Every building of a tile. The edge of a tile is bent in EPSG:5179, by less than 5 m from zoom 11 on.
WITH here AS MATERIALIZED (
    SELECT building_id, structure, main_purpose, built_year, floors_above, floors_below, total_area, kind::text AS kind,
           (longitude + 180) / 360 * (1 << :z) AS x,
           (1 - asinh(tan(radians(latitude))) / pi()) / 2 * (1 << :z) AS y
      FROM modelops.api_buildings
     WHERE geom_5179 && ST_Expand(ST_Transform(ST_TileEnvelope(:z, :x, :y), 5179), 5)
)
SELECT ST_AsMVT(feature, 'buildings', 4096, 'geom', 'building_id') AS mvt
  FROM (SELECT building_id, structure, main_purpose, built_year, floors_above, floors_below, total_area, kind,
               ST_MakePoint(floor((x - :x) * 4096), floor((y - :y) * 4096)) AS geom
          FROM here WHERE floor(x) = :x AND floor(y) = :y) AS feature;

-- clear_tiles --
-- Make room for new ones.
DELETE FROM modelops.building_tiles;

-- tile_squares --
-- Buildings counted in squares of the finest aggregated zoom.
CREATE TEMPORARY TABLE squares ON COMMIT DROP AS
SELECT floor((longitude + 180) / 360 * (CAST(:per_tile AS integer) << :z))::integer AS x,
       floor((1 - asinh(tan(radians(latitude))) / pi()) / 2 * (CAST(:per_tile AS integer) << :z))::integer AS y,
       count(*)::integer AS buildings
  FROM modelops.api_buildings GROUP BY 1, 2;

-- make_counted_tiles --
-- The tiles of one zoom from those squares; :shift is how many zooms it lies above them.
INSERT INTO modelops.building_tiles (z, x, y, mvt)
SELECT :z, x, y, ST_AsMVT(feature, 'buildings', 4096, 'geom')
  FROM (SELECT px / :per_tile AS x, py / :per_tile AS y, buildings,
               ST_MakePoint(((px % :per_tile) + 0.5) * 4096 / :per_tile, ((py % :per_tile) + 0.5) * 4096 / :per_tile) AS geom
          FROM (SELECT x >> :shift AS px, y >> :shift AS py, sum(buildings)::integer AS buildings
                  FROM squares GROUP BY 1, 2) AS coarse) AS feature (x, y, buildings, geom)
 GROUP BY x, y;

-- make_whole_tiles --
-- The tiles of one zoom with every building.
INSERT INTO modelops.building_tiles (z, x, y, mvt)
SELECT :z, x, y, ST_AsMVT(feature, 'buildings', 4096, 'geom', 'building_id')
  FROM (SELECT floor(wx)::integer AS x, floor(wy)::integer AS y, building_id,
               ST_MakePoint(floor((wx - floor(wx)) * 4096), floor((wy - floor(wy)) * 4096)) AS geom
          FROM (SELECT building_id, (longitude + 180) / 360 * (1 << :z) AS wx,
                       (1 - asinh(tan(radians(latitude))) / pi()) / 2 * (1 << :z) AS wy
                  FROM modelops.api_buildings) AS world) AS feature
 GROUP BY x, y;

-- tiles_made --
-- Note what the tiles were made from.
INSERT INTO modelops.building_tiles_state (only_row, made_from, tiles)
VALUES (true, :made_from, (SELECT count(*) FROM modelops.building_tiles))
ON CONFLICT (only_row) DO UPDATE
   SET made_from = excluded.made_from, tiles = excluded.tiles, made_at = now()
RETURNING tiles;

-- counted_tile --
-- Squares with a count, worked out now: where no tiles were made yet. EPSG:5179 knows Korea only, so
-- the tile is cut to its box, and its bent edges are followed.
WITH here AS MATERIALIZED (
    SELECT (longitude + 180) / 360 * (1 << :z) - :x AS x,
           (1 - asinh(tan(radians(latitude))) / pi()) / 2 * (1 << :z) - :y AS y
      FROM modelops.api_buildings
     WHERE geom_5179 && ST_Expand(ST_Transform(ST_Segmentize(ST_Intersection(
               ST_Transform(ST_TileEnvelope(:z, :x, :y), 4326), ST_MakeEnvelope(124, 32.5, 132.5, 39.5, 4326)), 0.1), 5179), 5)
)
SELECT ST_AsMVT(feature, 'buildings', 4096, 'geom') AS mvt
  FROM (SELECT count(*)::integer AS buildings,
               ST_MakePoint((floor(x * :per_tile) + 0.5) * 4096 / :per_tile, (floor(y * :per_tile) + 0.5) * 4096 / :per_tile) AS geom
          FROM here WHERE x >= 0 AND x < 1 AND y >= 0 AND y < 1
         GROUP BY floor(x * :per_tile), floor(y * :per_tile)) AS feature;

-- grid_tile --
-- Climate cells as squares, with H, base AAL, the probabilities of the classes (bin1 …) and the return levels
-- (level_10 …) of one peril, scenario and horizon; :levels says how these are stored: fitted (from mu, alpha and kappa),
-- stored, or '' where the peril has none. A cell reaches half a grid step to each side.
WITH bounds AS (SELECT ST_TileEnvelope(:z, :x, :y) AS geom
), cell AS MATERIALIZED (
    SELECT modelops.half_grid_step_v1() AS half
)
SELECT ST_AsMVT(feature, 'grid', 4096, 'geom', 'grid_id') AS mvt
  FROM (SELECT g.grid_id, g.elevation_m, g.admin_code, h.hazard_score, h.hazard_level::text AS hazard_level,
               h.status::text AS hazard_status, p.aal, p.status::text AS aal_status,
               p.bin_probabilities,
               CASE :levels
                   WHEN 'fitted' THEN (
                       SELECT jsonb_object_agg('level_' || period, modelops.gev_level_v1(
                                  (p.calculation_details ->> 'mu')::float8, (p.calculation_details ->> 'alpha')::float8,
                                  (p.calculation_details ->> 'kappa')::float8, period))
                         FROM unnest(CAST(:periods AS integer[])) AS period)
                   WHEN 'stored' THEN (
                       SELECT jsonb_object_agg('level_' || period, p.calculation_details -> ('level_' || period))
                         FROM unnest(CAST(:periods AS integer[])) AS period)
               END AS levels,
               ST_AsMVTGeom(ST_Transform(ST_MakeEnvelope(
                   g.longitude - cell.half, g.latitude - cell.half, g.longitude + cell.half, g.latitude + cell.half, 4326), 3857),
                   bounds.geom) AS geom
          FROM bounds
         CROSS JOIN cell
          JOIN modelops.location_grid AS g
            ON g.geom && ST_Expand(ST_Transform(bounds.geom, 4326), cell.half)
          LEFT JOIN modelops.hazard_results AS h
            ON h.grid_id = g.grid_id AND h.risk_type = CAST(:risk_type AS modelops.risk_type)
           AND h.ssp_scenario = CAST(:ssp_scenario AS modelops.ssp_scenario)
           AND h.horizon = CAST(:horizon AS modelops.horizon)
          LEFT JOIN modelops.probability_results AS p
            ON p.grid_id = g.grid_id AND p.risk_type = CAST(:risk_type AS modelops.risk_type)
           AND p.ssp_scenario = CAST(:ssp_scenario AS modelops.ssp_scenario)
           AND p.horizon = CAST(:horizon AS modelops.horizon)) AS feature
 WHERE geom IS NOT NULL;

-- total_tile --
-- Climate cells as squares, with the base AAL of all perils together in one scenario and horizon, and how many perils it
-- lacks; without values where the last finished run stored no totals. Squares as in grid_tile.
WITH bounds AS (SELECT ST_TileEnvelope(:z, :x, :y) AS geom
), cell AS MATERIALIZED (
    SELECT modelops.half_grid_step_v1() AS half
)
SELECT ST_AsMVT(feature, 'grid', 4096, 'geom', 'grid_id') AS mvt
  FROM (SELECT g.grid_id, g.elevation_m, g.admin_code, t.aal, coalesce(t.status::text, 'not_calculated') AS aal_status,
               t.lacking,
               ST_AsMVTGeom(ST_Transform(ST_MakeEnvelope(
                   g.longitude - cell.half, g.latitude - cell.half, g.longitude + cell.half, g.latitude + cell.half, 4326), 3857),
                   bounds.geom) AS geom
          FROM bounds
         CROSS JOIN cell
          JOIN modelops.location_grid AS g
            ON g.geom && ST_Expand(ST_Transform(bounds.geom, 4326), cell.half)
          LEFT JOIN modelops.cell_totals AS t
            ON t.grid_id = g.grid_id AND t.ssp_scenario = CAST(:ssp_scenario AS modelops.ssp_scenario)
           AND t.horizon = CAST(:horizon AS modelops.horizon)
           AND EXISTS (SELECT FROM modelops.cell_totals_state
                        WHERE run_id = (SELECT max(run_id) FROM modelops.runs WHERE finished_at IS NOT NULL))) AS feature
 WHERE geom IS NOT NULL;

-- admin_tile --
-- Districts of one level with their population.
WITH bounds AS (SELECT ST_TileEnvelope(:z, :x, :y) AS geom)
SELECT ST_AsMVT(feature, 'admin', 4096, 'geom') AS mvt
  FROM (SELECT a.admin_code, a.level, a.admin_name, a.admin_name_en, a.population_2020, a.population_2050,
               ST_AsMVTGeom(ST_Transform(ST_Simplify(a.geom, :tolerance, true), 3857), bounds.geom) AS geom
          FROM bounds
          JOIN modelops.location_admin AS a ON a.geom && ST_Transform(bounds.geom, 4326)
         WHERE a.level = :level) AS feature
 WHERE geom IS NOT NULL;
