-- How much warmer the loaded data are in each window than in their own baseline, and what each cell's
-- extremes make of it: written at the beginning of a nightly run, read by every tile and assessment.

CREATE TABLE IF NOT EXISTS modelops.warming (
    ssp_scenario  modelops.ssp_scenario NOT NULL,
    horizon       modelops.horizon NOT NULL,
    kelvin        double precision NOT NULL,      -- mean temperature of the grid, minus the baseline's
    run_id        integer,
    PRIMARY KEY (ssp_scenario, horizon)
);

CREATE TABLE IF NOT EXISTS modelops.change_signals (
    grid_id    integer NOT NULL REFERENCES modelops.location_grid ON DELETE CASCADE,
    variable   text NOT NULL,                     -- 'rx1day', 'spei12'
    slope      double precision,                  -- the cell's own response, 1/K (rx1day: relative)
    se         double precision,                  -- standard error of the pooled response
    pooled     double precision,                  -- mean of the slopes around, what is used
    intercept  double precision,                  -- pooled intercept of the fits
    intercept_se double precision,                -- its standard error
    covariance double precision,                  -- of the errors of response and intercept
    points     smallint,                          -- windows behind the own slope
    spread     double precision,                  -- L-CV of the region's baseline, 1
    worth      double precision,                  -- how many records the spread rests on
    level      double precision,                  -- mean of the reference stations; NULL = the cell's own history
    years      smallint,                          -- years behind that mean
    flags      text[] NOT NULL DEFAULT '{}',
    run_id     integer,
    PRIMARY KEY (grid_id, variable)
);
