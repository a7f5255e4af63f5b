"""``batch_jobs`` as the queue, its notices, and ``runs``."""
