-- Sums of the losses of rare years: every site in its own year of that period, which is the most that all sites
-- together can lose in one. NULL: the quantity has no rare years, or a run of before.

ALTER TABLE modelops.portfolio_run_sums
    ADD COLUMN IF NOT EXISTS rare_loss_50  double precision[],  -- KRW, of the years that one in 50 exceeds
    ADD COLUMN IF NOT EXISTS rare_loss_100 double precision[],
    ADD COLUMN IF NOT EXISTS rare_loss_250 double precision[],
    ADD COLUMN IF NOT EXISTS rare_part     double precision[];  -- expected loss of the sites that have such losses, KRW a year
