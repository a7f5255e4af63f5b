-- The queue, its workers and its history: all of it is batch_jobs.

-- create_job --
-- A new job.
INSERT INTO modelops.batch_jobs (job_type, input_params, total_items, status, started_at, worker, attempts)
VALUES (:job_type, CAST(:input_params AS jsonb), :total_items, CAST(:status AS modelops.job_status),
        CASE WHEN :status = 'running' THEN now() END, :worker, CASE WHEN :status = 'running' THEN 1 ELSE 0 END)
RETURNING batch_id;

-- enqueue_job --
-- A new job, unless the queue is full or the same request waits or runs already.
-- Jobs of a lower priority take nobody's place, and one owner cannot take all.
INSERT INTO modelops.batch_jobs
       (job_type, input_params, total_items, owner, request_hash, retry_of, timeout_s, priority, request_id)
SELECT :job_type, CAST(:input_params AS jsonb), :total_items, :owner, :request_hash,
       CAST(:retry_of AS uuid), :timeout_s, :priority, :request_id
  FROM (SELECT count(*) AS all_waiting, count(*) FILTER (WHERE owner = :owner) AS own_waiting
          FROM modelops.batch_jobs WHERE status = 'queued' AND priority >= :priority) AS queue
 WHERE all_waiting < :room AND own_waiting < :own_room
ON CONFLICT (request_hash) WHERE status IN ('queued', 'running') DO NOTHING
RETURNING batch_id::text AS batch_id;

-- same_job --
-- The waiting or running job of a request.
SELECT batch_id::text AS batch_id FROM modelops.batch_jobs
 WHERE request_hash = :request_hash AND status IN ('queued', 'running');

-- queue_length --
-- How many jobs wait.
SELECT count(*) AS waiting FROM modelops.batch_jobs WHERE status = 'queued';

-- own_queue_length --
-- How many jobs of one owner wait.
SELECT count(*) AS waiting FROM modelops.batch_jobs WHERE status = 'queued' AND owner = :owner;

-- note_request --
-- Take an idempotency key; nothing where it is taken. One that was taken longer than a day ago is free again.
INSERT INTO modelops.job_requests AS old (owner, key, request_hash) VALUES (:owner, :key, :request_hash)
ON CONFLICT (owner, key) DO UPDATE SET request_hash = excluded.request_hash, batch_id = NULL, created_at = now()
  WHERE old.created_at < now() - interval '1 day'
RETURNING key;

-- noted_request --
-- What an idempotency key was taken for.
SELECT request_hash, batch_id::text AS batch_id FROM modelops.job_requests WHERE owner = :owner AND key = :key;

-- answer_request --
-- The job that an idempotency key stands for.
UPDATE modelops.job_requests SET batch_id = CAST(:batch_id AS uuid) WHERE owner = :owner AND key = :key;

-- forget_requests --
-- Drop idempotency keys that are free again.
DELETE FROM modelops.job_requests WHERE created_at < now() - interval '1 day';

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
 WHERE batch_id = CAST(:batch_id AS uuid) AND fence = :fence AND status IN ('queued', 'running')
RETURNING cancel_requested;

-- complete_job --
-- A job ended well.
UPDATE modelops.batch_jobs
   SET status = 'completed', progress = 100, current_step = :current_step, step = CAST(:step AS jsonb),
       completed_items = coalesce(total_items, completed_items),
       results = CAST(:results AS jsonb), durations = CAST(:durations AS jsonb), logs = CAST(:logs AS jsonb),
       error_message = NULL, error = NULL,  -- of an earlier try
       completed_at = now(), heartbeat_at = now()
 WHERE batch_id = CAST(:batch_id AS uuid) AND fence = :fence AND status IN ('queued', 'running');

-- fail_job --
-- A job ended with an error, or because someone cancelled it.
UPDATE modelops.batch_jobs
   SET status = CAST(CASE WHEN cancel_requested THEN 'cancelled' ELSE 'failed' END AS modelops.job_status),
       error_message = :error_message, error = CAST(:error AS jsonb), error_stack_trace = :error_stack_trace,
       durations = CAST(:durations AS jsonb), logs = CAST(:logs AS jsonb),
       completed_at = now(), heartbeat_at = now()
 WHERE batch_id = CAST(:batch_id AS uuid) AND fence = :fence AND status IN ('queued', 'running');

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
SELECT status::text AS status, progress, fence, current_step, step, error_message, error, owner, job_type, cancel_requested
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
-- Jobs by type and status, of one owner where one is named.
SELECT job_type, status::text AS status, count(*) AS jobs FROM modelops.batch_jobs
 WHERE CAST(:owner AS text) IS NULL OR owner = :owner
 GROUP BY 1, 2;

