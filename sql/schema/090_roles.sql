-- Four roles. The owner migrates and loads; the worker writes results; the
-- dashboard reads, and writes only jobs and saved sites; the reports read the
-- views of the schema rpt and nothing else, by users that are made members.
-- Roles belong to the whole server: where the owner may not create them, an
-- administrator does.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'modelops_worker') THEN
        CREATE ROLE modelops_worker LOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'modelops_dashboard') THEN
        CREATE ROLE modelops_dashboard LOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'modelops_reports') THEN
        CREATE ROLE modelops_reports NOLOGIN;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE NOTICE 'roles modelops_worker and modelops_dashboard were not created';
    WHEN duplicate_object THEN
        NULL;                                     -- another database's migration won
END
$$;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'modelops_worker') THEN
        GRANT USAGE ON SCHEMA modelops TO modelops_worker, modelops_dashboard;
        GRANT SELECT ON ALL TABLES IN SCHEMA modelops TO modelops_worker, modelops_dashboard;
        GRANT INSERT, UPDATE, DELETE ON
            modelops.hazard_results, modelops.probability_results,
            modelops.exposure_results, modelops.vulnerability_results, modelops.job_requests,
            modelops.aal_scaled_results, modelops.batch_jobs, modelops.runs,
            modelops.run_tiles, modelops.parameter_sets,
            modelops.portfolio_results, modelops.warming, modelops.change_signals TO modelops_worker;
        GRANT INSERT, UPDATE ON modelops.batch_jobs TO modelops_dashboard;
        GRANT INSERT, UPDATE, DELETE ON
            modelops.portfolios, modelops.portfolio_sites TO modelops_dashboard;
        GRANT INSERT, DELETE ON modelops.building_tiles TO modelops_worker;
        GRANT INSERT, UPDATE ON modelops.building_tiles_state TO modelops_worker;
        GRANT INSERT, DELETE ON modelops.status_counts, modelops.district_means TO modelops_worker;
        GRANT INSERT, UPDATE ON modelops.district_means_state TO modelops_worker;
        GRANT INSERT, UPDATE, DELETE ON modelops.cell_totals, modelops.cell_totals_state TO modelops_worker;
        GRANT INSERT ON modelops.portfolio_versions, modelops.portfolio_version_blocks
            TO modelops_worker, modelops_dashboard;
        GRANT INSERT, UPDATE ON modelops.portfolio_runs TO modelops_worker;
        GRANT INSERT ON
            modelops.portfolio_run_blocks, modelops.portfolio_run_sites,
            modelops.portfolio_run_results, modelops.portfolio_run_rare_years,
            modelops.portfolio_run_flags, modelops.portfolio_run_sums TO modelops_worker;
        -- a version comes without a signature: signing it is an update, which a trigger watches
        REVOKE INSERT ON modelops.portfolio_report_versions FROM modelops_worker;
        GRANT INSERT (run_id, number, settings, former_run_id, sources, method_version, content_hash,
                      tables, failed, made_by, made_person, note),
              UPDATE (signed_by, signed_person, signed_at, signed_note, signed_tables)
            ON modelops.portfolio_report_versions TO modelops_worker;
        GRANT INSERT ON modelops.audit_log TO modelops_worker;
        GRANT UPDATE (last_used_at) ON modelops.api_keys TO modelops_worker;
        REVOKE SELECT ON modelops.api_keys, modelops.audit_log FROM modelops_dashboard;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA modelops TO modelops_worker, modelops_dashboard;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE NOTICE 'grants to modelops_worker and modelops_dashboard were not made';
END
$$;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'modelops_reports') THEN
        GRANT USAGE ON SCHEMA rpt TO modelops_reports;
        GRANT SELECT ON ALL TABLES IN SCHEMA rpt TO modelops_reports;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE NOTICE 'grants to modelops_reports were not made';
END
$$;

-- A forgotten query must not hold the server; loading and migrating may take long.
DO $$
BEGIN
    ALTER ROLE modelops_dashboard SET statement_timeout = '10s';
    ALTER ROLE modelops_worker SET statement_timeout = '10min';
EXCEPTION
    WHEN insufficient_privilege OR undefined_object THEN
        RAISE NOTICE 'statement_timeout of the roles was not set';
END
$$;
