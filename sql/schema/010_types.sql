-- Enumerations. `risk_type` starts empty: the migration runner fills it from
-- the registry of perils, so that a new peril needs no SQL.

DO $$
BEGIN
    IF to_regtype('modelops.risk_type') IS NULL THEN
        CREATE TYPE modelops.risk_type AS ENUM ();
    END IF;
    IF to_regtype('modelops.ssp_scenario') IS NULL THEN
        CREATE TYPE modelops.ssp_scenario AS ENUM ('ssp1', 'ssp2', 'ssp3', 'ssp5');
    END IF;
    IF to_regtype('modelops.horizon') IS NULL THEN
        CREATE TYPE modelops.horizon AS ENUM
            ('baseline', '2030s', '2050s', '2070s', '2090s');
    END IF;
    IF to_regtype('modelops.result_status') IS NULL THEN
        CREATE TYPE modelops.result_status AS ENUM
            ('ok', 'low_confidence', 'not_assessed', 'not_applicable');
    END IF;
    IF to_regtype('modelops.risk_level') IS NULL THEN
        CREATE TYPE modelops.risk_level AS ENUM
            ('Very Low', 'Low', 'Medium', 'High', 'Very High');
    END IF;
    IF to_regtype('modelops.job_status') IS NULL THEN
        CREATE TYPE modelops.job_status AS ENUM
            ('queued', 'running', 'completed', 'failed', 'cancelled');
    END IF;
    IF to_regtype('modelops.data_kind') IS NULL THEN
        CREATE TYPE modelops.data_kind AS ENUM ('observed', 'derived', 'synthetic');
    END IF;
END
$$;
