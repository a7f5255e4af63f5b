-- Series of areas, for the page of projections; read by binary COPY, so 4-byte fields only.

-- series_of_cells --
-- Mean of some cells at each step of time and scenario, and how many of them have a value.
SELECT {step} AS step,
       coalesce(avg(ssp1), 'NaN')::float4 AS ssp1, coalesce(avg(ssp2), 'NaN')::float4 AS ssp2,
       coalesce(avg(ssp3), 'NaN')::float4 AS ssp3, coalesce(avg(ssp5), 'NaN')::float4 AS ssp5,
       count(ssp1)::int4 AS n1, count(ssp2)::int4 AS n2, count(ssp3)::int4 AS n3, count(ssp5)::int4 AS n5
  FROM modelops.{table}
 WHERE grid_id IN ({cells})
 GROUP BY 1 ORDER BY 1;

-- series_of_districts --
-- The same over the cells of some districts, from sums made ahead; nothing where these are of an older load.
SELECT sum.step,
       (sum(sum.ssp1) / nullif(sum(sum.n1), 0))::float4 AS ssp1, (sum(sum.ssp2) / nullif(sum(sum.n2), 0))::float4 AS ssp2,
       (sum(sum.ssp3) / nullif(sum(sum.n3), 0))::float4 AS ssp3, (sum(sum.ssp5) / nullif(sum(sum.n5), 0))::float4 AS ssp5,
       sum(sum.n1) AS n1, sum(sum.n2) AS n2, sum(sum.n3) AS n3, sum(sum.n5) AS n5
  FROM modelops.district_means AS m
  JOIN modelops.district_means_state AS state USING (variable)
  JOIN modelops.series_versions AS loaded USING (variable)
 CROSS JOIN unnest(m.steps, m.ssp1, m.ssp2, m.ssp3, m.ssp5, m.n1, m.n2, m.n3, m.n5)
         AS sum (step, ssp1, ssp2, ssp3, ssp5, n1, n2, n3, n5)
 WHERE m.variable = :variable AND m.admin_code = ANY(:codes) AND state.made_from = loaded.version
 GROUP BY 1 ORDER BY 1;

-- district_means_due --
-- Series whose sums are missing or of an older load.
SELECT loaded.variable, loaded.version
  FROM modelops.series_versions AS loaded LEFT JOIN modelops.district_means_state AS state USING (variable)
 WHERE loaded.variable = ANY(:variables) AND state.made_from IS DISTINCT FROM loaded.version
 ORDER BY 1;

-- clear_district_means --
-- Make room for new ones.
DELETE FROM modelops.district_means WHERE variable = :variable;

-- make_district_means --
-- Sums of one series over the cells of each district; real values are added as doubles.
INSERT INTO modelops.district_means (variable, admin_code, steps, ssp1, ssp2, ssp3, ssp5, n1, n2, n3, n5)
SELECT '{variable}', admin_code, array_agg(step ORDER BY step),
       array_agg(ssp1 ORDER BY step), array_agg(ssp2 ORDER BY step), array_agg(ssp3 ORDER BY step), array_agg(ssp5 ORDER BY step),
       array_agg(n1 ORDER BY step), array_agg(n2 ORDER BY step), array_agg(n3 ORDER BY step), array_agg(n5 ORDER BY step)
  FROM (SELECT g.admin_code, {step} AS step,
               sum(d.ssp1::float8) AS ssp1, sum(d.ssp2::float8) AS ssp2, sum(d.ssp3::float8) AS ssp3, sum(d.ssp5::float8) AS ssp5,
               count(d.ssp1)::int4 AS n1, count(d.ssp2)::int4 AS n2, count(d.ssp3)::int4 AS n3, count(d.ssp5)::int4 AS n5
          FROM modelops.{variable}_data AS d
          JOIN modelops.location_grid AS g USING (grid_id)
         WHERE g.admin_code IS NOT NULL
         GROUP BY 1, 2) AS by_step
 GROUP BY admin_code;

-- note_district_means --
-- What the sums were made from.
INSERT INTO modelops.district_means_state (variable, made_from)
SELECT variable, version FROM modelops.series_versions WHERE variable = :variable
ON CONFLICT (variable) DO UPDATE SET made_from = excluded.made_from, made_at = now();

-- series_sea_level_node --
-- The nearest sea-level node and its distance [m].
WITH here AS (
    SELECT ST_Transform(ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326), 5179) AS geom
)
SELECT s.grid_id, s.latitude, s.longitude, s.geom_5179 <-> here.geom AS distance_m
  FROM modelops.sea_level_grid AS s, here
 ORDER BY s.geom_5179 <-> here.geom
 LIMIT 1;
