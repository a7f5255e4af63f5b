-- Half a step of the climate grid [°], by which a cell reaches to each side of its centre: half the usual distance between
-- the first cells of a row or column; that of 0.1° where there are too few.
CREATE OR REPLACE FUNCTION modelops.half_grid_step_v1() RETURNS float8 LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH placed AS (
        SELECT round(latitude::numeric, 4) AS y, round(longitude::numeric, 4) AS x
          FROM modelops.location_grid ORDER BY grid_id LIMIT 1000
    ), gap AS (
        SELECT y - lag(y) OVER (PARTITION BY x ORDER BY y) AS wide FROM placed
         UNION ALL
        SELECT x - lag(x) OVER (PARTITION BY y ORDER BY x) FROM placed
    )
    SELECT coalesce(mode() WITHIN GROUP (ORDER BY wide), 0.1)::float8 / 2 FROM gap
$$;
