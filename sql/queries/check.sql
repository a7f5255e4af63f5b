-- What `check` looks at: a sample of the buildings and all stored results.

-- check_buildings --
-- Every n-th building with its climate cell, its town's kind and its distance to the coast [m].
SELECT b.latitude, b.longitude, b.structure, b.main_purpose AS purpose, b.built_year, b.floors_above,
       b.floors_below, b.total_area, cell.grid_id, town.is_urban, coast.distance_m AS coast_distance_m
  FROM (SELECT *, row_number() OVER (ORDER BY building_id) AS place FROM modelops.api_buildings) AS b
 CROSS JOIN LATERAL (
       SELECT g.grid_id FROM modelops.location_grid AS g
        ORDER BY g.geom_5179 <-> b.geom_5179 LIMIT 1) AS cell
  LEFT JOIN LATERAL (
       SELECT a.is_urban
         FROM (SELECT p.admin_code FROM modelops.location_admin_parts AS p
                WHERE p.level = 'emd' ORDER BY p.geom_5179 <-> b.geom_5179 LIMIT 1) AS part
         JOIN modelops.location_admin AS a USING (admin_code)) AS town ON true
  LEFT JOIN LATERAL (
       SELECT c.geom_5179 <-> b.geom_5179 AS distance_m FROM modelops.coastline AS c
        ORDER BY c.geom_5179 <-> b.geom_5179 LIMIT 1) AS coast ON true
 WHERE b.place % :step = 0
 ORDER BY b.place;

-- check_building_count --
-- How many buildings there are.
SELECT count(*) AS buildings FROM modelops.api_buildings;

-- check_cells --
-- Stored H and AAL of all cells, one row a peril, scenario and horizon, in the order of the cells.
SELECT p.risk_type::text AS risk_type, p.ssp_scenario::text AS ssp_scenario, p.horizon::text AS horizon,
       array_agg(p.grid_id ORDER BY p.grid_id) AS grid_id,
       array_agg(coalesce(h.hazard_score, 'NaN') ORDER BY p.grid_id) AS hazard,
       array_agg(h.status::text ORDER BY p.grid_id) AS hazard_status,
       array_agg(coalesce(p.aal, 'NaN') ORDER BY p.grid_id) AS aal,
       array_agg(p.status::text ORDER BY p.grid_id) AS aal_status,
       array_agg(coalesce((p.calculation_details ->> 'mu')::float8, 'NaN') ORDER BY p.grid_id) AS mu,
       array_agg(coalesce((p.calculation_details ->> 'alpha')::float8, 'NaN') ORDER BY p.grid_id) AS alpha,
       array_agg(coalesce((p.calculation_details ->> 'kappa')::float8, 'NaN') ORDER BY p.grid_id) AS kappa,
       array_agg(coalesce((p.calculation_details ->> 'baseline_mu')::float8, 'NaN') ORDER BY p.grid_id) AS baseline_mu,
       array_agg(coalesce((p.calculation_details ->> 'baseline_alpha')::float8, 'NaN') ORDER BY p.grid_id)
       AS baseline_alpha,
       array_agg(coalesce((p.calculation_details ->> 'baseline_kappa')::float8, 'NaN') ORDER BY p.grid_id)
       AS baseline_kappa,
       array_agg(coalesce((p.calculation_details ->> 'factor')::float8, 'NaN') ORDER BY p.grid_id) AS factor,
       array_agg(coalesce((p.calculation_details ->> 'kelvin')::float8, 'NaN') ORDER BY p.grid_id) AS kelvin,
       array_agg(coalesce((p.calculation_details ->> 'response')::float8, 'NaN') ORDER BY p.grid_id) AS response,
       array_agg(coalesce((p.calculation_details ->> 'response_se')::float8, 'NaN') ORDER BY p.grid_id) AS response_se,
       array_agg(coalesce((p.calculation_details ->> 'worth')::float8, 'NaN') ORDER BY p.grid_id) AS worth,
       array_agg(coalesce((p.calculation_details ->> 'n')::float8, 'NaN') ORDER BY p.grid_id) AS n
  FROM modelops.probability_results AS p
  JOIN modelops.hazard_results AS h USING (grid_id, risk_type, ssp_scenario, horizon)
 GROUP BY 1, 2, 3;

-- check_causes --
-- What the AAL follows from, weighted by the stock's value in each cell: the statistics behind H,
-- each bin's probability and, where it occurs, its damage ratio [%]; assessed cells only.
WITH stock AS (
    SELECT s.grid_id, s.weight
      FROM unnest(CAST(:cells AS integer[]), CAST(:weights AS float8[])) AS s (grid_id, weight)
), bins AS (
    SELECT p.risk_type, p.ssp_scenario, p.horizon, stock.weight, one.place,
           one.value::float8 AS probability, (p.bin_data -> 'dr' ->> (one.place - 1)::integer)::float8 AS ratio
      FROM modelops.probability_results AS p
      JOIN stock USING (grid_id)
     CROSS JOIN LATERAL jsonb_array_elements_text(p.bin_data -> 'p') WITH ORDINALITY AS one (value, place)
     WHERE p.status IN ('ok', 'low_confidence') AND one.place > 1
), found AS (
    SELECT h.risk_type, h.ssp_scenario, h.horizon, 'mean ' || one.key AS name,
           sum(stock.weight * one.value::float8) / sum(stock.weight) AS mean
      FROM modelops.hazard_results AS h
      JOIN stock USING (grid_id)
     CROSS JOIN LATERAL jsonb_each_text(h.statistic) AS one
     WHERE h.status IN ('ok', 'low_confidence') AND one.value IS NOT NULL
     GROUP BY 1, 2, 3, 4
     UNION ALL
    SELECT risk_type, ssp_scenario, horizon, 'probability of bin ' || place,
           sum(weight * probability) / sum(weight)
      FROM bins GROUP BY 1, 2, 3, 4
     UNION ALL
    SELECT risk_type, ssp_scenario, horizon, 'damage [%] in bin ' || place,
           100 * sum(weight * probability * ratio) / nullif(sum(weight * probability), 0)
      FROM bins GROUP BY 1, 2, 3, 4
)
SELECT risk_type::text AS risk_type, ssp_scenario::text AS ssp_scenario, horizon::text AS horizon, name, mean
  FROM found WHERE mean IS NOT NULL ORDER BY name DESC;
