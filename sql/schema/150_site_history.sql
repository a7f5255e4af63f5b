-- The assessments of one place are found without reading the whole history.
CREATE INDEX IF NOT EXISTS batch_jobs_place_idx
    ON modelops.batch_jobs ((input_params -> 'latitude'), (input_params -> 'longitude'));
