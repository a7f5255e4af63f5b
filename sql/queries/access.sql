-- Keys, and the record of who did what.

-- new_key --
-- A new key.
INSERT INTO modelops.api_keys (key_id, name, key_hash, scopes, person, expires_at)
VALUES (:key_id, :name, :key_hash, :scopes, :person, now() + make_interval(days => CAST(:days AS integer)))
RETURNING key_id;

-- key_by_hash --
-- The valid key with that hash; ``stale``: its last use is to be noted, where this session may write.
SELECT key_id, name, scopes, person,
       (last_used_at < now() - interval '1 minute' OR last_used_at IS NULL)
       AND NOT current_setting('transaction_read_only')::boolean AS stale
  FROM modelops.api_keys
 WHERE key_hash = :key_hash AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now());

-- key_used --
-- A key was used.
UPDATE modelops.api_keys SET last_used_at = now() WHERE key_id = :key_id;

-- revoke_key --
-- A key is worth nothing from now on.
UPDATE modelops.api_keys SET revoked_at = now() WHERE key_id = :key_id AND revoked_at IS NULL;

-- keys --
-- All keys, without their hashes.
SELECT key_id, name, scopes, person, created_at, expires_at, last_used_at, revoked_at,
       CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN expires_at <= now() THEN 'expired' ELSE 'valid' END AS state
  FROM modelops.api_keys ORDER BY created_at;

-- new_audit --
-- Someone did something.
INSERT INTO modelops.audit_log (actor, action, subject, address, detail)
VALUES (:actor, :action, :subject, :address, CAST(:detail AS jsonb));

-- audits --
-- What was done last.
SELECT at, actor, action, subject, address, detail FROM modelops.audit_log ORDER BY audit_id DESC LIMIT :limit;
