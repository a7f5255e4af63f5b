-- The queue, its workers and its history: all of it is batch_jobs.

-- create_job --
-- A new job.
INSERT INTO modelops.batch_jobs (job_type, input_params, total_items, status, started_at, worker, attempts)
VALUES (:job_type, CAST(:input_params AS jsonb), :total_items, CAST(:status AS modelops.job_status),
        CASE WHEN :status = 'running' THEN now() END, :worker, CASE WHEN :status = 'running' THEN 1 ELSE 0 END)
RETURNING batch_id;

-- enqueue_job --
-- A new job, unless the queue is full or the same request waits or runs already.
INSERT INTO modelops.batch_jobs (job_type, input_params, total_items, owner, request_hash, retry_of, timeout_s)
SELECT :job_type, CAST(:input_params AS jsonb), :total_items, :owner, :request_hash,
       CAST(:retry_of AS uuid), :timeout_s
 WHERE (SELECT count(*) FROM modelops.batch_jobs WHERE status = 'queued') < :room
ON CONFLICT (request_hash) WHERE status IN ('queued', 'running') DO NOTHING
RETURNING batch_id::text AS batch_id;

-- same_job --
-- The waiting or running job of a request.
SELECT batch_id::text AS batch_id FROM modelops.batch_jobs
 WHERE request_hash = :request_hash AND status IN ('queued', 'running');

-- queue_length --
-- How many jobs wait.
SELECT count(*) AS waiting FROM modelops.batch_jobs WHERE status = 'queued';

-- job_progress --
-- How far a running job is, and whether it is to stop.
UPDATE modelops.batch_jobs
   SET progress = :progress, current_step = coalesce(:current_step, current_step),
       step = CASE WHEN CAST(:current_step AS text) IS NULL THEN step ELSE CAST(:step AS jsonb) END,
       completed_items = coalesce(:completed_items, completed_items),
       failed_items = coalesce(:failed_items, failed_items),
       total_items = coalesce(:total_items, total_items),
       status = 'running', started_at = coalesce(started_at, now()), heartbeat_at = now()
  FROM (SELECT set_config('synchronous_commit', 'off', true)) AS relaxed  -- progress may be lost in a crash
 WHERE batch_id = CAST(:batch_id AS uuid) AND status IN ('queued', 'running')
RETURNING cancel_requested;

-- complete_job --
-- A job ended well.
UPDATE modelops.batch_jobs
   SET status = 'completed', progress = 100, current_step = :current_step, step = CAST(:step AS jsonb),
       completed_items = coalesce(total_items, completed_items),
       results = CAST(:results AS jsonb), durations = CAST(:durations AS jsonb), logs = CAST(:logs AS jsonb),
       completed_at = now(), heartbeat_at = now()
 WHERE batch_id = CAST(:batch_id AS uuid) AND status IN ('queued', 'running');

-- fail_job --
-- A job ended with an error, or because someone cancelled it.
UPDATE modelops.batch_jobs
   SET status = CAST(CASE WHEN cancel_requested THEN 'cancelled' ELSE 'failed' END AS modelops.job_status),
       error_message = :error_message, error = CAST(:error AS jsonb), error_stack_trace = :error_stack_trace,
       durations = CAST(:durations AS jsonb), logs = CAST(:logs AS jsonb),
       completed_at = now(), heartbeat_at = now()
 WHERE batch_id = CAST(:batch_id AS uuid) AND status IN ('queued', 'running');

-- cancel_job --
-- A waiting job ends at once, a running one at its next step.
UPDATE modelops.batch_jobs
   SET cancel_requested = true,
       error_message = CASE WHEN status = 'queued' THEN :error_message ELSE error_message END,
       error = CASE WHEN status = 'queued' THEN CAST(:error AS jsonb) ELSE error END,
       completed_at = CASE WHEN status = 'queued' THEN now() END,
       current_step = CASE WHEN status = 'queued' THEN :current_step ELSE current_step END,
       step = CASE WHEN status = 'queued' THEN CAST(:step AS jsonb) ELSE step END,
       status = CASE WHEN status = 'queued' THEN 'cancelled' ELSE status END
 WHERE batch_id = CAST(:batch_id AS uuid) AND status IN ('queued', 'running')
