-- Loads of files: each is a version of the tables that it filled. What a load replaced stays in
-- modelops_loads.before_<load>_<table> until it is undone or enough newer loads have come; rows on
-- their way in stand in modelops_loads.staged_<load>_<table>.

CREATE SCHEMA IF NOT EXISTS modelops_loads;

CREATE TABLE IF NOT EXISTS modelops.loads (
    load_id       integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind          text NOT NULL,                   -- name of a module of sources/kinds
    tables        text[] NOT NULL,                 -- what it replaces, in the order of foreign keys
    state         text NOT NULL DEFAULT 'staged' CHECK (state IN ('staged', 'published', 'undone', 'dropped')),
    fingerprint   text NOT NULL,                   -- of kind, options and the files' sha256: the same load
    files         jsonb NOT NULL,                  -- [{"name", "sha256", "size"}]
    given         jsonb NOT NULL DEFAULT '{}',     -- what the user said about the files
    facts         jsonb NOT NULL DEFAULT '{}',     -- what was recognised
    chunks        integer NOT NULL DEFAULT 0,      -- staged so far: a load that was cut off goes on behind them
    row_counts    jsonb NOT NULL DEFAULT '{}',     -- table → rows staged
    rejects       bigint NOT NULL DEFAULT 0,       -- values that were not taken
    replaced      jsonb NOT NULL DEFAULT '[]',     -- the rows of data_sources before, for undoing
    started_at    timestamptz NOT NULL DEFAULT now(),
    published_at  timestamptz,
    undone_at     timestamptz
);
CREATE INDEX IF NOT EXISTS loads_kind_idx ON modelops.loads (kind, load_id DESC);

ALTER TABLE modelops.data_sources
    ADD COLUMN IF NOT EXISTS load_id integer REFERENCES modelops.loads,   -- NULL: not loaded from a file
    ADD COLUMN IF NOT EXISTS file_name text,
    ADD COLUMN IF NOT EXISTS load_scope text;      -- which rows of the table: 'level=sido,sigungu'; NULL = all
