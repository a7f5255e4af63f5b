-- Who asked for a load and who took it back, and the rows of data_sources that it brought: what the list of versions shows.

ALTER TABLE modelops.loads
    ADD COLUMN IF NOT EXISTS loaded_by text,                       -- NULL: before this column
    ADD COLUMN IF NOT EXISTS undone_by text,
    ADD COLUMN IF NOT EXISTS sources jsonb NOT NULL DEFAULT '[]';
