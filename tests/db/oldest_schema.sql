-- The schema of version 0.1.0 as it was first committed (sql/schema/*.sql in one file), and rows in its tables.
-- tests/db/test_upgrade.py brings it up to date.
-- PostGIS, and a schema of our own.

CREATE EXTENSION IF NOT EXISTS postgis SCHEMA public;
CREATE SCHEMA IF NOT EXISTS modelops;
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
-- Places: the climate grid, the sea-level nodes, districts and the coast.
-- `geom_5179` (EPSG:5179, metres) carries every metric search; degrees never do.

CREATE TABLE IF NOT EXISTS modelops.location_admin (
    admin_code       text PRIMARY KEY,
    level            text NOT NULL CHECK (level IN ('sido', 'sigungu', 'emd')),
    parent_code      text,
    admin_name       text NOT NULL,              -- '서울특별시 강남구'
    admin_name_en    text,
    is_urban         boolean,                    -- a 동 (urban) or 읍·면 (rural); sido: NULL
    geom             geometry(MultiPolygon, 4326) NOT NULL,
    area_km2         double precision,
    population_2020  integer,
    population_2025  integer,
    population_2030  integer,
    population_2035  integer,
    population_2040  integer,
    population_2045  integer,
    population_2050  integer
);
CREATE INDEX IF NOT EXISTS location_admin_geom_idx
    ON modelops.location_admin USING gist (geom);
CREATE INDEX IF NOT EXISTS location_admin_level_idx
    ON modelops.location_admin (level, parent_code);

-- ST_Subdivide'd copy for point look-ups: 100 times faster than whole polygons.
CREATE TABLE IF NOT EXISTS modelops.location_admin_parts (
    admin_code  text NOT NULL
                REFERENCES modelops.location_admin ON DELETE CASCADE,
    level       text NOT NULL,
    geom        geometry(Polygon, 4326) NOT NULL,
    geom_5179   geometry(Polygon, 5179)
                GENERATED ALWAYS AS (ST_Transform(geom, 5179)) STORED
);
CREATE INDEX IF NOT EXISTS location_admin_parts_sido_idx
    ON modelops.location_admin_parts USING gist (geom_5179) WHERE level = 'sido';
CREATE INDEX IF NOT EXISTS location_admin_parts_sigungu_idx
    ON modelops.location_admin_parts USING gist (geom_5179) WHERE level = 'sigungu';
CREATE INDEX IF NOT EXISTS location_admin_parts_emd_idx
    ON modelops.location_admin_parts USING gist (geom_5179) WHERE level = 'emd';

-- The sea shore: outer boundary of the country without its land border.
CREATE TABLE IF NOT EXISTS modelops.coastline (
    coastline_id  integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    geom          geometry(LineString, 4326) NOT NULL,
    geom_5179     geometry(LineString, 5179)
                  GENERATED ALWAYS AS (ST_Transform(geom, 5179)) STORED
);
CREATE INDEX IF NOT EXISTS coastline_geom_5179_idx
    ON modelops.coastline USING gist (geom_5179);

CREATE TABLE IF NOT EXISTS modelops.location_grid (
    grid_id           integer PRIMARY KEY,
    latitude          double precision NOT NULL CHECK (latitude BETWEEN 32 AND 44),
    longitude         double precision NOT NULL CHECK (longitude BETWEEN 123 AND 133),
    geom              geometry(Point, 4326) GENERATED ALWAYS AS
                      (ST_SetSRID(ST_MakePoint(longitude, latitude), 4326)) STORED,
    geom_5179         geometry(Point, 5179) GENERATED ALWAYS AS
                      (ST_Transform(ST_SetSRID(ST_MakePoint(longitude, latitude), 4326), 5179)) STORED,
    elevation_m       real,                      -- mean of the cell, NULL = unknown
    coast_distance_m  real,                      -- of the cell's centre, 0 at sea
    land_fraction     real CHECK (land_fraction BETWEEN 0 AND 1),
    basin_code        text,                      -- Han Nakdong Geum Yeongsan Seomjin
    admin_code        text,                      -- sigungu of most of its land
    UNIQUE (latitude, longitude)
);
CREATE INDEX IF NOT EXISTS location_grid_geom_5179_idx
    ON modelops.location_grid USING gist (geom_5179);

CREATE TABLE IF NOT EXISTS modelops.sea_level_grid (
    grid_id    integer PRIMARY KEY,
    latitude   double precision NOT NULL,
    longitude  double precision NOT NULL,
    geom       geometry(Point, 4326) GENERATED ALWAYS AS
               (ST_SetSRID(ST_MakePoint(longitude, latitude), 4326)) STORED,
    geom_5179  geometry(Point, 5179) GENERATED ALWAYS AS
               (ST_Transform(ST_SetSRID(ST_MakePoint(longitude, latitude), 4326), 5179)) STORED
);
CREATE INDEX IF NOT EXISTS sea_level_grid_geom_5179_idx
    ON modelops.sea_level_grid USING gist (geom_5179);
-- Climate series: one table a variable, one column a scenario; NULL = missing.
-- Rows lie sorted by (grid_id, time), so that a tile of cells is one stretch.
-- units: ta °C · rn mm/month · ws m/s · rhm % · si MJ/m² per day · spei12 1
--        wsdi csdi cdd rain80 days · rx1day rx5day mm · sdii mm/day · sea level cm

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['ta', 'rn', 'ws', 'rhm', 'si', 'spei12'] LOOP
        EXECUTE format($ddl$
            CREATE TABLE IF NOT EXISTS modelops.%I (
                grid_id           integer NOT NULL REFERENCES modelops.location_grid,
                observation_date  date NOT NULL,   -- first day of the month
                ssp1 real, ssp2 real, ssp3 real, ssp5 real,
                PRIMARY KEY (grid_id, observation_date)
            )$ddl$, name || '_data');
    END LOOP;
    FOREACH name IN ARRAY ARRAY['wsdi', 'csdi', 'rx1day', 'rx5day', 'cdd', 'rain80', 'sdii'] LOOP
        EXECUTE format($ddl$
            CREATE TABLE IF NOT EXISTS modelops.%I (
                grid_id  integer NOT NULL REFERENCES modelops.location_grid,
                year     smallint NOT NULL,
                ssp1 real, ssp2 real, ssp3 real, ssp5 real,
                PRIMARY KEY (grid_id, year)
            )$ddl$, name || '_data');
    END LOOP;
END
$$;

CREATE TABLE IF NOT EXISTS modelops.sea_level_data (
    grid_id  integer NOT NULL REFERENCES modelops.sea_level_grid,
    year     smallint NOT NULL,
    ssp1 real, ssp2 real, ssp3 real, ssp5 real,   -- cm
    PRIMARY KEY (grid_id, year)
);
-- Where every input row comes from; the screen and every export say it.

CREATE TABLE IF NOT EXISTS modelops.data_sources (
    table_name   text NOT NULL,
    name         text NOT NULL,
    provider     text NOT NULL,
    licence      text NOT NULL,
    version      text NOT NULL,
    kind         modelops.data_kind NOT NULL,
    period       text,                           -- '1991-2020, 2021-2100'
    method       text,                           -- how derived or synthetic rows were made
    file_sha256  text,                           -- NULL where no single file was read
    row_count    bigint NOT NULL,
    loaded_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (table_name, name)
);
-- What providers' APIs gave: buildings, river gauges, typhoons.

CREATE TABLE IF NOT EXISTS modelops.api_buildings (
    building_id   bigint PRIMARY KEY,
    register_pk   text,                           -- mgmBldrgstPk; NULL for synthetic rows
    latitude      double precision NOT NULL,
    longitude     double precision NOT NULL,
    geom          geometry(Point, 4326) GENERATED ALWAYS AS
                  (ST_SetSRID(ST_MakePoint(longitude, latitude), 4326)) STORED,
    geom_5179     geometry(Point, 5179) GENERATED ALWAYS AS
                  (ST_Transform(ST_SetSRID(ST_MakePoint(longitude, latitude), 4326), 5179)) STORED,
    admin_code    text,
    structure     text,                           -- strctCdNm as registered
    main_purpose  text,                           -- mainPurpsCdNm
    built_year    smallint,                       -- of useAprDay
    floors_above  smallint,
    floors_below  smallint,
    total_area    real,                           -- m²
    arch_area     real,                           -- m²
    kind          modelops.data_kind NOT NULL
);
CREATE INDEX IF NOT EXISTS api_buildings_geom_5179_idx
    ON modelops.api_buildings USING gist (geom_5179);

CREATE TABLE IF NOT EXISTS modelops.api_wamis_stations (
    station_code        text PRIMARY KEY,
    station_name        text NOT NULL,
    station_type        text NOT NULL,            -- flow, level, rain
    river_name          text,
    basin_code          text,
    latitude            double precision,
    longitude           double precision,
    geom_5179           geometry(Point, 5179) GENERATED ALWAYS AS
                        (ST_Transform(ST_SetSRID(ST_MakePoint(longitude, latitude), 4326), 5179)) STORED,
    drainage_area_km2   double precision,
    is_basin_outlet     boolean NOT NULL DEFAULT false
);
CREATE INDEX IF NOT EXISTS api_wamis_stations_geom_5179_idx
    ON modelops.api_wamis_stations USING gist (geom_5179);

CREATE TABLE IF NOT EXISTS modelops.api_wamis_cache (
    station_code      text NOT NULL REFERENCES modelops.api_wamis_stations ON DELETE CASCADE,
    data_type         text NOT NULL,              -- flow [m³/s], level [m], rain [mm]; daily
    observation_date  date NOT NULL,
    value             real
);
CREATE UNIQUE INDEX IF NOT EXISTS api_wamis_cache_key
    ON modelops.api_wamis_cache (station_code, data_type, observation_date) INCLUDE (value);

CREATE TABLE IF NOT EXISTS modelops.api_typhoon_list (
    storm_id    text PRIMARY KEY,                 -- IBTrACS SID or JMA number
    season      smallint NOT NULL,
    name        text,
    first_time  timestamptz,
    last_time   timestamptz
);
CREATE TABLE IF NOT EXISTS modelops.api_typhoon_tracks (
    storm_id      text NOT NULL REFERENCES modelops.api_typhoon_list ON DELETE CASCADE,
    track_time    timestamptz NOT NULL,
    latitude      real NOT NULL,
    longitude     real NOT NULL,
    pressure_hpa  real,                           -- central pressure, NULL = not given
    wind_kt       real,                           -- 10-minute mean (JMA), NULL = not given
    PRIMARY KEY (storm_id, track_time)
);
-- Results. A night writes hazard and probability for each cell; a job writes
-- exposure, vulnerability and scaled AAL for one site. Scenario and horizon are
-- part of the key: one scenario must never overwrite another.

CREATE TABLE IF NOT EXISTS modelops.parameter_sets (
    parameter_hash  text PRIMARY KEY,
    name            text NOT NULL,                -- low, central, high
    version         text NOT NULL,
    content         jsonb NOT NULL,
    first_used_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS modelops.runs (
    run_id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_id        uuid,
    stages          text[] NOT NULL,              -- hazard, probability
    method_version  text NOT NULL,
    parameter_hash  text NOT NULL REFERENCES modelops.parameter_sets,
    inputs          jsonb NOT NULL DEFAULT '{}',  -- fingerprints of the inputs
    counts          jsonb NOT NULL DEFAULT '{}',  -- cells, tiles, rows by status
    durations       jsonb NOT NULL DEFAULT '{}',  -- seconds by step
    started_at      timestamptz NOT NULL DEFAULT now(),
    finished_at     timestamptz                   -- NULL: running or cut off
);

-- What a tile of cells was calculated from; unchanged tiles are skipped.
CREATE TABLE IF NOT EXISTS modelops.run_tiles (
    stage        text NOT NULL,
    tile         text NOT NULL,                   -- 'first-last' grid_id
    fingerprint  text NOT NULL,
    run_id       integer NOT NULL REFERENCES modelops.runs,
    finished_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (stage, tile)
);

CREATE TABLE IF NOT EXISTS modelops.hazard_results (
    grid_id           integer NOT NULL REFERENCES modelops.location_grid ON DELETE CASCADE,
    risk_type         modelops.risk_type NOT NULL,
    ssp_scenario      modelops.ssp_scenario NOT NULL,
    horizon           modelops.horizon NOT NULL,
    latitude          double precision NOT NULL,
    longitude         double precision NOT NULL,
    hazard_score      double precision CHECK (hazard_score BETWEEN 0 AND 1),
    hazard_score_100  smallint,
    hazard_level      modelops.risk_level,
    statistic         jsonb,                      -- {name: value} behind the score
    unit              text,
    status            modelops.result_status NOT NULL,
    flags             text[] NOT NULL DEFAULT '{}',
    run_id            integer,
    method_version    text NOT NULL,
    calculated_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (grid_id, risk_type, ssp_scenario, horizon)
);

CREATE TABLE IF NOT EXISTS modelops.probability_results (
    grid_id              integer NOT NULL REFERENCES modelops.location_grid ON DELETE CASCADE,
    risk_type            modelops.risk_type NOT NULL,
    ssp_scenario         modelops.ssp_scenario NOT NULL,
    horizon              modelops.horizon NOT NULL,
    latitude             double precision NOT NULL,
    longitude            double precision NOT NULL,
    aal                  double precision CHECK (aal >= 0),   -- % of exposed value a year
    aal_p05              double precision,
    aal_p95              double precision,
    bin_probabilities    jsonb,                   -- {"bin1": 0.65, …}
    bin_data             jsonb,                   -- edges, P with interval, DR, n
    calculation_details  jsonb,                   -- years, n, estimator, fitted parameters
    status               modelops.result_status NOT NULL,
    flags                text[] NOT NULL DEFAULT '{}',
    run_id               integer,
    method_version       text NOT NULL,
    calculated_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (grid_id, risk_type, ssp_scenario, horizon)
);
-- The map reads one peril of one scenario and horizon over all cells.
CREATE INDEX IF NOT EXISTS hazard_results_layer_idx
    ON modelops.hazard_results (risk_type, ssp_scenario, horizon);
CREATE INDEX IF NOT EXISTS probability_results_layer_idx
    ON modelops.probability_results (risk_type, ssp_scenario, horizon);

CREATE TABLE IF NOT EXISTS modelops.exposure_results (
    latitude                double precision NOT NULL,
    longitude               double precision NOT NULL,
    risk_type               modelops.risk_type NOT NULL,
    exposure_score          double precision CHECK (exposure_score BETWEEN 0 AND 1),
    proximity_factor        double precision CHECK (proximity_factor BETWEEN 0 AND 1),
    normalized_asset_value  double precision CHECK (normalized_asset_value BETWEEN 0 AND 1),
    asset_value             double precision,     -- KRW
    factors                 jsonb,
    status                  modelops.result_status NOT NULL,
    flags                   text[] NOT NULL DEFAULT '{}',
    batch_id                uuid,
    method_version          text NOT NULL,
    calculated_at           timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (latitude, longitude, risk_type)
);

CREATE TABLE IF NOT EXISTS modelops.vulnerability_results (
    latitude             double precision NOT NULL,
    longitude            double precision NOT NULL,
    risk_type            modelops.risk_type NOT NULL,
    vulnerability_score  double precision CHECK (vulnerability_score BETWEEN 0 AND 1),
    vulnerability_level  modelops.risk_level,
    factors              jsonb,                   -- each factor: value, weight, known or assumed
    status               modelops.result_status NOT NULL,
    flags                text[] NOT NULL DEFAULT '{}',
    batch_id             uuid,
    method_version       text NOT NULL,
    calculated_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (latitude, longitude, risk_type)
);

CREATE TABLE IF NOT EXISTS modelops.aal_scaled_results (
    latitude             double precision NOT NULL,
    longitude            double precision NOT NULL,
    risk_type            modelops.risk_type NOT NULL,
    ssp_scenario         modelops.ssp_scenario NOT NULL,
    horizon              modelops.horizon NOT NULL,
    base_aal             double precision,        -- % a year, of the cell
    site_factor          double precision,
    vulnerability_scale  double precision,
    final_aal            double precision,        -- % a year, of the site
    aal_p05              double precision,
    aal_p95              double precision,
    insurance_rate       double precision,        -- fraction a year, pure premium
    exposed_value        double precision,        -- KRW
    expected_loss        double precision,        -- KRW a year
    integrated_risk      double precision,
    status               modelops.result_status NOT NULL,
    flags                text[] NOT NULL DEFAULT '{}',
    batch_id             uuid,
    method_version       text NOT NULL,
    calculated_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (latitude, longitude, risk_type, ssp_scenario, horizon)
);
-- Jobs: the queue, the progress and the history are one table.

CREATE TABLE IF NOT EXISTS modelops.batch_jobs (
    batch_id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    job_type           text NOT NULL,
    status             modelops.job_status NOT NULL DEFAULT 'queued',
    progress           smallint NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    current_step       text,
    total_items        integer,
    completed_items    integer NOT NULL DEFAULT 0,
    failed_items       integer NOT NULL DEFAULT 0,
    input_params       jsonb NOT NULL DEFAULT '{}',
    results            jsonb,
    error_message      text,
    error_stack_trace  text,
    worker             text,
    attempts           smallint NOT NULL DEFAULT 0,
    heartbeat_at       timestamptz,
    created_at         timestamptz NOT NULL DEFAULT now(),
    started_at         timestamptz,
    completed_at       timestamptz
);
CREATE INDEX IF NOT EXISTS batch_jobs_queue_idx
    ON modelops.batch_jobs (created_at) WHERE status = 'queued';
CREATE INDEX IF NOT EXISTS batch_jobs_running_idx
    ON modelops.batch_jobs (heartbeat_at) WHERE status = 'running';
CREATE INDEX IF NOT EXISTS batch_jobs_history_idx
    ON modelops.batch_jobs (job_type, created_at DESC);

-- Every change is told to whoever listens: pages, sockets, workers.
CREATE OR REPLACE FUNCTION modelops.notify_batch_job() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('modelops_jobs', json_build_object(
        'batch_id', NEW.batch_id, 'status', NEW.status, 'progress', NEW.progress)::text);
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER batch_jobs_notify
    AFTER INSERT OR UPDATE OF status, progress, current_step ON modelops.batch_jobs
    FOR EACH ROW EXECUTE FUNCTION modelops.notify_batch_job();
-- Saved sites: a portfolio holds sites, each with what the analyst knows of it.

CREATE TABLE IF NOT EXISTS modelops.portfolios (
    portfolio_id  integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name          text NOT NULL UNIQUE,
    note          text,
    created_at    timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS modelops.portfolio_sites (
    site_id       integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    portfolio_id  integer NOT NULL REFERENCES modelops.portfolios ON DELETE CASCADE,
    name          text NOT NULL,
    latitude      double precision NOT NULL,
    longitude     double precision NOT NULL,
    attributes    jsonb NOT NULL DEFAULT '{}',    -- corrections of the register
    note          text,
    batch_id      uuid,                           -- the last assessment
    created_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS portfolio_sites_portfolio_idx
    ON modelops.portfolio_sites (portfolio_id);
CREATE TABLE IF NOT EXISTS modelops.portfolio_results (
    site_id          integer NOT NULL REFERENCES modelops.portfolio_sites ON DELETE CASCADE,
    risk_type        modelops.risk_type NOT NULL,
    ssp_scenario     modelops.ssp_scenario NOT NULL,
    horizon          modelops.horizon NOT NULL,
    final_aal        double precision,
    aal_p05          double precision,
    aal_p95          double precision,
    exposed_value    double precision,
    expected_loss    double precision,
    integrated_risk  double precision,
    status           modelops.result_status NOT NULL,
    flags            text[] NOT NULL DEFAULT '{}',
    calculated_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (site_id, risk_type, ssp_scenario, horizon)
);
-- Three roles. The owner migrates and loads; the worker writes results; the
-- dashboard reads, and writes only jobs and saved sites. Roles belong to the
-- whole server: where the owner may not create them, an administrator does.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'modelops_worker') THEN
        CREATE ROLE modelops_worker LOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'modelops_dashboard') THEN
        CREATE ROLE modelops_dashboard LOGIN;
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
            modelops.exposure_results, modelops.vulnerability_results,
            modelops.aal_scaled_results, modelops.batch_jobs, modelops.runs,
            modelops.run_tiles, modelops.parameter_sets,
            modelops.portfolio_results TO modelops_worker;
        GRANT INSERT, UPDATE ON modelops.batch_jobs TO modelops_dashboard;
        GRANT INSERT, UPDATE, DELETE ON
            modelops.portfolios, modelops.portfolio_sites TO modelops_dashboard;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA modelops TO modelops_worker, modelops_dashboard;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE NOTICE 'grants to modelops_worker and modelops_dashboard were not made';
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
