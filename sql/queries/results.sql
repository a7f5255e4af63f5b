-- Stored results.

-- hazard_at --
-- H of one cell.
SELECT risk_type::text AS risk_type, ssp_scenario::text AS ssp_scenario, horizon::text AS horizon,
       hazard_score, hazard_score_100, hazard_level::text AS hazard_level, statistic, unit,
       status::text AS status, flags, run_id, method_version, calculated_at
  FROM modelops.hazard_results
 WHERE grid_id = :grid_id;

-- probability_at --
-- P(H) and base AAL of one cell.
SELECT risk_type::text AS risk_type, ssp_scenario::text AS ssp_scenario, horizon::text AS horizon,
       aal, aal_p05, aal_p95, bin_probabilities, bin_data, calculation_details,
       status::text AS status, flags, run_id, method_version, calculated_at
  FROM modelops.probability_results
 WHERE grid_id = :grid_id;

-- scores_at --
-- H of one cell, as far as an assessment reads it.
SELECT risk_type::text AS risk_type, ssp_scenario::text AS ssp_scenario, horizon::text AS horizon,
       hazard_score, hazard_level::text AS hazard_level, status::text AS status, flags
  FROM modelops.hazard_results
 WHERE grid_id = :grid_id;

-- losses_at --
-- Base AAL of one cell with what it was fitted by, without its classes.
SELECT risk_type::text AS risk_type, ssp_scenario::text AS ssp_scenario, horizon::text AS horizon,
       aal, aal_p05, aal_p95, calculation_details, status::text AS status, flags
  FROM modelops.probability_results
 WHERE grid_id = :grid_id;

-- layer --
-- One peril, scenario and horizon over all cells, for the map.
SELECT g.grid_id, g.latitude, g.longitude, h.hazard_score, h.status::text AS hazard_status,
       p.aal, p.status::text AS aal_status
  FROM modelops.location_grid AS g
  LEFT JOIN modelops.hazard_results AS h
    ON h.grid_id = g.grid_id AND h.risk_type = CAST(:risk_type AS modelops.risk_type)
   AND h.ssp_scenario = CAST(:ssp_scenario AS modelops.ssp_scenario)
   AND h.horizon = CAST(:horizon AS modelops.horizon)
  LEFT JOIN modelops.probability_results AS p
    ON p.grid_id = g.grid_id AND p.risk_type = CAST(:risk_type AS modelops.risk_type)
   AND p.ssp_scenario = CAST(:ssp_scenario AS modelops.ssp_scenario)
   AND p.horizon = CAST(:horizon AS modelops.horizon)
 ORDER BY g.grid_id;

-- exposure_at --
-- E of one site.
SELECT risk_type::text AS risk_type, exposure_score, proximity_factor, normalized_asset_value,
       asset_value, factors, status::text AS status, flags, calculated_at
  FROM modelops.exposure_results WHERE latitude = :latitude AND longitude = :longitude;

-- vulnerability_at --
-- V of one site.
SELECT risk_type::text AS risk_type, vulnerability_score, vulnerability_level::text AS vulnerability_level,
       factors, status::text AS status, flags, calculated_at
  FROM modelops.vulnerability_results WHERE latitude = :latitude AND longitude = :longitude;

-- aal_scaled_at --
-- Scaled AAL of one site.
SELECT risk_type::text AS risk_type, ssp_scenario::text AS ssp_scenario, horizon::text AS horizon,
       base_aal, site_factor, vulnerability_scale, final_aal, aal_p05, aal_p95, insurance_rate,
       exposed_value, expected_loss, integrated_risk, status::text AS status, flags, calculated_at
  FROM modelops.aal_scaled_results WHERE latitude = :latitude AND longitude = :longitude;

-- new_parameter_set --
-- Keep the numbers of a calculation under their hash.
INSERT INTO modelops.parameter_sets (parameter_hash, name, version, content)
VALUES (:parameter_hash, :name, :version, CAST(:content AS jsonb))
ON CONFLICT (parameter_hash) DO NOTHING;

-- new_run --
-- Begin a nightly run.
INSERT INTO modelops.runs (batch_id, stages, method_version, parameter_hash, active, lock_pid)
VALUES (CAST(:batch_id AS uuid), :stages, :method_version, :parameter_hash, true, :lock_pid)
RETURNING run_id;

-- end_other_runs --
-- No other nightly run may write any more; waits for what one is just committing.
UPDATE modelops.runs SET active = false WHERE active;

-- hold_run --
-- Whether a nightly run may write: it is the active one and its lock's session lives. Until the transaction ends nobody can end its right.
SELECT run_id FROM modelops.runs AS run
 WHERE run_id = :run_id AND active
   AND (lock_pid IS NULL OR EXISTS (
       SELECT FROM pg_locks AS held
        WHERE held.pid = run.lock_pid AND held.locktype = 'advisory' AND held.granted
          AND ((CAST(held.classid AS bigint) << 32) | CAST(held.objid AS bigint)) = hashtextextended('modelops nightly', 0)))
   FOR SHARE OF run;

-- finish_run --
-- End a nightly run.
UPDATE modelops.runs
   SET finished_at = now(), inputs = CAST(:inputs AS jsonb), counts = CAST(:counts AS jsonb),
       durations = CAST(:durations AS jsonb), active = false
 WHERE run_id = :run_id AND active;

