-- Loads of files and their versions. Statements over staged and former tables, whose names hold the
-- load's number, stand in db/inputs/versions.py.

-- load_lock --
-- One load of a kind at a time; the session's, so that a killed process lets go of it.
SELECT pg_try_advisory_lock(hashtext('modelops load'), hashtext(:kind)) AS locked;

-- load_unlock --
SELECT pg_advisory_unlock(hashtext('modelops load'), hashtext(:kind)) AS unlocked;

-- load_in_force --
-- The published load with this fingerprint, where no later load has replaced any of its tables.
SELECT l.* FROM modelops.loads AS l
 WHERE l.kind = :kind AND l.fingerprint = :fingerprint AND l.state = 'published'
   AND NOT EXISTS (SELECT FROM modelops.loads AS later
                    WHERE later.state = 'published' AND later.load_id > l.load_id
                      AND later.tables && l.tables)
 ORDER BY l.load_id DESC LIMIT 1;

-- staged_load --
-- The load of this kind that was begun and not published.
SELECT * FROM modelops.loads WHERE kind = :kind AND state = 'staged' ORDER BY load_id DESC LIMIT 1;

-- new_load --
INSERT INTO modelops.loads (kind, tables, fingerprint, files, given, loaded_by)
VALUES (:kind, :tables, :fingerprint, CAST(:files AS jsonb), CAST(:given AS jsonb), :loaded_by) RETURNING *;

-- chunk_staged --
UPDATE modelops.loads
   SET chunks = :chunks, row_counts = CAST(:row_counts AS jsonb)
 WHERE load_id = :load_id AND state = 'staged';

-- load_published --
UPDATE modelops.loads
   SET state = 'published', published_at = now(), facts = CAST(:facts AS jsonb), rejects = :rejects,
       replaced = (SELECT coalesce(jsonb_agg(to_jsonb(s)), '[]') FROM modelops.data_sources AS s
                    WHERE s.table_name = ANY(:tables))
 WHERE load_id = :load_id;

-- load_sources --
-- What the load brought into data_sources, for the list of versions.
UPDATE modelops.loads
   SET sources = (SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.table_name, s.name), '[]')
                    FROM modelops.data_sources AS s WHERE s.load_id = :load_id)
 WHERE load_id = :load_id;

-- load_dropped --
UPDATE modelops.loads SET state = 'dropped' WHERE load_id = :load_id;

-- load_undone --
UPDATE modelops.loads SET state = 'undone', undone_at = now(), undone_by = :undone_by
 WHERE load_id = :load_id;

-- last_published --
-- The newest load of this kind that is in force, and a newer one of another kind over the same tables.
SELECT l.*, (SELECT max(later.load_id) FROM modelops.loads AS later
              WHERE later.state = 'published' AND later.load_id > l.load_id
                AND later.tables && l.tables) AS covered_by
  FROM modelops.loads AS l
 WHERE l.kind = :kind AND l.state = 'published' ORDER BY l.load_id DESC LIMIT 1;

-- all_loads --
-- kept: what it replaced is still there. It can be undone where it is besides the newest of its kind that is in force
-- and no later load has changed its tables.
SELECT l.*,
       NOT EXISTS (SELECT FROM unnest(l.tables) AS t
                    WHERE NOT EXISTS (SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
                                       WHERE n.nspname = 'modelops_loads'
                                         AND c.relname = 'before_' || l.load_id || '_' || t)) AS kept,
       EXISTS (SELECT FROM modelops.loads AS later
                WHERE later.state = 'published' AND later.load_id > l.load_id
                  AND (later.kind = l.kind OR later.tables && l.tables)) AS covered
  FROM modelops.loads AS l
 ORDER BY l.load_id DESC;

-- replace_sources --
-- Forget the sources whose rows a load replaces: all of the table, those of the same scope, or of the same columns in
-- a part of its span ('columns=ssp1 2021-01-01..2100-12-31').
DELETE FROM modelops.data_sources
 WHERE table_name = :table
   AND (NOT :partly
        OR (load_id IS NOT NULL
            AND (load_scope = :scope
                 OR (split_part(load_scope, ' ', 1) = split_part(:scope, ' ', 1)
                     AND load_scope LIKE '%..%'
                     AND split_part(split_part(load_scope, ' ', 2), '..', 1)
                         >= split_part(split_part(:scope, ' ', 2), '..', 1)
                     AND split_part(load_scope, '..', 2) <= split_part(:scope, '..', 2)))));

-- was_loaded --
-- A source of the table that is a load of a file.
SELECT load_id FROM modelops.data_sources WHERE table_name = :table AND load_id IS NOT NULL LIMIT 1;

-- forget_sources --
DELETE FROM modelops.data_sources WHERE table_name = ANY(:tables);

-- restore_sources --
-- The sources as they were before a load, loaded now: nightly runs and pages take notice of the change.
INSERT INTO modelops.data_sources
SELECT r.* FROM modelops.loads AS l,
       jsonb_populate_recordset(NULL::modelops.data_sources, l.replaced) AS r
 WHERE l.load_id = :load_id;

-- sources_loaded_now --
UPDATE modelops.data_sources SET loaded_at = now() WHERE table_name = ANY(:tables);

-- table_keys --
-- The columns of a table's primary key or first unique index, in order.
SELECT a.attname AS name
  FROM pg_index AS i
  JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
 WHERE i.indexrelid = (SELECT indexrelid FROM pg_index
                        WHERE indrelid = CAST(:table AS regclass) AND indisunique AND indpred IS NULL
                        ORDER BY indisprimary DESC LIMIT 1)
   AND a.attnum = ANY((i.indkey::int2[])[0:i.indnkeyatts - 1])
 ORDER BY array_position(i.indkey::int2[], a.attnum);

-- table_columns --
-- Columns that can be written: neither generated nor identities.
SELECT attname AS name FROM pg_attribute
 WHERE attrelid = CAST(:table AS regclass) AND attnum > 0 AND NOT attisdropped
   AND attgenerated = '' AND attidentity = ''
 ORDER BY attnum;

-- source_rows --
SELECT row_count FROM modelops.data_sources WHERE table_name = :table AND name = :name;

-- last_season --
SELECT max(season) AS season FROM modelops.api_typhoon_list WHERE NOT starts_with(storm_id, :other_than);