RETURNING status::text AS status;

-- job --
-- One job.
SELECT batch_id::text AS batch_id, job_type, status::text AS status, progress, current_step, step,
       total_items, completed_items, failed_items, input_params, results, error_message, error, error_stack_trace, worker,
       attempts, heartbeat_at, created_at, started_at, completed_at, owner, retry_of::text AS retry_of,
       cancel_requested, durations, logs
  FROM modelops.batch_jobs WHERE batch_id = CAST(:batch_id AS uuid);

-- job_state --
-- What a progress bar needs.
SELECT status::text AS status, progress, current_step, step, error_message, error, owner, cancel_requested
  FROM modelops.batch_jobs WHERE batch_id = CAST(:batch_id AS uuid);

-- jobs --
-- The latest jobs, without their results; a page begins after the last job of the one before.
SELECT batch_id::text AS batch_id, job_type, status::text AS status, progress, current_step, step,
       total_items, completed_items, failed_items, input_params, error_message, error, worker, attempts, heartbeat_at,
       created_at, started_at, completed_at, owner,
       retry_of::text AS retry_of, cancel_requested, durations
  FROM modelops.batch_jobs
 WHERE (CAST(:status AS text) IS NULL OR status = CAST(:status AS modelops.job_status))
   AND (CAST(:job_type AS text) IS NULL OR job_type = :job_type)
   AND (CAST(:owner AS text) IS NULL OR owner = :owner)
   AND (CAST(:after_id AS uuid) IS NULL
        OR (created_at, batch_id) < (CAST(:after_time AS timestamptz), CAST(:after_id AS uuid)))
 ORDER BY created_at DESC, batch_id DESC LIMIT :limit;

-- job_counts --
-- Jobs by type and status.
SELECT job_type, status::text AS status, count(*) AS jobs FROM modelops.batch_jobs GROUP BY 1, 2;

-- step_seconds --
-- Mean duration of each step over the jobs that ended within the last hour.
SELECT job_type, step.key AS step, avg(CAST(step.value AS double precision)) AS seconds
  FROM modelops.batch_jobs, jsonb_each_text(durations) AS step
 WHERE created_at > now() - interval '1 day' AND completed_at > now() - interval '1 hour'
 GROUP BY 1, 2;

-- claim_job --
-- Take the oldest queued job of the given types; two workers never take the same.
UPDATE modelops.batch_jobs
   SET status = 'running', worker = :worker, attempts = attempts + 1,
       started_at = coalesce(started_at, now()), heartbeat_at = now()
 WHERE batch_id = (
       SELECT batch_id FROM modelops.batch_jobs
        WHERE status = 'queued' AND job_type = ANY(:job_types)
        ORDER BY created_at FOR UPDATE SKIP LOCKED LIMIT 1)
RETURNING batch_id::text AS batch_id, job_type, input_params, attempts, timeout_s;

-- heartbeat --
-- The worker is alive.
UPDATE modelops.batch_jobs SET heartbeat_at = now()
 WHERE batch_id = CAST(:batch_id AS uuid) AND status = 'running';

-- job_lock --
-- Hold a job for as long as this session lives.
SELECT pg_try_advisory_lock(hashtextextended('modelops job ' || :batch_id, 0)) AS locked;

-- job_unlock --
-- Release it.
SELECT pg_advisory_unlock(hashtextextended('modelops job ' || :batch_id, 0)) AS unlocked;

-- nightly_unlock --
-- Release the lock of the nightly run.
SELECT pg_advisory_unlock(hashtextextended('modelops nightly', 0)) AS unlocked;

