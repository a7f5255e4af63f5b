-- Cells by status, counted once at the end of a nightly run: of 100,000 cells the page of the data would count
-- 4.5 million rows a scenario. Empty while one runs and after results were saved otherwise; then the
-- page counts by itself.

CREATE TABLE IF NOT EXISTS modelops.status_counts (
    ssp_scenario  modelops.ssp_scenario NOT NULL,
    risk_type     modelops.risk_type NOT NULL,
    horizon       modelops.horizon NOT NULL,
    status        modelops.result_status NOT NULL,   -- of P(H) and base AAL
    cells         integer NOT NULL,
    PRIMARY KEY (ssp_scenario, risk_type, horizon, status)
);
