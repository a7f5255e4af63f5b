-- Of which part of a portfolio's loss an interval and a spread are known. NULL: a run of a program that put the
-- central loss in place of an unknown end, and nothing in place of an unknown deviation.

ALTER TABLE modelops.portfolio_run_sums
    ADD COLUMN IF NOT EXISTS interval_loss  double precision[],  -- expected loss whose interval is known: loss_p05 and loss_p95 are of it
    ADD COLUMN IF NOT EXISTS interval_sites double precision[],  -- number of sites of which all of the loss has an interval
    ADD COLUMN IF NOT EXISTS deviation_loss double precision[];  -- expected loss whose standard deviation is known: deviation and variance are of it
