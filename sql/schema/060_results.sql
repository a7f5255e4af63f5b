-- Results. A nightly run writes hazard and probability for each cell; a job writes
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
-- The map reads one peril of one scenario and horizon over all cells, the page of the data counts a
-- scenario's statuses: both from the index alone, for a row of the tables is up to 50 times as wide.
CREATE INDEX IF NOT EXISTS hazard_results_map_idx
    ON modelops.hazard_results (ssp_scenario, risk_type, horizon, grid_id) INCLUDE (hazard_score, status);
CREATE INDEX IF NOT EXISTS probability_results_map_idx
    ON modelops.probability_results (ssp_scenario, risk_type, horizon, grid_id) INCLUDE (aal, status);
DROP INDEX IF EXISTS modelops.hazard_results_layer_idx, modelops.probability_results_layer_idx;
-- When results were last written.
CREATE INDEX IF NOT EXISTS hazard_results_calculated_idx ON modelops.hazard_results (calculated_at);
CREATE INDEX IF NOT EXISTS probability_results_calculated_idx ON modelops.probability_results (calculated_at);

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
