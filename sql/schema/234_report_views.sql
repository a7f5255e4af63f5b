-- Views for spreadsheets, Power BI and QGIS: what finished runs of portfolios gave, one row a number, unknown NULL.
-- docs/report-views.md says what each column is. They are read by the role modelops_reports and change nothing.

ALTER TABLE modelops.portfolio_run_sites
    ADD COLUMN IF NOT EXISTS site_id   text,      -- as the file has it; NULL: a run of a program before
    ADD COLUMN IF NOT EXISTS site_name text;
ALTER TABLE modelops.portfolio_run_sums           -- asset value of the sites where a subtotal lacks one of its perils, KRW;
    ADD COLUMN IF NOT EXISTS partly_assessed_value double precision[];   -- 0 of a single peril, NULL: a run of before

CREATE SCHEMA IF NOT EXISTS rpt;

-- Whose runs each member of modelops_reports sees; without a row none. An administrator writes them.
CREATE TABLE IF NOT EXISTS modelops.report_readers (
    reader  text NOT NULL,                        -- who signs in to the database
    owner   text NOT NULL,                        -- a person's address or 'key …'; '' = nobody's; '*' = everybody's
    PRIMARY KEY (reader, owner)
);

-- The views are read by their owner's right and each stands on this one, which alone says who sees what. A barrier: no
-- function of a reader is called with rows that it leaves out. session_user stays who signed in, whatever role is set.
CREATE OR REPLACE VIEW rpt.portfolio_runs WITH (security_barrier) AS
SELECT r.run_id, r.version_id, v.name AS portfolio, v.owner, v.fingerprint, v.sites, v.loans,
       r.nightly_run_id, r.method_version, r.parameter_set, r.parameter_hash, r.as_of, r.started_at, r.finished_at,
       CAST(r.summary ->> 'value' AS float8) AS value_krw, CAST(r.summary ->> 'value_unknown' AS integer) AS value_unknown_sites
  FROM modelops.portfolio_runs AS r
  JOIN modelops.portfolio_versions AS v USING (version_id)
 WHERE r.finished_at IS NOT NULL
   AND EXISTS (SELECT FROM modelops.report_readers AS g
                WHERE g.reader = session_user AND g.owner IN ('*', coalesce(v.owner, '')));

CREATE OR REPLACE VIEW rpt.portfolio_sites WITH (security_barrier) AS
SELECT s.run_id, s.site, s.site_id, s.site_name, s.latitude, s.longitude,
       CASE WHEN s.latitude IS NULL OR s.longitude IS NULL OR s.longitude = 'NaN' OR s.latitude = 'NaN' THEN NULL
            ELSE ST_SetSRID(ST_MakePoint(s.longitude, s.latitude), 4326) END AS geom,
       s.district_code, d.admin_name AS district, s.basin_code, s.grid_id, s.building_id, s.building_distance_m,
       nullif(s.asset_value, 'NaN') AS asset_value_krw, s.use_group, s.structure_class, nullif(s.age, 'NaN') AS age_years,
       s.problem
  FROM modelops.portfolio_run_sites AS s
  JOIN rpt.portfolio_runs AS r USING (run_id)
  LEFT JOIN modelops.location_admin AS d ON d.admin_code = s.district_code;

CREATE OR REPLACE VIEW rpt.portfolio_results WITH (security_barrier) AS
SELECT p.run_id, p.site, s.site_id, p.risk_type::text AS risk_type, c.ssp_scenario, c.horizon,
       (ARRAY['ok', 'low_confidence', 'not_assessed', 'not_applicable'])[p.status[c.i] + 1] AS status,
       nullif(p.hazard[c.i], 'NaN') AS hazard_score, nullif(p.exposure, 'NaN') AS exposure_score,
       nullif(p.vulnerability, 'NaN') AS vulnerability_score, nullif(p.base_aal[c.i], 'NaN') AS base_aal_pct,
       nullif(p.final_aal[c.i], 'NaN') AS final_aal_pct, nullif(p.aal_p05[c.i], 'NaN') AS aal_p05_pct,
       nullif(p.aal_p95[c.i], 'NaN') AS aal_p95_pct, nullif(p.exposed_value, 'NaN') AS exposed_value_krw,
       nullif(p.expected_loss[c.i], 'NaN') AS expected_loss_krw, nullif(p.deviation[c.i], 'NaN') AS deviation_krw,
       f.flags
  FROM modelops.portfolio_run_results AS p
  JOIN rpt.portfolio_runs AS seen ON seen.run_id = p.run_id
  JOIN modelops.portfolio_runs AS r ON r.run_id = p.run_id
 CROSS JOIN LATERAL unnest(r.ssp_scenario, r.horizon) WITH ORDINALITY AS c (ssp_scenario, horizon, i)
  JOIN modelops.portfolio_run_sites AS s ON s.run_id = p.run_id AND s.site = p.site
  LEFT JOIN modelops.portfolio_run_flags AS f ON f.run_id = p.run_id AND f.code = p.flags;

