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

-- series_sea_level_node --
-- The nearest sea-level node and its distance [m].
WITH here AS (
    SELECT ST_Transform(ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326), 5179) AS geom
)
SELECT s.grid_id, s.latitude, s.longitude, s.geom_5179 <-> here.geom AS distance_m
  FROM modelops.sea_level_grid AS s, here
 ORDER BY s.geom_5179 <-> here.geom
 LIMIT 1;