-- step_seconds --
-- Mean duration of each step over the jobs that ended within the last hour.
SELECT job_type, step.key AS step, avg(CAST(step.value AS double precision)) AS seconds
  FROM modelops.batch_jobs, jsonb_each_text(durations) AS step
 WHERE created_at > now() - interval '1 day' AND completed_at > now() - interval '1 hour'
 GROUP BY 1, 2;

-- claim_job --
-- Take the queued job of the given types that is due: the highest priority first, then the owner who wants least, then
-- the one who was served least recently, then the oldest. What an owner wants is what waits, a hundred jobs at most, and
-- what began within a minute: twenty jobs come before two hundred, and nobody who goes on asking shuts others out.
-- Two workers never take the same; the claim is a new fence.
WITH owners AS MATERIALIZED (
    SELECT waiting.owner,
           least(waiting.jobs, 100) + (
               SELECT count(*) FROM modelops.batch_jobs
                WHERE coalesce(owner, '') = waiting.owner AND started_at > now() - interval '1 minute') AS wanted,
           (SELECT max(started_at) FROM modelops.batch_jobs WHERE coalesce(owner, '') = waiting.owner) AS served_at
      FROM (SELECT coalesce(owner, '') AS owner, count(*) AS jobs
              FROM modelops.batch_jobs WHERE status = 'queued' GROUP BY 1) AS waiting
), next AS (
    SELECT job.batch_id
      FROM modelops.batch_jobs AS job JOIN owners ON owners.owner = coalesce(job.owner, '')
     WHERE job.status = 'queued' AND job.job_type = ANY(:job_types)
       AND (job.run_after IS NULL OR job.run_after <= now())
     ORDER BY job.priority DESC, owners.wanted, owners.served_at NULLS FIRST, job.created_at
       FOR UPDATE OF job SKIP LOCKED LIMIT 1
)
UPDATE modelops.batch_jobs AS job
   SET status = 'running', worker = :worker, fence = fence + 1,
       started_at = coalesce(started_at, now()), heartbeat_at = now()
  FROM next WHERE job.batch_id = next.batch_id
RETURNING job.batch_id::text AS batch_id, job_type, input_params, attempts, timeout_s, fence, retries, request_id;

-- begin_job --
-- The handler begins: from here on it is an attempt.
UPDATE modelops.batch_jobs SET attempts = attempts + 1, heartbeat_at = now()
 WHERE batch_id = CAST(:batch_id AS uuid) AND fence = :fence AND status = 'running';

-- heartbeat --
-- The worker is alive.
UPDATE modelops.batch_jobs SET heartbeat_at = now()
 WHERE batch_id = CAST(:batch_id AS uuid) AND fence = :fence AND status = 'running';

-- hold_claim --
-- Whether a claim holds; until the transaction ends nobody can take the job.
SELECT batch_id FROM modelops.batch_jobs
 WHERE batch_id = CAST(:batch_id AS uuid) AND fence = :fence AND status = 'running' FOR SHARE;

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

-- running_jobs --
-- Running jobs with their last sign of life. Jobs that no worker took are their maker's, save nightly runs.
SELECT batch_id::text AS batch_id, job_type, attempts, fence, worker IS NOT NULL AS claimed,
       coalesce(heartbeat_at, started_at, created_at)::text AS heartbeat
  FROM modelops.batch_jobs
 WHERE status = 'running' AND (worker IS NOT NULL OR job_type = 'nightly')
 ORDER BY created_at;

-- end_nightly_session --
-- End the session that holds the nightly run's lock: its process does not answer any more.
SELECT pg_terminate_backend(pid) AS ended FROM pg_locks
 WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND ((CAST(classid AS bigint) << 32) | CAST(objid AS bigint)) = hashtextextended('modelops nightly', 0);

