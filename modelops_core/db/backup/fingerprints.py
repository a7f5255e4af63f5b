"""
Counts the rows of each table and digests them, independent of their order.

The digest is the sum over the rows of 64 bits of the SHA-256 of each row's text. The same rows
have the same digest in every version of PostgreSQL and PostGIS: neither changes how values are
written as text (``server.TEXT_FORM`` sets how).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from modelops_core.db.backup.server import TEXT_FORM, rows, value

#: those of the schema; PostGIS, whose tables change with its version, may lie in it as well
TABLES = """
SELECT relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace
 WHERE nspname = 'modelops' AND relkind IN ('r', 'p', 'm') AND NOT relispartition
   AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = c.oid AND deptype = 'e')
 ORDER BY relname"""
#: %I is the table; 'rows digest'
FINGERPRINT = """
SELECT format('%%s %%s', count(*), coalesce(sum(('x' || encode(substr(
           sha256(convert_to(a_row::text, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint::numeric), 0))
  FROM modelops.%I AS a_row"""
#: raises an exception of PostgreSQL that names the first table with other rows than expected
CHECK = """
DO $check$
DECLARE
    expected CONSTANT jsonb := {expected};
    name text;
    found text;
BEGIN
    FOR name IN SELECT jsonb_object_keys(expected) LOOP
        EXECUTE format({fingerprint}, name) INTO found;
        IF found IS DISTINCT FROM expected ->> name THEN
            RAISE EXCEPTION '{marker}% holds % (rows and digest), the backup %',
                name, found, expected ->> name;
        END IF;
    END LOOP;
END
$check$;
"""
#: what the message of CHECK begins with
MARKER = "restored table "


def of_tables(connection: Any) -> dict[str, str]:
    """Table → 'rows digest' of every table of the schema."""
    names = [name for (name,) in rows(connection, TABLES)]
    return {name: value(connection, _query(connection, name)) for name in names}


def count(fingerprint: str) -> int:
    """The number of rows in a fingerprint."""
    return int(fingerprint.split(maxsplit=1)[0])


def check(expected: Mapping[str, str]) -> str:
    """SQL that fails where the tables hold anything else than *expected*; one transaction long."""
    return TEXT_FORM + CHECK.format(
        expected=literal(json.dumps(expected)), fingerprint=literal(FINGERPRINT), marker=MARKER
    )


def _query(connection: Any, table: str) -> str:
    return str(value(connection, "SELECT format(%s, %s)", FINGERPRINT, table))


def literal(text: str) -> str:
    """A *text* as a literal of SQL, under standard_conforming_strings."""
    return "'" + text.replace("'", "''") + "'"


def name(text: str) -> str:
    """*text* as a name of SQL."""
    return '"' + text.replace('"', '""') + '"'