-- clear_status_counts --
-- Results are about to change.
DELETE FROM modelops.status_counts;

-- count_statuses --
-- Cells by status, for the page of the data.
INSERT INTO modelops.status_counts (ssp_scenario, risk_type, horizon, status, cells)
SELECT ssp_scenario, risk_type, horizon, status, count(*) FROM modelops.probability_results GROUP BY 1, 2, 3, 4;

-- forget_totals --
-- Results are about to change otherwise than by a nightly run, or totals are written anew.
DELETE FROM modelops.cell_totals_state;

-- keep_totals --
-- Totals of the run before, finished or not, in which nothing has changed since.
UPDATE modelops.cell_totals_state SET run_id = :run_id
 WHERE perils = :perils AND run_id = (SELECT max(run_id) FROM modelops.runs WHERE run_id < :run_id)
RETURNING run_id;

-- note_totals --
-- Totals of one scenario and horizon are written.
INSERT INTO modelops.cell_totals_state (ssp_scenario, horizon, run_id, perils, lacking)
VALUES (CAST(:ssp_scenario AS modelops.ssp_scenario), CAST(:horizon AS modelops.horizon), :run_id, :perils,
        CAST(:lacking AS integer[]));

-- totals_state --
-- Cells that lack each of the perils, where the totals are those of the last finished run.
SELECT lacking FROM modelops.cell_totals_state
 WHERE ssp_scenario = CAST(:ssp_scenario AS modelops.ssp_scenario) AND horizon = CAST(:horizon AS modelops.horizon)
   AND perils = :perils AND run_id = (SELECT max(run_id) FROM modelops.runs WHERE finished_at IS NOT NULL);

-- last_run --
-- The last finished nightly run of a stage.
SELECT run_id, stages, method_version, parameter_hash, inputs, counts, durations, started_at, finished_at
  FROM modelops.runs WHERE finished_at IS NOT NULL ORDER BY run_id DESC LIMIT 1;

-- tile_fingerprints --
-- What a tile was last calculated from, by stage.
SELECT stage, fingerprint FROM modelops.run_tiles WHERE tile = :tile;

-- note_tile --
-- A tile is done.
INSERT INTO modelops.run_tiles (stage, tile, fingerprint, run_id)
VALUES (:stage, :tile, :fingerprint, :run_id)
ON CONFLICT (stage, tile) DO UPDATE
   SET fingerprint = excluded.fingerprint, run_id = excluded.run_id, finished_at = now();

-- forget_other_tiles --
-- Drop notes of tiles that the grid no longer has.
DELETE FROM modelops.run_tiles WHERE NOT tile = ANY(:tiles);

-- nightly_lock --
-- One nightly run at a time: a lock that dies with its session.
SELECT pg_try_advisory_lock(hashtextextended('modelops nightly', 0)) AS locked, pg_backend_pid() AS pid;

-- result_counts --
-- Rows of the last results by peril and status.
SELECT risk_type::text AS risk_type, status::text AS status, count(*) AS cells
  FROM modelops.probability_results GROUP BY 1, 2 ORDER BY 1, 2;

-- last_run_id --
-- The last finished nightly run.
SELECT max(run_id) AS run_id FROM modelops.runs WHERE finished_at IS NOT NULL;

-- cell_rates --
-- Base AAL of all cells that have one, by peril, scenario and horizon.
SELECT risk_type::text AS risk_type, ssp_scenario::text AS ssp_scenario, horizon::text AS horizon,
       array_agg(aal ORDER BY aal) AS rates
  FROM modelops.probability_results
 WHERE aal IS NOT NULL AND status IN ('ok', 'low_confidence')
 GROUP BY 1, 2, 3;

-- peer_rates --
-- Final AAL of the other assessed sites of one district and use. The job that wrote the rows says
-- district and use: each job's answer is read once, and none of places outside the box.
WITH near AS (
    SELECT DISTINCT batch_id
      FROM modelops.aal_scaled_results
     WHERE latitude BETWEEN :latitude - :reach AND :latitude + :reach
       AND longitude BETWEEN :longitude - :reach AND :longitude + :reach
       AND NOT (latitude = :latitude AND longitude = :longitude)
), peers AS MATERIALIZED (
    SELECT j.batch_id
      FROM modelops.batch_jobs AS j JOIN near USING (batch_id)
     WHERE j.results #>> '{district,code}' = :district
       AND j.results #>> '{building,use_group}' = :use_group
)
SELECT a.risk_type::text AS risk_type, a.ssp_scenario::text AS ssp_scenario,
       a.horizon::text AS horizon, array_agg(a.final_aal ORDER BY a.final_aal) AS rates
  FROM modelops.aal_scaled_results AS a JOIN peers USING (batch_id)
 WHERE a.latitude BETWEEN :latitude - :reach AND :latitude + :reach
   AND a.longitude BETWEEN :longitude - :reach AND :longitude + :reach
   AND NOT (a.latitude = :latitude AND a.longitude = :longitude)
   AND a.final_aal IS NOT NULL AND a.status IN ('ok', 'low_confidence')
 GROUP BY 1, 2, 3;
