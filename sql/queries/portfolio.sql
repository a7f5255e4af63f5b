-- Portfolios: where many sites lie at once, their versions, runs and sums.

-- places_of_points --
-- What lies at each point, as db/inputs/places.py finds it at one: the nearest cell, sigungu, town, coast and building, with their distances [m].
WITH point AS MATERIALIZED (
    SELECT i, ST_Transform(ST_SetSRID(ST_MakePoint(longitude, latitude), 4326), 5179) AS here
      FROM unnest(CAST(:latitude AS float8[]), CAST(:longitude AS float8[]))
           WITH ORDINALITY AS given (latitude, longitude, i)
)
SELECT cell.grid_id, cell.basin_code, cell.distance_m AS cell_m,
       district.admin_code AS district_code, district.distance_m AS district_m,
       sigungu.admin_name AS district,
       CASE WHEN emd.admin_code IS NULL THEN sigungu.is_urban ELSE emd.is_urban END AS is_urban,
       coast.distance_m AS coast_m,
       building.building_id, building.structure, building.main_purpose, building.built_year,
       building.floors_above, building.floors_below, building.total_area, building.distance_m AS building_m
  FROM point
  LEFT JOIN LATERAL (
       SELECT c.grid_id, c.basin_code, c.geom_5179 <-> here AS distance_m
         FROM modelops.location_grid AS c ORDER BY c.geom_5179 <-> here LIMIT 1) AS cell ON true
  LEFT JOIN LATERAL (
       SELECT d.admin_code, d.geom_5179 <-> here AS distance_m
         FROM modelops.location_admin_parts AS d WHERE d.level = 'sigungu'
        ORDER BY d.geom_5179 <-> here LIMIT 1) AS district ON true
  LEFT JOIN modelops.location_admin AS sigungu ON sigungu.admin_code = district.admin_code
  LEFT JOIN LATERAL (
       SELECT d.admin_code
         FROM modelops.location_admin_parts AS d WHERE d.level = 'emd'
        ORDER BY d.geom_5179 <-> here LIMIT 1) AS town ON true
  LEFT JOIN modelops.location_admin AS emd ON emd.admin_code = town.admin_code
  LEFT JOIN LATERAL (
       SELECT s.geom_5179 <-> here AS distance_m
         FROM modelops.coastline AS s ORDER BY s.geom_5179 <-> here LIMIT 1) AS coast ON true
  LEFT JOIN LATERAL (
       SELECT b.building_id, b.structure, b.main_purpose, b.built_year, b.floors_above, b.floors_below,
              b.total_area, b.geom_5179 <-> here AS distance_m
         FROM modelops.api_buildings AS b ORDER BY b.geom_5179 <-> here LIMIT 1) AS building ON true
 ORDER BY i;

-- flags_of_cells --
-- Every flag that the results of a cell and peril carry, whatever the scenario and horizon.
SELECT grid_id, risk_type::text AS risk_type, array_agg(DISTINCT flag) AS flags
  FROM (SELECT grid_id, risk_type, unnest(flags) AS flag FROM modelops.hazard_results
         WHERE grid_id = ANY(:cells)
         UNION
        SELECT grid_id, risk_type, unnest(flags) FROM modelops.probability_results
         WHERE grid_id = ANY(:cells)) AS flagged
 GROUP BY 1, 2;

-- new_portfolio_version --
-- Keep a portfolio.
INSERT INTO modelops.portfolio_versions (name, fingerprint, sites, loans, owner)
VALUES (:name, :fingerprint, :sites, :loans, :owner)
RETURNING version_id;

-- portfolio_block --
-- Keep one block of a portfolio.
INSERT INTO modelops.portfolio_version_blocks (version_id, block, content) VALUES (:version_id, :block, :content);

-- portfolio_version --
-- One version of a portfolio.
SELECT version_id, name, fingerprint, sites, loans, owner, created_at
  FROM modelops.portfolio_versions WHERE version_id = :version_id;

-- portfolio_versions --
-- All versions, the latest first, with their last finished run.
SELECT version_id, name, fingerprint, sites, loans, owner, created_at,
       (SELECT max(run_id) FROM modelops.portfolio_runs AS r
         WHERE r.version_id = v.version_id AND r.finished_at IS NOT NULL) AS run_id
  FROM modelops.portfolio_versions AS v ORDER BY version_id DESC;

-- portfolio_blocks --
-- The blocks of one version.
SELECT block, content FROM modelops.portfolio_version_blocks WHERE version_id = :version_id;

-- portfolio_run_of_job --
-- The run of a job that was cut off, perhaps after its run had ended, where nothing that it stands on has changed since.
SELECT run_id, finished_at IS NOT NULL AS finished FROM modelops.portfolio_runs
 WHERE batch_id = CAST(:batch_id AS uuid)
   AND version_id = :version_id AND nightly_run_id IS NOT DISTINCT FROM CAST(:nightly_run_id AS integer)
   AND method_version = :method_version AND parameter_hash = :parameter_hash AND as_of = :as_of
   AND block_sites = :block_sites AND return_periods = CAST(:return_periods AS smallint[])
 ORDER BY run_id DESC LIMIT 1;

-- new_portfolio_run --
-- Begin a run.
INSERT INTO modelops.portfolio_runs (version_id, batch_id, nightly_run_id, method_version, parameter_set,
       parameter_hash, as_of, ssp_scenario, horizon, return_periods, block_sites)
