-- Whose the saved sites are, and who else sees them. Owner NULL: saved where nobody signs in;
-- only administrators see such a site once somebody does, until they share it.

ALTER TABLE modelops.portfolio_sites
    ADD COLUMN IF NOT EXISTS owner text,                -- a person's address
    ADD COLUMN IF NOT EXISTS team text,                 -- of the owner, when it was shared
    ADD COLUMN IF NOT EXISTS audience text NOT NULL DEFAULT 'private'
        CHECK (audience IN ('private', 'team', 'all'));
CREATE INDEX IF NOT EXISTS portfolio_sites_batch_idx ON modelops.portfolio_sites (batch_id);
CREATE INDEX IF NOT EXISTS batch_jobs_owner_idx
    ON modelops.batch_jobs (owner, created_at DESC) WHERE owner IS NOT NULL;