CREATE OR REPLACE VIEW rpt.portfolio_rare_years WITH (security_barrier) AS
SELECT y.run_id, y.site, y.risk_type::text AS risk_type, c.ssp_scenario, c.horizon, t.return_period,
       nullif(y.return_losses[(t.i - 1) * cardinality(r.ssp_scenario) + c.i], 'NaN') AS loss_krw
  FROM modelops.portfolio_run_rare_years AS y
  JOIN rpt.portfolio_runs AS seen ON seen.run_id = y.run_id
  JOIN modelops.portfolio_runs AS r ON r.run_id = y.run_id
 CROSS JOIN LATERAL unnest(r.ssp_scenario, r.horizon) WITH ORDINALITY AS c (ssp_scenario, horizon, i)
 CROSS JOIN LATERAL unnest(r.return_periods) WITH ORDINALITY AS t (return_period, i);

CREATE OR REPLACE VIEW rpt.portfolio_sums WITH (security_barrier) AS
SELECT u.run_id, u.dimension, u.key, u.quantity, c.ssp_scenario, c.horizon, CAST(u.sites[c.i] AS integer) AS sites,
       CASE WHEN u.sites[c.i] > 0 THEN u.loss[c.i] END AS loss_krw,
       100 * CASE WHEN u.sites[c.i] > 0 THEN u.loss[c.i] END / nullif(u.exposed_value[c.i], 0) AS rate_pct,
       CASE WHEN u.interval_loss[c.i] > 0 OR u.interval_sites[c.i] > 0 THEN u.loss_p05[c.i] END AS loss_p05_krw,
       CASE WHEN u.interval_loss[c.i] > 0 OR u.interval_sites[c.i] > 0 THEN u.loss_p95[c.i] END AS loss_p95_krw,
       u.interval_loss[c.i] AS interval_loss_krw, CAST(u.interval_sites[c.i] AS integer) AS interval_sites,
       u.exposed_value[c.i] AS exposed_value_krw, u.assessed_value[c.i] AS assessed_value_krw,
       u.low_confidence_value[c.i] AS low_confidence_value_krw, u.not_assessed_value[c.i] AS not_assessed_value_krw,
       u.not_applicable_value[c.i] AS not_applicable_value_krw,
       CASE WHEN u.deviation_loss[c.i] > 0 OR u.sites[c.i] > 0 AND u.loss[c.i] = 0 THEN sqrt(u.variance[c.i]) END AS deviation_independent_krw,
       CASE WHEN u.deviation_loss[c.i] > 0 OR u.sites[c.i] > 0 AND u.loss[c.i] = 0 THEN u.deviation[c.i] END AS deviation_dependent_krw,
       u.deviation_loss[c.i] AS deviation_loss_krw,
       CASE WHEN u.rare_part[c.i] > 0 OR u.sites[c.i] > 0 AND u.loss[c.i] = 0 THEN u.rare_loss_50[c.i] END AS together_50yr_krw,
       CASE WHEN u.rare_part[c.i] > 0 OR u.sites[c.i] > 0 AND u.loss[c.i] = 0 THEN u.rare_loss_100[c.i] END AS together_100yr_krw,
       CASE WHEN u.rare_part[c.i] > 0 OR u.sites[c.i] > 0 AND u.loss[c.i] = 0 THEN u.rare_loss_250[c.i] END AS together_250yr_krw,
       u.rare_part[c.i] AS rare_part_krw,
       u.partly_assessed_value[c.i] AS partly_assessed_value_krw
  FROM modelops.portfolio_run_sums AS u
  JOIN rpt.portfolio_runs AS seen ON seen.run_id = u.run_id
  JOIN modelops.portfolio_runs AS r ON r.run_id = u.run_id
 CROSS JOIN LATERAL unnest(r.ssp_scenario, r.horizon) WITH ORDINALITY AS c (ssp_scenario, horizon, i);
