-- Saved sites.

-- portfolio_named --
-- The portfolio of a name, made when it is not there.
INSERT INTO modelops.portfolios (name) VALUES (:name)
ON CONFLICT (name) DO UPDATE SET name = excluded.name
RETURNING portfolio_id;

-- portfolio_list --
-- All portfolios with the number of their sites.
SELECT p.portfolio_id, p.name, p.note, p.created_at, count(s.site_id) AS sites
  FROM modelops.portfolios AS p LEFT JOIN modelops.portfolio_sites AS s USING (portfolio_id)
 GROUP BY p.portfolio_id ORDER BY p.portfolio_id;

-- site_list --
-- Sites of a portfolio, with the answer of their last assessment where there is one.
SELECT s.site_id, s.name, s.latitude, s.longitude, s.attributes, s.note, s.batch_id::text AS batch_id, s.created_at,
       j.status::text AS job_status, j.completed_at AS assessed_at, j.results
  FROM modelops.portfolio_sites AS s LEFT JOIN modelops.batch_jobs AS j USING (batch_id)
 WHERE s.portfolio_id = :portfolio_id ORDER BY s.site_id;

-- site_places --
-- A portfolio's sites without their results, and how their last assessment stands.
SELECT s.site_id, s.name, s.latitude, s.longitude, s.attributes, s.note, s.batch_id::text AS batch_id, s.created_at,
       j.status::text AS job_status, j.completed_at AS assessed_at
  FROM modelops.portfolio_sites AS s LEFT JOIN modelops.batch_jobs AS j USING (batch_id)
 WHERE s.portfolio_id = :portfolio_id ORDER BY s.site_id;

-- site_new --
-- Save a site.
INSERT INTO modelops.portfolio_sites (portfolio_id, name, latitude, longitude, attributes, note, batch_id)
VALUES (:portfolio_id, :name, :latitude, :longitude, CAST(:attributes AS jsonb), :note, CAST(:batch_id AS uuid))
RETURNING site_id;

-- site_change --
-- Rename a site, note something, or point it to a newer assessment; what is NULL stays.
UPDATE modelops.portfolio_sites
   SET name = coalesce(:name, name), note = coalesce(:note, note),
       batch_id = coalesce(CAST(:batch_id AS uuid), batch_id)
 WHERE site_id = :site_id;

-- site_remove --
-- Forget a site.
DELETE FROM modelops.portfolio_sites WHERE site_id = :site_id;
