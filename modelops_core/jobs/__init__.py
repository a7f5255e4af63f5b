"""The queue: batch_jobs, its workers, their progress and recovery."""
