"""Workers that perform the jobs of ``batch_jobs``: pool, heartbeat, recovery, maintenance, logs."""