-- requeue_job --
-- Back into the queue, from the start, after :pause seconds; one that is to be cancelled ends. The new fence shuts
-- out whoever had it. A row that its worker is just writing is left for the next look.
UPDATE modelops.batch_jobs
   SET status = CAST(CASE WHEN cancel_requested THEN 'cancelled' ELSE 'queued' END AS modelops.job_status),
       completed_at = CASE WHEN cancel_requested THEN now() END,
       progress = 0, worker = NULL, fence = fence + 1,
       current_step = CASE WHEN cancel_requested THEN :cancelled_step ELSE :waiting_step END,
       step = CASE WHEN cancel_requested THEN CAST(:cancelled AS jsonb) ELSE CAST(:waiting AS jsonb) END,
       attempts = greatest(0, attempts - :uncounted_attempts),
       retries = retries + :retried, rescues = rescues + :rescued,
       run_after = now() + make_interval(secs => :pause),
       error_message = :error_message, error = CAST(:error AS jsonb)
 WHERE batch_id = (SELECT batch_id FROM modelops.batch_jobs
                    WHERE batch_id = CAST(:batch_id AS uuid) AND fence = :fence AND status = 'running'
                      FOR UPDATE SKIP LOCKED);

-- schedule_nightly_run --
-- The nightly run of today in Korea, once, and again where it failed :pause seconds ago; none where one ran
-- since midnight or no grid is loaded.
WITH today AS (
    SELECT CAST(now() AT TIME ZONE 'Asia/Seoul' AS date) AS day
), tried AS (
    SELECT count(*) AS times, bool_and(job.status = 'failed') AS failed, max(job.completed_at) AS ended
      FROM modelops.batch_jobs AS job, today
     WHERE job.schedule_key = 'nightly ' || today.day OR job.schedule_key LIKE 'nightly ' || today.day || ' %'
)
INSERT INTO modelops.batch_jobs (job_type, input_params, schedule_key, timeout_s, priority)
SELECT 'nightly', CAST(:input_params AS jsonb),
       'nightly ' || today.day || CASE WHEN times = 0 THEN '' ELSE ' ' || times END, :timeout_s, :priority
  FROM today, tried
 WHERE (times = 0 OR (failed AND times <= :again AND ended <= now() - make_interval(secs => :pause)))
   AND EXISTS (SELECT FROM modelops.location_grid)
   AND NOT EXISTS (
       SELECT FROM modelops.runs
        WHERE finished_at IS NOT NULL AND started_at >= CAST(today.day AS timestamp) AT TIME ZONE 'Asia/Seoul')
   AND NOT EXISTS (
       SELECT FROM modelops.batch_jobs WHERE job_type = 'nightly' AND status IN ('queued', 'running'))
ON CONFLICT (schedule_key) DO NOTHING
RETURNING batch_id::text AS batch_id;

-- unreported_failures --
-- Nightly runs that failed within a day and were not reported; each is given to one caller.
UPDATE modelops.batch_jobs SET alerted_at = now()
 WHERE batch_id IN (
       SELECT batch_id FROM modelops.batch_jobs
        WHERE job_type = 'nightly' AND status = 'failed' AND alerted_at IS NULL
          AND completed_at > now() - interval '1 day'
          FOR UPDATE SKIP LOCKED)
RETURNING batch_id::text AS batch_id, completed_at, error_message, worker, schedule_key;

-- unreported_again --
-- A report did not arrive.
UPDATE modelops.batch_jobs SET alerted_at = NULL WHERE batch_id = CAST(:batch_id AS uuid);

-- queue_health --
-- What tells whether the queue moves: the longest wait, and what was rescued, begun and repeated of the jobs that are kept.
SELECT coalesce(extract(epoch FROM max(now() - created_at) FILTER (WHERE status = 'queued')), 0)::float8 AS oldest_waiting,
       coalesce(sum(attempts), 0) AS attempts, coalesce(sum(rescues), 0) AS rescues, coalesce(sum(retries), 0) AS retries,
       (SELECT extract(epoch FROM max(finished_at))::float8 FROM modelops.runs) AS night_finished,
       count(*) FILTER (WHERE job_type = 'nightly' AND status = 'failed' AND completed_at > now() - interval '1 day')
           AS nights_failed
  FROM modelops.batch_jobs;

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
-- Completed assessments of one place that a caller sees: their own, and those of sites shared with them.
SELECT batch_id::text AS batch_id, completed_at
  FROM modelops.batch_jobs AS job
 WHERE (:everything OR owner = :owner OR EXISTS (
       SELECT FROM modelops.portfolio_sites AS site
        WHERE site.batch_id = job.batch_id
          AND (site.audience = 'all' OR (site.audience = 'team' AND site.team = :team))))
   AND job_type = :job_type AND status = 'completed'
   AND input_params -> 'latitude' = to_jsonb(CAST(:latitude AS numeric))
   AND input_params -> 'longitude' = to_jsonb(CAST(:longitude AS numeric))
 ORDER BY completed_at DESC
 LIMIT :limit;
