-- Portfolios as they were read: a version is never changed; a corrected file is a new version.

CREATE TABLE IF NOT EXISTS modelops.portfolio_versions (
    version_id   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name         text NOT NULL,
    fingerprint  text NOT NULL,                   -- sha256 of all columns: equal files are known again
    sites        integer NOT NULL,
    loans        integer NOT NULL DEFAULT 0,
    owner        text,                            -- a person's address; NULL where nobody signs in
    created_at   timestamptz NOT NULL DEFAULT now()
);
-- Its columns, block by block (sites, loans, policies, holdings, …), as Parquet.
CREATE TABLE IF NOT EXISTS modelops.portfolio_version_blocks (
    version_id  integer NOT NULL REFERENCES modelops.portfolio_versions ON DELETE CASCADE,
    block       text NOT NULL,
    content     bytea NOT NULL,
    PRIMARY KEY (version_id, block)
);
ALTER TABLE modelops.portfolio_version_blocks ALTER COLUMN content SET STORAGE EXTERNAL;  -- Parquet is compressed
