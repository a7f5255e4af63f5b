-- How the program is: for /health, /metrics and ETags.

-- database_state --
-- One look at the server and at what it holds.
SELECT current_setting('server_version') AS postgresql, postgis_lib_version() AS postgis,
       (SELECT max(loaded_at) FROM modelops.data_sources WHERE table_name <> 'reference_rain') AS data_loaded_at,
       (SELECT count(*) FROM modelops.data_sources WHERE table_name <> 'reference_rain') AS datasets,
       (SELECT max(finished_at) FROM modelops.runs) AS last_night_at,
       (SELECT count(*) FROM modelops.batch_jobs WHERE status = 'queued') AS queued,
       (SELECT count(*) FROM modelops.batch_jobs WHERE status = 'running') AS running;

-- data_version --
-- What changes whenever inputs are loaded or a nightly run ends.
SELECT concat_ws('-', (SELECT coalesce(max(run_id), 0) FROM modelops.runs WHERE finished_at IS NOT NULL),
                 extract(epoch FROM (SELECT max(loaded_at) FROM modelops.data_sources))) AS version;
