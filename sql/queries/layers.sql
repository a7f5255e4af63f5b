-- What the maps draw.

-- layer_codes --
-- Basins and districts of the grid, '' where a cell has none.
SELECT array_agg(DISTINCT coalesce(basin_code, '')) AS basins, array_agg(DISTINCT coalesce(admin_code, '')) AS districts
  FROM modelops.location_grid;

-- layer_cells --
-- The climate grid; basin and district as places in the lists of layer_codes, from 1. Read by binary COPY.
SELECT g.grid_id, g.latitude, g.longitude, coalesce(g.elevation_m, 'NaN') AS elevation_m,
       coalesce(g.coast_distance_m, 'NaN') AS coast_distance_m, b.place::int4 AS basin, d.place::int4 AS district
  FROM modelops.location_grid AS g
  JOIN unnest({basins}) WITH ORDINALITY AS b (code, place) ON b.code = coalesce(g.basin_code, '')
  JOIN unnest({districts}) WITH ORDINALITY AS d (code, place) ON d.code = coalesce(g.admin_code, '')
 ORDER BY g.grid_id;

-- layer_values --
-- H and base AAL of one peril, scenario and horizon in the order of the cells; read by binary COPY,
-- so 4-byte fields only. Status: place in the enum, -1 where the nightly run has not been there; the enum is
-- listed once, not for each row.
SELECT g.grid_id,
       coalesce(h.hazard_score, 'NaN')::float4 AS hazard,
       coalesce(array_position((SELECT enum_range(NULL::modelops.result_status)), h.status) - 1, -1) AS hazard_status,
       coalesce(p.aal, 'NaN')::float4 AS aal,
       coalesce(array_position((SELECT enum_range(NULL::modelops.result_status)), p.status) - 1, -1) AS aal_status
  FROM modelops.location_grid AS g
  LEFT JOIN modelops.hazard_results AS h
    ON h.grid_id = g.grid_id AND h.risk_type = {risk_type} AND h.ssp_scenario = {ssp_scenario} AND h.horizon = {horizon}
  LEFT JOIN modelops.probability_results AS p
    ON p.grid_id = g.grid_id AND p.risk_type = {risk_type} AND p.ssp_scenario = {ssp_scenario} AND p.horizon = {horizon}
 ORDER BY g.grid_id;

-- layer_numbers --
-- Numbers of the JSON columns of one peril, scenario and horizon in the order of the cells; read by binary COPY. They
-- lie in no index: each cell's row is read.
SELECT g.grid_id,
       coalesce(array_position((SELECT enum_range(NULL::modelops.result_status)), p.status) - 1, -1) AS status,
       {numbers}
  FROM modelops.location_grid AS g
  LEFT JOIN modelops.probability_results AS p
    ON p.grid_id = g.grid_id AND p.risk_type = {risk_type} AND p.ssp_scenario = {ssp_scenario} AND p.horizon = {horizon}
 ORDER BY g.grid_id;

-- layer_losses --
-- Base AAL of several perils in one scenario and horizon, from the index alone; the peril as its place in the list,
-- from 1. Read by binary COPY, so 4-byte fields only; status as in layer_values.
SELECT p.grid_id, r.place::int4 AS peril, coalesce(p.aal, 'NaN')::float4 AS aal,
       array_position((SELECT enum_range(NULL::modelops.result_status)), p.status) - 1 AS status
  FROM unnest({risk_types}) WITH ORDINALITY AS r (risk_type, place)
  JOIN modelops.probability_results AS p
    ON p.risk_type = r.risk_type AND p.ssp_scenario = {ssp_scenario} AND p.horizon = {horizon};

-- layer_totals --
-- Stored totals of one scenario and horizon in the order of the cells, from the index alone; status as in layer_values.
SELECT grid_id, coalesce(aal, 'NaN')::float4 AS aal, lacking::int4 AS lacking,
       array_position((SELECT enum_range(NULL::modelops.result_status)), status) - 1 AS status
  FROM modelops.cell_totals WHERE ssp_scenario = {ssp_scenario} AND horizon = {horizon}
 ORDER BY grid_id;

-- layer_response --
-- Pooled response of one variable in the order of the cells; read by binary COPY, so 4-byte fields only.
-- Status: as in layer_values; of low confidence where a published response stands in.
SELECT g.grid_id, coalesce(s.pooled, 'NaN')::float4 AS response,
       CASE WHEN s.grid_id IS NULL THEN -1
            ELSE array_position(enum_range(NULL::modelops.result_status),
                 CASE WHEN coalesce(s.pooled, 'NaN') = 'NaN' THEN 'not_assessed'
                      WHEN 'response_assumed' = ANY(s.flags) THEN 'low_confidence'
                      ELSE 'ok' END::modelops.result_status) - 1
       END AS status
  FROM modelops.location_grid AS g
  LEFT JOIN modelops.change_signals AS s ON s.grid_id = g.grid_id AND s.variable = {variable}
 ORDER BY g.grid_id;

-- layer_districts --
-- Districts of one level with a simplified outline; islets under 0.2 km² are left out of the drawing.
SELECT a.admin_code, a.parent_code, a.admin_name, coalesce(a.admin_name_en, a.admin_name) AS admin_name_en, a.area_km2,
       a.population_2020, a.population_2025, a.population_2030, a.population_2035, a.population_2040,
       a.population_2045, a.population_2050,
       ST_X(ST_PointOnSurface(a.geom)) AS longitude, ST_Y(ST_PointOnSurface(a.geom)) AS latitude,
       ST_AsGeoJSON(ST_SimplifyPreserveTopology(coalesce(big.geom, a.geom), :tolerance), 4) AS outline
  FROM modelops.location_admin AS a
 CROSS JOIN LATERAL (
       SELECT ST_Collect(part.geom) AS geom FROM ST_Dump(a.geom) AS part
        WHERE ST_Area(part.geom) > 0.00002) AS big
 WHERE a.level = :level
 ORDER BY a.admin_code;
