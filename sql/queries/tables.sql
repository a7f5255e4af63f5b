-- What the tables hold, for the page of the data. {table}, {variable} and {time} are put in by
-- db/tables.py from fixed lists; :ids restricts to some cells, NULL = all.

-- table_sizes --
-- Bytes of each table, and about how many rows (-1: never counted).
SELECT c.relname AS table_name, c.reltuples::bigint AS about, pg_total_relation_size(c.oid) AS bytes
  FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname = 'modelops' AND c.relkind = 'r';

-- table_rows --
-- Rows of one table, counted.
SELECT count(*) AS row_count FROM modelops.{table};

-- result_last --
-- When a result was last written.
SELECT max(calculated_at) AS last_at FROM modelops.{table};

-- result_statuses --
-- Cells by peril, horizon and status of one scenario; counted now where the nightly run did not.
SELECT risk_type::text AS risk_type, horizon::text AS horizon, status::text AS status, cells
  FROM (SELECT risk_type, horizon, status, cells FROM modelops.status_counts
         WHERE ssp_scenario = CAST(:ssp_scenario AS modelops.ssp_scenario)
        UNION ALL
        SELECT risk_type, horizon, status, count(*) FROM modelops.probability_results
         WHERE ssp_scenario = CAST(:ssp_scenario AS modelops.ssp_scenario)
           AND NOT EXISTS (SELECT FROM modelops.status_counts)
         GROUP BY 1, 2, 3) AS counted;

-- series_steps --
-- One climate table in one pass, a row a year or month: rows, rows with any value, known values and the greatest value
-- of each scenario, the least of all, and rows in which the scenarios differ. NaN counts as unknown.
SELECT {time} AS at, count(*) AS rows, count(nullif(least(ssp1, ssp2, ssp3, ssp5), 'NaN')) AS some,
       ARRAY[count(nullif(ssp1, 'NaN')), count(nullif(ssp2, 'NaN')),
             count(nullif(ssp3, 'NaN')), count(nullif(ssp5, 'NaN'))] AS known,
       ARRAY[max(nullif(ssp1, 'NaN')), max(nullif(ssp2, 'NaN')),
             max(nullif(ssp3, 'NaN')), max(nullif(ssp5, 'NaN'))] AS highest,
       min(least(ssp1, ssp2, ssp3, ssp5)) AS lowest,
       count(*) FILTER (WHERE (ssp1, ssp1, ssp1) IS DISTINCT FROM (ssp2, ssp3, ssp5)) AS unequal
  FROM modelops.{variable}_data
 WHERE CAST(:ids AS integer[]) IS NULL OR grid_id = ANY(CAST(:ids AS integer[]))
 GROUP BY 1;

-- series_outside --
-- How many rows of one climate table have a value beyond the limits.
SELECT count(*) FILTER (WHERE least(ssp1, ssp2, ssp3, ssp5) < :low
                           OR greatest(nullif(ssp1, 'NaN'), nullif(ssp2, 'NaN'), nullif(ssp3, 'NaN'), nullif(ssp5, 'NaN')) > :high
                       ) AS outside
  FROM modelops.{variable}_data
 WHERE CAST(:ids AS integer[]) IS NULL OR grid_id = ANY(CAST(:ids AS integer[]));

-- rain_days --
-- Day sums against five-day sums, and heavy days against their count, over all scenarios.
SELECT count(*) AS compared,
       count(*) FILTER (WHERE least(five.ssp1 - one.ssp1, five.ssp2 - one.ssp2,
                                    five.ssp3 - one.ssp3, five.ssp5 - one.ssp5) < -0.05) AS less_than_a_day,
       count(*) FILTER (WHERE (one.ssp1 >= 80) <> (days.ssp1 >= 1) OR (one.ssp2 >= 80) <> (days.ssp2 >= 1)
                           OR (one.ssp3 >= 80) <> (days.ssp3 >= 1) OR (one.ssp5 >= 80) <> (days.ssp5 >= 1)) AS days_differ
  FROM modelops.rx1day_data AS one
  LEFT JOIN modelops.rx5day_data AS five USING (grid_id, year)
  LEFT JOIN modelops.rain80_data AS days USING (grid_id, year)
 WHERE CAST(:ids AS integer[]) IS NULL OR one.grid_id = ANY(CAST(:ids AS integer[]));

-- spei_calibration --
-- Mean and spread of SPEI-12 of each cell over the baseline, and cells outside the limits.
WITH cell AS (
    SELECT grid_id, avg(nullif(ssp2, 'NaN')) AS mean, stddev_pop(nullif(ssp2, 'NaN')) AS spread
      FROM modelops.spei12_data
     WHERE observation_date BETWEEN make_date(:first, 1, 1) AND make_date(:last, 12, 31)
       AND (CAST(:ids AS integer[]) IS NULL OR grid_id = ANY(CAST(:ids AS integer[])))
     GROUP BY grid_id HAVING count(nullif(ssp2, 'NaN')) > 0)
SELECT count(*) AS cells, avg(mean) AS mean, avg(spread) AS spread,
       min(mean) AS mean_low, max(mean) AS mean_high, min(spread) AS spread_low, max(spread) AS spread_high,
       count(*) FILTER (WHERE abs(mean) > :mean_limit OR spread < :spread_least OR spread > :spread_most) AS outside
  FROM cell;

-- warming --
-- Mean temperature of the last window by scenario, and cells in which a stronger scenario is colder.
WITH cell AS (
    SELECT grid_id, avg(nullif(ssp1, 'NaN')) AS ssp1, avg(nullif(ssp2, 'NaN')) AS ssp2,
           avg(nullif(ssp3, 'NaN')) AS ssp3, avg(nullif(ssp5, 'NaN')) AS ssp5
      FROM modelops.ta_data
     WHERE observation_date BETWEEN make_date(:first, 1, 1) AND make_date(:last, 12, 31)
       AND (CAST(:ids AS integer[]) IS NULL OR grid_id = ANY(CAST(:ids AS integer[])))
     GROUP BY grid_id)
SELECT count(ssp1) AS cells, avg(ssp1) AS ssp1, avg(ssp2) AS ssp2, avg(ssp3) AS ssp3, avg(ssp5) AS ssp5,
       count(*) FILTER (WHERE ssp1 > ssp2 OR ssp2 > ssp3 OR ssp3 > ssp5) AS reversed
  FROM cell;

-- sea_level_late --
-- The last rise of each node under ssp5 within the last decade, and nodes below what a full
-- series must reach [cm].
WITH late AS (
    SELECT DISTINCT ON (grid_id) grid_id, year, ssp1, ssp5 FROM modelops.sea_level_data
     WHERE year >= :suspect_from ORDER BY grid_id, year DESC)
SELECT count(ssp5) AS nodes, max(year) AS year, avg(ssp1) AS ssp1, avg(ssp5) AS ssp5, min(ssp5) AS lowest,
       count(*) FILTER (WHERE ssp5 < :suspect_rise) AS suspect
  FROM late;

-- run_history --
-- Nightly runs, the latest first; one without an end runs or was cut off.
SELECT r.run_id, r.batch_id::text AS batch_id, r.stages, r.method_version, s.name AS parameter_set,
       r.parameter_hash, r.counts, r.durations, r.started_at, r.finished_at
  FROM modelops.runs AS r LEFT JOIN modelops.parameter_sets AS s USING (parameter_hash)
 ORDER BY r.run_id DESC LIMIT :limit;
