-- Who may use the API, and who did what. Of a key its SHA-256 only is kept.

CREATE TABLE IF NOT EXISTS modelops.api_keys (
    key_id        text PRIMARY KEY,               -- the readable part of the key
    name          text NOT NULL,                  -- whose it is, as the administrator wrote
    key_hash      text NOT NULL UNIQUE,           -- hex SHA-256 of the whole key: 256 random bits need no salt
    scopes        text[] NOT NULL CHECK (scopes <@ ARRAY['read', 'run', 'admin'] AND cardinality(scopes) > 0),
    created_at    timestamptz NOT NULL DEFAULT now(),
    expires_at    timestamptz,                    -- NULL = never
    last_used_at  timestamptz,
    revoked_at    timestamptz
);

CREATE TABLE IF NOT EXISTS modelops.audit_log (
    audit_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        timestamptz NOT NULL DEFAULT now(),
    actor     text NOT NULL,                      -- 'key …', a user's address, 'local'
    action    text NOT NULL,                      -- assess, cancel, retry, add key, revoke key, refused
    subject   text,                               -- a job, a key, a path
    address   text,                               -- where the request came from
    detail    jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX IF NOT EXISTS audit_log_at_idx ON modelops.audit_log (at DESC);
