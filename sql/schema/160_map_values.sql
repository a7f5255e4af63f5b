-- Base AAL of all perils together by cell, added at the end of a nightly run by the rules of stages/totals.py, for the
-- first map: it would read nine perils. Used only while the state names the last finished run and its perils.

CREATE TABLE IF NOT EXISTS modelops.cell_totals (
    grid_id       integer NOT NULL REFERENCES modelops.location_grid ON DELETE CASCADE,
    ssp_scenario  modelops.ssp_scenario NOT NULL,
    horizon       modelops.horizon NOT NULL,
    aal           real CHECK (aal >= 0),          -- % of exposed value a year; NULL: no peril has a number
    lacking       smallint NOT NULL,              -- perils that concern the cell and have no number there
    status        modelops.result_status NOT NULL,
    PRIMARY KEY (grid_id, ssp_scenario, horizon)
);
-- The map reads one scenario and horizon over all cells.
CREATE INDEX IF NOT EXISTS cell_totals_map_idx
    ON modelops.cell_totals (ssp_scenario, horizon, grid_id) INCLUDE (aal, lacking, status);

CREATE TABLE IF NOT EXISTS modelops.cell_totals_state (
    ssp_scenario  modelops.ssp_scenario NOT NULL,
    horizon       modelops.horizon NOT NULL,
    run_id        integer NOT NULL REFERENCES modelops.runs,
    perils        text[] NOT NULL,
    lacking       integer[] NOT NULL,             -- cells that lack each of them
    PRIMARY KEY (ssp_scenario, horizon)
);

-- Level of a GEV (Hosking's sign, as indicators/gev.py) that one year in `period` exceeds, for vector tiles.
CREATE OR REPLACE FUNCTION modelops.gev_level_v1(mu float8, alpha float8, kappa float8, period float8)
RETURNS float8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT mu + alpha * CASE WHEN abs(kappa) < 1e-9 THEN -ln(-ln(1 - 1 / period))
                             ELSE (1 - (-ln(1 - 1 / period)) ^ kappa) / kappa END
$$;
