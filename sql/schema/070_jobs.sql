-- Jobs: the queue, the progress and the history are one table.

CREATE TABLE IF NOT EXISTS modelops.batch_jobs (
    batch_id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    job_type           text NOT NULL,
    status             modelops.job_status NOT NULL DEFAULT 'queued',
    progress           smallint NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    current_step       text,                      -- the step as an English sentence
    step               jsonb,                     -- {"kind", "of", "done", "total"}; NULL = only the sentence
    total_items        integer,
    completed_items    integer NOT NULL DEFAULT 0,
    failed_items       integer NOT NULL DEFAULT 0,
    input_params       jsonb NOT NULL DEFAULT '{}',
    results            jsonb,
    error_message      text,                            -- the sentence of error in English
    error_stack_trace  text,
    worker             text,
    attempts           smallint NOT NULL DEFAULT 0,
    heartbeat_at       timestamptz,
    created_at         timestamptz NOT NULL DEFAULT now(),
    started_at         timestamptz,
    completed_at       timestamptz
);
ALTER TABLE modelops.batch_jobs ADD COLUMN IF NOT EXISTS step jsonb;  -- here, before the trigger reads it
CREATE INDEX IF NOT EXISTS batch_jobs_queue_idx
    ON modelops.batch_jobs (created_at) WHERE status = 'queued';
CREATE INDEX IF NOT EXISTS batch_jobs_running_idx
    ON modelops.batch_jobs (heartbeat_at) WHERE status = 'running';
CREATE INDEX IF NOT EXISTS batch_jobs_history_idx
    ON modelops.batch_jobs (job_type, created_at DESC);

-- Every change is sent to whoever listens: pages, sockets, workers.
CREATE OR REPLACE FUNCTION modelops.notify_batch_job() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('modelops_jobs', json_build_object(
        'batch_id', NEW.batch_id, 'status', NEW.status, 'progress', NEW.progress,
        'current_step', left(NEW.current_step, 200), 'step', NEW.step)::text);
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER batch_jobs_notify
    AFTER INSERT OR UPDATE OF status, progress, current_step, step ON modelops.batch_jobs
    FOR EACH ROW EXECUTE FUNCTION modelops.notify_batch_job();
