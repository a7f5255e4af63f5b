-- Statistics that rules of plausible values are held against (domain/plausibility.py). {variable} is put in
-- by db/inputs/plausible.py from a fixed list; :ids restricts to some cells, NULL = all. NaN is unknown.

-- plausible_beyond --
-- Rows of one climate table with a value beyond the limits, and rows that hold a code, with the greatest such code.
-- No code lies between -9 and 99: most rows need not be compared with all of them.
WITH known AS (
    SELECT nullif(ssp1, 'NaN') AS ssp1, nullif(ssp2, 'NaN') AS ssp2,
           nullif(ssp3, 'NaN') AS ssp3, nullif(ssp5, 'NaN') AS ssp5
      FROM modelops.{variable}_data
     WHERE CAST(:ids AS integer[]) IS NULL OR grid_id = ANY(CAST(:ids AS integer[])))
SELECT count(*) FILTER (WHERE least(ssp1, ssp2, ssp3, ssp5) < CAST(:low AS float8)) AS below,
       count(*) FILTER (WHERE greatest(ssp1, ssp2, ssp3, ssp5) > CAST(:high AS float8)) AS above,
       count(*) FILTER (WHERE far AND (ssp1 = ANY(CAST(:codes AS real[])) OR ssp2 = ANY(CAST(:codes AS real[]))
                                    OR ssp3 = ANY(CAST(:codes AS real[])) OR ssp5 = ANY(CAST(:codes AS real[])))) AS coded,
       max(CASE WHEN ssp1 = ANY(CAST(:codes AS real[])) THEN ssp1 WHEN ssp2 = ANY(CAST(:codes AS real[])) THEN ssp2
                WHEN ssp3 = ANY(CAST(:codes AS real[])) THEN ssp3 WHEN ssp5 = ANY(CAST(:codes AS real[])) THEN ssp5
           END) FILTER (WHERE far)::float8 AS code
  FROM known, LATERAL (SELECT least(ssp1, ssp2, ssp3, ssp5) < -9 OR greatest(ssp1, ssp2, ssp3, ssp5) > 99 AS far) AS code;

-- plausible_means --
-- Mean of one climate table by scenario.
SELECT ARRAY[avg(nullif(ssp1, 'NaN')), avg(nullif(ssp2, 'NaN')),
             avg(nullif(ssp3, 'NaN')), avg(nullif(ssp5, 'NaN'))] AS mean
  FROM modelops.{variable}_data
 WHERE CAST(:ids AS integer[]) IS NULL OR grid_id = ANY(CAST(:ids AS integer[]));

-- plausible_years --
-- One yearly table: medians by scenario, and of each cell and scenario the least spread, the steepest trend
-- [a year], and how many series are 0 throughout; of series with at least :least known years.
WITH known AS (
    SELECT grid_id, year, nullif(ssp1, 'NaN')::float8 AS ssp1, nullif(ssp2, 'NaN')::float8 AS ssp2,
           nullif(ssp3, 'NaN')::float8 AS ssp3, nullif(ssp5, 'NaN')::float8 AS ssp5
      FROM modelops.{variable}_data
     WHERE CAST(:ids AS integer[]) IS NULL OR grid_id = ANY(CAST(:ids AS integer[]))
), cell AS (
    SELECT count(ssp1) AS n1, count(ssp2) AS n2, count(ssp3) AS n3, count(ssp5) AS n5,
           stddev_pop(ssp1) / nullif(abs(avg(ssp1)), 0) AS spread1, stddev_pop(ssp2) / nullif(abs(avg(ssp2)), 0) AS spread2,
           stddev_pop(ssp3) / nullif(abs(avg(ssp3)), 0) AS spread3, stddev_pop(ssp5) / nullif(abs(avg(ssp5)), 0) AS spread5,
           max(abs(ssp1)) AS size1, max(abs(ssp2)) AS size2, max(abs(ssp3)) AS size3, max(abs(ssp5)) AS size5,
           regr_slope(ssp1, year) AS slope1, regr_slope(ssp2, year) AS slope2,
           regr_slope(ssp3, year) AS slope3, regr_slope(ssp5, year) AS slope5
      FROM known GROUP BY grid_id
), series AS (
    SELECT one.* FROM cell CROSS JOIN LATERAL (VALUES (n1, spread1, size1, slope1), (n2, spread2, size2, slope2),
                                                      (n3, spread3, size3, slope3), (n5, spread5, size5, slope5))
           AS one (years, spread, size, slope)
     WHERE one.years >= :least
), middle AS (
    SELECT array_remove(ARRAY[
           CASE WHEN count(ssp1) >= :least THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY ssp1) END,
           CASE WHEN count(ssp2) >= :least THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY ssp2) END,
           CASE WHEN count(ssp3) >= :least THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY ssp3) END,
           CASE WHEN count(ssp5) >= :least THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY ssp5) END], NULL) AS median
      FROM known)
SELECT (SELECT median FROM middle) AS median, count(*) AS series, min(spread) AS spread,
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
