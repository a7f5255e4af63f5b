"""Workers that perform the jobs of ``batch_jobs``: pool, heartbeats, recovery, maintenance, logs."""
