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