-- fail_dead_nightly_runs --
-- Whoever holds the lock of the nightly run knows that no other one lives; that of a worker goes back into the queue instead.
UPDATE modelops.batch_jobs
   SET status = CAST(CASE WHEN cancel_requested THEN 'cancelled' ELSE 'failed' END AS modelops.job_status),
       error_message = :error_message, error = CAST(:error AS jsonb), completed_at = now()
 WHERE job_type = 'nightly' AND status = 'running' AND worker IS NULL;

-- orphans --
-- Running jobs without a recent heartbeat; the lock tells whether their worker lives. A clock that was
-- set back leaves heartbeats in the future. Jobs that no worker took are their maker's, save nightly runs.
SELECT batch_id::text AS batch_id, job_type, input_params, attempts, timeout_s FROM modelops.batch_jobs
 WHERE status = 'running' AND (worker IS NOT NULL OR job_type = 'nightly')
   AND abs(extract(epoch FROM now() - coalesce(heartbeat_at, started_at, created_at))) > :silence
 ORDER BY created_at;

-- requeue_job --
-- Back into the queue, from the start; one that is to be cancelled ends.
UPDATE modelops.batch_jobs
   SET status = CAST(CASE WHEN cancel_requested THEN 'cancelled' ELSE 'queued' END AS modelops.job_status),
       completed_at = CASE WHEN cancel_requested THEN now() END,
       progress = 0, worker = NULL,
       current_step = CASE WHEN cancel_requested THEN :cancelled_step ELSE :waiting_step END,
       step = CASE WHEN cancel_requested THEN CAST(:cancelled AS jsonb) ELSE CAST(:waiting AS jsonb) END,
       attempts = greatest(0, attempts - :uncounted_attempts)
 WHERE batch_id = CAST(:batch_id AS uuid) AND status = 'running';

-- schedule_nightly_run --
-- The nightly run of today in Korea, once; none where one ran since midnight or no grid is loaded.
INSERT INTO modelops.batch_jobs (job_type, input_params, schedule_key, timeout_s)
SELECT 'nightly', CAST(:input_params AS jsonb), 'nightly ' || today.day, :timeout_s
  FROM (SELECT CAST(now() AT TIME ZONE 'Asia/Seoul' AS date) AS day) AS today
 WHERE EXISTS (SELECT FROM modelops.location_grid)
   AND NOT EXISTS (
       SELECT FROM modelops.runs
        WHERE finished_at IS NOT NULL AND started_at >= CAST(today.day AS timestamp) AT TIME ZONE 'Asia/Seoul')
   AND NOT EXISTS (
       SELECT FROM modelops.batch_jobs WHERE job_type = 'nightly' AND status IN ('queued', 'running'))
ON CONFLICT (schedule_key) DO NOTHING
RETURNING batch_id::text AS batch_id;

-- known_job --
-- A job of a request, ended or not.
SELECT batch_id::text AS batch_id FROM modelops.batch_jobs WHERE request_hash = :request_hash LIMIT 1;

-- prune_jobs --
-- Delete ended jobs that are older than :days days, 0 keeps all; assessments of saved sites stay.
DELETE FROM modelops.batch_jobs AS job
 WHERE :days > 0 AND status IN ('completed', 'failed', 'cancelled')
   AND created_at < now() - make_interval(days => :days)
   AND completed_at < now() - make_interval(days => :days)
   AND NOT EXISTS (SELECT FROM modelops.portfolio_sites AS site WHERE site.batch_id = job.batch_id);

-- site_assessments --
-- Completed assessments of one place, the latest first.
SELECT batch_id::text AS batch_id, completed_at
  FROM modelops.batch_jobs
 WHERE job_type = :job_type AND status = 'completed'
   AND input_params -> 'latitude' = to_jsonb(CAST(:latitude AS numeric))
   AND input_params -> 'longitude' = to_jsonb(CAST(:longitude AS numeric))
 ORDER BY completed_at DESC
 LIMIT :limit;