VALUES (:version_id, CAST(:batch_id AS uuid), :nightly_run_id, :method_version, :parameter_set,
       :parameter_hash, :as_of, :ssp_scenario, :horizon, :return_periods, :block_sites)
RETURNING run_id;

-- portfolio_run --
-- One run.
SELECT run_id, version_id, batch_id::text AS batch_id, nightly_run_id, method_version, parameter_set,
       parameter_hash, as_of, ssp_scenario, horizon, return_periods, block_sites, started_at, finished_at, summary
  FROM modelops.portfolio_runs WHERE run_id = :run_id;

-- portfolio_runs_of_version --
-- The runs of a version, the latest first.
SELECT run_id, batch_id::text AS batch_id, method_version, parameter_set, parameter_hash, as_of, started_at, finished_at
  FROM modelops.portfolio_runs WHERE version_id = :version_id ORDER BY run_id DESC;

-- finished_portfolio_blocks --
-- Blocks of a run that are whole.
SELECT block FROM modelops.portfolio_run_blocks WHERE run_id = :run_id ORDER BY block;

-- note_portfolio_block --
-- A block is whole.
INSERT INTO modelops.portfolio_run_blocks (run_id, block, sites) VALUES (:run_id, :block, :sites);

-- portfolio_flag_codes --
-- What the codes of a run stand for.
SELECT code, flags FROM modelops.portfolio_run_flags WHERE run_id = :run_id ORDER BY code;

-- finish_portfolio_run --
-- End a run.
UPDATE modelops.portfolio_runs SET finished_at = now(), summary = CAST(:summary AS jsonb)
 WHERE run_id = :run_id AND finished_at IS NULL;

-- portfolio_run_places --
-- Where the sites of a run lie, in the order of the version.
SELECT site, latitude, longitude, grid_id, basin_code, district_code, building_id, building_distance_m,
       asset_value, use_group, structure_class, age, coast_distance_m, problem, site_id, site_name
  FROM modelops.portfolio_run_sites
 WHERE run_id = :run_id AND (CAST(:block AS integer) IS NULL OR block = :block) ORDER BY site;

-- portfolio_run_sums --
-- Sums of one dimension of a run.
SELECT key, quantity, sites, loss, loss_p05, loss_p95, interval_loss, interval_sites, exposed_value, assessed_value,
       low_confidence_value, not_assessed_value, not_applicable_value, deviation, variance, deviation_loss,
       rare_loss_50, rare_loss_100, rare_loss_250, rare_part, partly_assessed_value
  FROM modelops.portfolio_run_sums WHERE run_id = :run_id AND dimension = :dimension ORDER BY key, quantity;

-- portfolio_run_parts --
-- The loss of all perils in each part of a run's portfolio, by all dimensions.
SELECT dimension, key, quantity, loss FROM modelops.portfolio_run_sums
 WHERE run_id = :run_id AND quantity = 'grand' AND dimension <> 'all' ORDER BY dimension, key;

-- names_of_districts --
-- Code and both names of each sigungu and sido.
SELECT admin_code, admin_name, coalesce(admin_name_en, admin_name) AS admin_name_en
  FROM modelops.location_admin WHERE level IN ('sido', 'sigungu') ORDER BY admin_code;

-- finished_portfolio_runs --
-- All finished runs, the latest first, with their portfolios' names and owners.
SELECT r.run_id, r.version_id, r.method_version, r.parameter_hash, r.nightly_run_id, r.finished_at,
       v.name, v.fingerprint, v.owner, v.sites, v.loans
  FROM modelops.portfolio_runs AS r
  JOIN modelops.portfolio_versions AS v USING (version_id)
 WHERE r.finished_at IS NOT NULL ORDER BY r.run_id DESC;

-- lock_reports --
-- One version of a run's report is numbered at a time.
SELECT pg_advisory_xact_lock(hashtext('modelops.portfolio_report_versions'), :run_id);

-- new_report_version --
-- Keep a version of a run's report under its next number.
INSERT INTO modelops.portfolio_report_versions (run_id, number, settings, former_run_id, sources, method_version,
       content_hash, tables, failed, made_by, made_person, note)
SELECT :run_id, 1 + coalesce(max(number), 0), CAST(:settings AS jsonb), CAST(:former_run_id AS integer),
       CAST(:sources AS jsonb), :method_version, :content_hash, CAST(:tables AS jsonb),
       CAST(:failed AS text[]), :made_by, :made_person, :note
  FROM modelops.portfolio_report_versions WHERE run_id = :run_id
RETURNING *;

-- report_version --
-- One version of a run's report.
SELECT * FROM modelops.portfolio_report_versions WHERE run_id = :run_id AND number = :number;

-- report_versions --
-- All versions of a run's report, the latest first.
SELECT * FROM modelops.portfolio_report_versions WHERE run_id = :run_id ORDER BY number DESC;

-- sign_report_version --
-- Sign a version that nobody has signed yet.
UPDATE modelops.portfolio_report_versions
   SET signed_by = :signed_by, signed_person = :signed_person, signed_at = now(), signed_note = :signed_note,
       signed_tables = CAST(:signed_tables AS jsonb)
 WHERE run_id = :run_id AND number = :number AND signed_at IS NULL
RETURNING *;
