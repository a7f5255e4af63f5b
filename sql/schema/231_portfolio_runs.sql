-- Calculations of portfolios. A run is never changed once it is finished; another one stands beside it.
-- Arrays hold one value for each combination of scenario and horizon, in the order of the run's columns.

CREATE TABLE IF NOT EXISTS modelops.portfolio_runs (
    run_id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version_id      integer NOT NULL REFERENCES modelops.portfolio_versions,
    batch_id        uuid NOT NULL,                -- the job
    nightly_run_id  integer,                      -- whose H and P(H) it reads
    method_version  text NOT NULL,
    parameter_set   text NOT NULL,
    parameter_hash  text NOT NULL,
    as_of           smallint NOT NULL,            -- the year that ages count to
    ssp_scenario    text[] NOT NULL,              -- of each combination
    horizon         text[] NOT NULL,              -- of each combination
    return_periods  smallint[] NOT NULL,          -- of return_losses [years]
    block_sites     integer NOT NULL,
    started_at      timestamptz NOT NULL DEFAULT now(),
    finished_at     timestamptz,                  -- NULL: running or cut off
    summary         jsonb
);
CREATE INDEX IF NOT EXISTS portfolio_runs_version_idx ON modelops.portfolio_runs (version_id, run_id);
CREATE INDEX IF NOT EXISTS portfolio_runs_batch_idx ON modelops.portfolio_runs (batch_id);

-- A block of sites is written whole, with its row here: what a run that goes on need not do again.
CREATE TABLE IF NOT EXISTS modelops.portfolio_run_blocks (
    run_id       integer NOT NULL REFERENCES modelops.portfolio_runs ON DELETE CASCADE,
    block        integer NOT NULL,
    sites        integer NOT NULL,
    finished_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (run_id, block)
);

-- Where each site lies and what was taken of its building.
CREATE TABLE IF NOT EXISTS modelops.portfolio_run_sites (
    run_id               integer NOT NULL REFERENCES modelops.portfolio_runs ON DELETE CASCADE,
    site                 integer NOT NULL,        -- position in the version, from 0
    block                integer NOT NULL,
    latitude             double precision,
    longitude            double precision,
    grid_id              integer,                 -- climate cell; NULL where the site has none
    basin_code           text,
    district_code        text,                    -- sigungu
    building_id          integer,                 -- of the register; NULL where none lies near
    building_distance_m  double precision,
    asset_value          double precision,        -- KRW, given or estimated; NULL = unknown
    use_group            text NOT NULL,
    structure_class      text NOT NULL,
    age                  double precision,        -- years
    coast_distance_m     double precision,
    problem              text,                    -- code of the error where the place has no result
    PRIMARY KEY (run_id, site)
);

-- One peril at one site. NaN in an array: no number, by the status beside it.
CREATE TABLE IF NOT EXISTS modelops.portfolio_run_results (
    run_id           integer NOT NULL REFERENCES modelops.portfolio_runs ON DELETE CASCADE,
    risk_type        modelops.risk_type NOT NULL,
    site             integer NOT NULL,
    flags            integer NOT NULL,            -- code in portfolio_run_flags
    exposure         double precision NOT NULL,   -- E
    vulnerability    double precision NOT NULL,   -- V
    exposed_value    double precision NOT NULL,   -- KRW
    status           smallint[] NOT NULL,         -- 0 ok, 1 low_confidence, 2 not_assessed, 3 not_applicable
    hazard           double precision[] NOT NULL, -- H
    base_aal         double precision[] NOT NULL, -- % a year, of the cell
    final_aal        double precision[] NOT NULL, -- % a year
    aal_p05          double precision[] NOT NULL,
    aal_p95          double precision[] NOT NULL,
    expected_loss    double precision[] NOT NULL, -- KRW a year
    deviation        double precision[] NOT NULL, -- standard deviation of the yearly loss, KRW
    PRIMARY KEY (run_id, risk_type, site)
);
-- Losses of rare years, for perils with a distribution: period by period, the combinations of each.
CREATE TABLE IF NOT EXISTS modelops.portfolio_run_rare_years (
    run_id         integer NOT NULL REFERENCES modelops.portfolio_runs ON DELETE CASCADE,
    risk_type      modelops.risk_type NOT NULL,
    site           integer NOT NULL,
    return_losses  double precision[] NOT NULL,   -- KRW
    PRIMARY KEY (run_id, risk_type, site)
);
-- Which flags a code stands for.
CREATE TABLE IF NOT EXISTS modelops.portfolio_run_flags (
    run_id  integer NOT NULL REFERENCES modelops.portfolio_runs ON DELETE CASCADE,
    code    integer NOT NULL,
    flags   text[] NOT NULL,
    PRIMARY KEY (run_id, code)
);
-- Sums over the sites of a key of a dimension (all, sido, sigungu, use, industry, group, cell, basin).
CREATE TABLE IF NOT EXISTS modelops.portfolio_run_sums (
    run_id                integer NOT NULL REFERENCES modelops.portfolio_runs ON DELETE CASCADE,
    dimension             text NOT NULL,
    key                   text NOT NULL,
    quantity              text NOT NULL,          -- a peril or a subtotal
    sites                 double precision[] NOT NULL, -- number of those in the loss
    loss                  double precision[] NOT NULL, -- expected loss, KRW a year
    loss_p05              double precision[] NOT NULL, -- every site at the low end of its interval
    loss_p95              double precision[] NOT NULL,
    exposed_value         double precision[] NOT NULL, -- KRW, of the sites in the loss
    assessed_value        double precision[] NOT NULL, -- asset value by status, KRW
    low_confidence_value  double precision[] NOT NULL,
    not_assessed_value    double precision[] NOT NULL,
    not_applicable_value  double precision[] NOT NULL,
    deviation             double precision[] NOT NULL, -- sum of standard deviations: the yearly losses move as one
    variance              double precision[] NOT NULL, -- sum of variances: they are independent
    PRIMARY KEY (run_id, dimension, key, quantity)
);
