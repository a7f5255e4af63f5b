-- Statistics that rules of plausible values are held against (domain/plausibility.py). {variable} is put in
-- by db/inputs/plausible.py from a fixed list; :ids restricts to some cells, NULL = all. NaN is unknown.

-- plausible_values --
-- One climate table in one pass: extremes and means by scenario, rows beyond the limits, rows that hold a code.
-- No code lies between -9 and 99: most rows need not be compared with all of them.
WITH known AS (
    SELECT nullif(ssp1, 'NaN') AS ssp1, nullif(ssp2, 'NaN') AS ssp2,
           nullif(ssp3, 'NaN') AS ssp3, nullif(ssp5, 'NaN') AS ssp5
      FROM modelops.{variable}_data
     WHERE CAST(:ids AS integer[]) IS NULL OR grid_id = ANY(CAST(:ids AS integer[])))
SELECT count(coalesce(ssp1, ssp2, ssp3, ssp5)) AS known,
       min(least(ssp1, ssp2, ssp3, ssp5))::float8 AS lowest, max(greatest(ssp1, ssp2, ssp3, ssp5))::float8 AS highest,
       ARRAY[max(ssp1), max(ssp2), max(ssp3), max(ssp5)]::float8[] AS maximum,
       ARRAY[avg(ssp1), avg(ssp2), avg(ssp3), avg(ssp5)]::float8[] AS mean,
       count(*) FILTER (WHERE least(ssp1, ssp2, ssp3, ssp5) < CAST(:low AS float8)) AS below,
       count(*) FILTER (WHERE greatest(ssp1, ssp2, ssp3, ssp5) > CAST(:high AS float8)) AS above,
       count(*) FILTER (WHERE far AND (ssp1 = ANY(CAST(:codes AS real[])) OR ssp2 = ANY(CAST(:codes AS real[]))
                                    OR ssp3 = ANY(CAST(:codes AS real[])) OR ssp5 = ANY(CAST(:codes AS real[])))) AS coded,
       max(CASE WHEN ssp1 = ANY(CAST(:codes AS real[])) THEN ssp1 WHEN ssp2 = ANY(CAST(:codes AS real[])) THEN ssp2
                WHEN ssp3 = ANY(CAST(:codes AS real[])) THEN ssp3 WHEN ssp5 = ANY(CAST(:codes AS real[])) THEN ssp5
           END) FILTER (WHERE far)::float8 AS code
  FROM known, LATERAL (SELECT least(ssp1, ssp2, ssp3, ssp5) < -9 OR greatest(ssp1, ssp2, ssp3, ssp5) > 99 AS far) AS code;

-- plausible_years --
-- One yearly table: medians by scenario, and of each cell and scenario the least spread, the steepest trend
-- [a year], and how many series are 0 throughout; of series with at least :least known years.
WITH known AS (
    SELECT t.grid_id, one.scenario, t.year, nullif(one.value, 'NaN')::float8 AS value
      FROM modelops.{variable}_data AS t
     CROSS JOIN LATERAL (VALUES ('ssp1', t.ssp1), ('ssp2', t.ssp2), ('ssp3', t.ssp3), ('ssp5', t.ssp5))
           AS one (scenario, value)
     WHERE CAST(:ids AS integer[]) IS NULL OR t.grid_id = ANY(CAST(:ids AS integer[]))
), series AS (
    SELECT stddev_pop(value) / nullif(abs(avg(value)), 0) AS spread, max(abs(value)) AS size,
           regr_slope(value, year) AS slope
      FROM known GROUP BY grid_id, scenario HAVING count(value) >= :least
), middle AS (
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY value) AS median
      FROM known GROUP BY scenario HAVING count(value) >= :least)
SELECT (SELECT array_agg(median) FROM middle) AS median, count(*) AS series, min(spread) AS spread,
       count(*) FILTER (WHERE size = 0) AS zero, min(slope) AS falling, max(slope) AS rising
  FROM series;

-- plausible_july --
-- Median of a monthly table's Julys, by scenario.
SELECT ARRAY[percentile_cont(0.5) WITHIN GROUP (ORDER BY nullif(ssp1, 'NaN')),
             percentile_cont(0.5) WITHIN GROUP (ORDER BY nullif(ssp2, 'NaN')),
             percentile_cont(0.5) WITHIN GROUP (ORDER BY nullif(ssp3, 'NaN')),
             percentile_cont(0.5) WITHIN GROUP (ORDER BY nullif(ssp5, 'NaN'))] AS july_median
  FROM modelops.{variable}_data
 WHERE extract(month FROM observation_date) = 7
   AND (CAST(:ids AS integer[]) IS NULL OR grid_id = ANY(CAST(:ids AS integer[])));

-- plausible_tracks --
-- One column of the typhoon tracks: known values, those beyond the limits or a code, and extremes.
SELECT count(value) AS known, min(value) AS lowest, max(value) AS highest,
       count(*) FILTER (WHERE value < CAST(:low AS float8)) AS below,
       count(*) FILTER (WHERE value > CAST(:high AS float8)) AS above,
       count(*) FILTER (WHERE value::real = ANY(CAST(:codes AS real[]))) AS coded,
       max(value) FILTER (WHERE value::real = ANY(CAST(:codes AS real[]))) AS code
  FROM (SELECT nullif({variable}, 'NaN')::float8 AS value FROM modelops.api_typhoon_tracks) AS node;
