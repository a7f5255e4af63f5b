"""
Counts the rows of each table and digests them, independent of their order.

The digest is the sum over the rows of PostgreSQL's 64-bit hash of each row's text. The same rows
have the same digest in every version of PostgreSQL and PostGIS: neither changes how values are
written as text (``server.TEXT_FORM`` sets how), and a hash that changed would break tables that are
partitioned by it. Generated columns are left out: a dump lacks them, and the server that restores
it calculates them anew, by its own version of PROJ. The digest finds what was lost or altered by
chance; what somebody alters on purpose the dump's SHA-256 shows. Of twelve million rows it takes
ten seconds of a processor, SHA-256 of each would take 26.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from modelops_core.db.backup.server import TEXT_FORM, rows, value

#: table and the query of its fingerprint, 'rows digest'; without PostGIS's tables, which change
#: with its version and may lie in the schema as well
QUERIES = """
SELECT relname::text AS table_name, format(
           'SELECT format(''%%s %%s'', count(*), coalesce(sum(hashtextextended(ROW(%s)::text, 0)'
           '::numeric), 0)) FROM modelops.%I',
           string_agg(format('%I', attname), ', ' ORDER BY attnum), relname) AS query
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = relnamespace
  JOIN pg_attribute ON attrelid = c.oid
 WHERE nspname = 'modelops' AND relkind IN ('r', 'p', 'm') AND NOT relispartition
   AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
   AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = c.oid AND deptype = 'e')
 GROUP BY relname ORDER BY relname"""
#: raises an exception of PostgreSQL that names the first table with other rows than expected
CHECK = """
DO $check$
DECLARE
    expected CONSTANT jsonb := {expected};
    name text;
    query text;
    found text;
    seen jsonb := '{{}}';
BEGIN
    FOR name, query IN {queries} LOOP
        EXECUTE query INTO found;
        seen := seen || jsonb_build_object(name, found);
    END LOOP;
    FOR name IN SELECT jsonb_object_keys(expected || seen) LOOP
        IF seen ->> name IS DISTINCT FROM expected ->> name THEN
            RAISE EXCEPTION '{marker}% holds % (rows and digest), the backup %',
                name, seen ->> name, expected ->> name;
        END IF;
    END LOOP;
END
$check$;
"""
#: what the message of CHECK begins with
MARKER = "restored table "


def tables(connection: Any) -> list[str]:
    """The names of the schema's tables."""
    return [name for name, _ in rows(connection, QUERIES)]


def of_tables(connection: Any) -> dict[str, str]:
    """Table → 'rows digest' of every table of the schema."""
    return {name: value(connection, query) for name, query in rows(connection, QUERIES)}


def count(fingerprint: str) -> int:
    """The number of rows in a fingerprint."""
    return int(fingerprint.split(maxsplit=1)[0])


def check(expected: Mapping[str, str]) -> str:
    """SQL that fails where the tables hold anything else than *expected*."""
    return TEXT_FORM + CHECK.format(
        expected=literal(json.dumps(expected)), queries=QUERIES, marker=MARKER
    )


def literal(text: str) -> str:
    """A *text* as a literal of SQL, under standard_conforming_strings."""
    return "'" + text.replace("'", "''") + "'"


def name(text: str) -> str:
    """*text* as a name of SQL."""
    return '"' + text.replace('"', '""') + '"'
