-- The queue's own columns of batch_jobs: who asked, what is the same request, when to give up.

ALTER TABLE modelops.batch_jobs
    ADD COLUMN IF NOT EXISTS owner text,                -- who asked; NULL where access is not controlled
    ADD COLUMN IF NOT EXISTS request_hash text,         -- of job type, parameters and owner
    ADD COLUMN IF NOT EXISTS schedule_key text,         -- 'nightly 2026-01-31': at most one job each
    ADD COLUMN IF NOT EXISTS retry_of uuid,             -- the ended job that this one repeats
    ADD COLUMN IF NOT EXISTS cancel_requested boolean NOT NULL DEFAULT false,
    ADD COLUMN IF NOT EXISTS timeout_s integer,         -- NULL = the worker's
    ADD COLUMN IF NOT EXISTS durations jsonb,           -- seconds by kind of step, and total
    ADD COLUMN IF NOT EXISTS error jsonb,               -- {"code", "values"}; NULL where the reason has no code
    ADD COLUMN IF NOT EXISTS logs jsonb;                -- [{"at", "progress", "step" (sentence), "kind", "of", "done", "total"}, …]

-- The same request waits or runs once.
CREATE UNIQUE INDEX IF NOT EXISTS batch_jobs_request_idx
    ON modelops.batch_jobs (request_hash) WHERE status IN ('queued', 'running');
CREATE UNIQUE INDEX IF NOT EXISTS batch_jobs_schedule_idx
    ON modelops.batch_jobs (schedule_key);
-- Pages of history, and what is old enough to go.
CREATE INDEX IF NOT EXISTS batch_jobs_created_idx
    ON modelops.batch_jobs (created_at DESC, batch_id DESC);
