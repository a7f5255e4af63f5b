-- The queue, its workers and its history: all of it is batch_jobs.

-- create_job --
-- A new job.
INSERT INTO modelops.batch_jobs (job_type, input_params, total_items, status, started_at, worker, attempts)
VALUES (:job_type, CAST(:input_params AS jsonb), :total_items, CAST(:status AS modelops.job_status),
        CASE WHEN :status = 'running' THEN now() END, :worker, CASE WHEN :status = 'running' THEN 1 ELSE 0 END)
RETURNING batch_id;

-- job_progress --
-- How far a running job is.
UPDATE modelops.batch_jobs
   SET progress = :progress, current_step = coalesce(:current_step, current_step),
       completed_items = coalesce(:completed_items, completed_items),
       failed_items = coalesce(:failed_items, failed_items),
       total_items = coalesce(:total_items, total_items),
       status = 'running', started_at = coalesce(started_at, now()), heartbeat_at = now()
 WHERE batch_id = CAST(:batch_id AS uuid) AND status IN ('queued', 'running');

-- complete_job --
-- A job ended well.
UPDATE modelops.batch_jobs
   SET status = 'completed', progress = 100, current_step = 'Completed',
       completed_items = coalesce(total_items, completed_items),
       results = CAST(:results AS jsonb), completed_at = now(), heartbeat_at = now()
 WHERE batch_id = CAST(:batch_id AS uuid) AND status IN ('queued', 'running');

-- fail_job --
-- A job ended with an error.
UPDATE modelops.batch_jobs
   SET status = 'failed', error_message = :error_message, error_stack_trace = :error_stack_trace,
       completed_at = now(), heartbeat_at = now()
 WHERE batch_id = CAST(:batch_id AS uuid) AND status IN ('queued', 'running');

-- job --
-- One job.
SELECT batch_id::text AS batch_id, job_type, status::text AS status, progress, current_step, total_items,
       completed_items, failed_items, input_params, results, error_message, error_stack_trace, worker,
       attempts, heartbeat_at, created_at, started_at, completed_at
  FROM modelops.batch_jobs WHERE batch_id = CAST(:batch_id AS uuid);

-- job_state --
-- What a progress bar needs.
SELECT status::text AS status, progress, current_step, error_message
  FROM modelops.batch_jobs WHERE batch_id = CAST(:batch_id AS uuid);

-- jobs --
-- The latest jobs, without their results.
SELECT batch_id::text AS batch_id, job_type, status::text AS status, progress, current_step, input_params,
       error_message, worker, attempts, created_at, started_at, completed_at
  FROM modelops.batch_jobs
 WHERE (CAST(:status AS text) IS NULL OR status = CAST(:status AS modelops.job_status))
 ORDER BY created_at DESC LIMIT :limit;

-- claim_job --
-- Take the oldest queued job of the given types; two workers never take the same.
UPDATE modelops.batch_jobs
   SET status = 'running', worker = :worker, attempts = attempts + 1,
       started_at = coalesce(started_at, now()), heartbeat_at = now()
 WHERE batch_id = (
       SELECT batch_id FROM modelops.batch_jobs
        WHERE status = 'queued' AND job_type = ANY(:job_types)
        ORDER BY created_at FOR UPDATE SKIP LOCKED LIMIT 1)
RETURNING batch_id::text AS batch_id, job_type, input_params, attempts;

-- heartbeat --
-- The worker is alive.
UPDATE modelops.batch_jobs SET heartbeat_at = now()
 WHERE batch_id = CAST(:batch_id AS uuid) AND status = 'running';

-- job_lock --
-- Hold a job for as long as this session lives.
SELECT pg_try_advisory_lock(hashtextextended('modelops job ' || :batch_id, 0)) AS locked;

-- job_unlock --
-- Let it go.
SELECT pg_advisory_unlock(hashtextextended('modelops job ' || :batch_id, 0)) AS unlocked;

-- orphans --
-- Running jobs whose worker's session is gone: their lock can be taken.
SELECT batch_id::text AS batch_id, job_type, attempts FROM modelops.batch_jobs
 WHERE status = 'running' AND heartbeat_at < now() - make_interval(secs => :silence)
 ORDER BY created_at;

-- requeue_job --
-- Back into the queue, from the start.
UPDATE modelops.batch_jobs
   SET status = 'queued', progress = 0, current_step = 'Waiting for another worker', worker = NULL
 WHERE batch_id = CAST(:batch_id AS uuid) AND status = 'running';
