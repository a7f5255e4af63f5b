"""The job queue in ``batch_jobs``, its locks and notices, and the table ``runs``."""
