-- Who may write for a job and for a nightly run, when a job may begin, and what repeats a request.

ALTER TABLE modelops.batch_jobs
    ADD COLUMN IF NOT EXISTS fence integer NOT NULL DEFAULT 0,      -- grows with each claim and each rescue: a write under an older one is refused
    ADD COLUMN IF NOT EXISTS retries smallint NOT NULL DEFAULT 0,   -- times it was put back after an error that passes
    ADD COLUMN IF NOT EXISTS rescues smallint NOT NULL DEFAULT 0,   -- times it was taken from a worker that died or vanished
    ADD COLUMN IF NOT EXISTS run_after timestamptz,                 -- not before; NULL = at once
    ADD COLUMN IF NOT EXISTS priority smallint NOT NULL DEFAULT 0,  -- the higher the sooner (domain.job.Priority)
    ADD COLUMN IF NOT EXISTS request_id text,                       -- of the HTTP request that asked for it
    ADD COLUMN IF NOT EXISTS alerted_at timestamptz;                -- when the failure of a nightly run was reported
-- When each owner was last served.
CREATE INDEX IF NOT EXISTS batch_jobs_served_idx
    ON modelops.batch_jobs ((coalesce(owner, '')), started_at);

-- At most one nightly run may write: beginning one ends the right of every other.
ALTER TABLE modelops.runs
    ADD COLUMN IF NOT EXISTS active boolean NOT NULL DEFAULT false,
    ADD COLUMN IF NOT EXISTS lock_pid integer;                      -- the session that holds the nightly run's lock
CREATE UNIQUE INDEX IF NOT EXISTS runs_active_idx ON modelops.runs (active) WHERE active;

-- Requests that came with an Idempotency-Key: the same key gives the same job for a day.
CREATE TABLE IF NOT EXISTS modelops.job_requests (
    owner         text NOT NULL,
    key           text NOT NULL,
    request_hash  text NOT NULL,
    batch_id      uuid,
    created_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (owner, key)
);
