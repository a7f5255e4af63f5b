"""
Which program may use which database, decided by two numbers.

A schema has a number, which grows with every change of its SQL files, and names the number of the
oldest program that may still read it. ``sql/schema.toml`` has those of this program, the table
``schema_number`` those of a database.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from psycopg2 import errors as driver_errors

from modelops_core.errors import SchemaNewer
from modelops_core.settings import FILES

SQL = FILES / "sql"
FILE = "schema.toml"
TABLE = """
CREATE SCHEMA IF NOT EXISTS modelops;
CREATE TABLE IF NOT EXISTS modelops.schema_number (
    one         boolean PRIMARY KEY DEFAULT true CHECK (one),   -- there is one row
    number      integer NOT NULL,                               -- of the program that migrated last
    readers     integer NOT NULL,                               -- oldest program that may read
    changed_at  timestamptz NOT NULL DEFAULT now()
)"""
#: readable for all before the script of the roles has run
MAY_READ = "SELECT has_table_privilege('public', 'modelops.schema_number', 'SELECT')"
LET_READ = "GRANT SELECT ON modelops.schema_number TO PUBLIC"
RECORD = """
INSERT INTO modelops.schema_number (number, readers) VALUES (%s, %s)
ON CONFLICT (one) DO UPDATE
SET number = excluded.number, readers = excluded.readers, changed_at = now()
WHERE (schema_number.number, schema_number.readers) <> (excluded.number, excluded.readers)"""
RECORDED = "SELECT number, readers FROM modelops.schema_number"
#: a database that was never migrated, or before there were numbers
UNNUMBERED = (driver_errors.UndefinedTable, driver_errors.InvalidSchemaName)


@dataclass(frozen=True)
class SchemaNumber:
    """A schema's *number* and that of the oldest program that may read it."""

    number: int
    readers: int

    def notice(self, database: SchemaNumber | None) -> SchemaNewer | None:
        """
        What to tell the reader of *database* where a program of this number may only read it.

        None where it may write as well, also where the schema is older and has yet to be migrated.
        Raises SchemaNewer where it may do neither.
        """
        if database is None or database.number <= self.number:
            return None
        newer, mine = database.number, self.number
        if database.readers <= mine:
            return SchemaNewer("schema_newer_reads", database=newer, program=mine)
        raise SchemaNewer("schema_newer_refused", database=newer, program=mine)

    def require_writing(self, database: SchemaNumber | None) -> None:
        """Raise SchemaNewer where a program of this number may not write to *database*."""
        if notice := self.notice(database):
            raise notice


@lru_cache(maxsize=8)
def of_program(directory: Path = SQL) -> SchemaNumber:
    """The numbers of the program whose SQL files are in *directory*."""
    found = tomllib.loads((directory / FILE).read_text(encoding="utf-8"))
    return SchemaNumber(found["number"], found["readers"])


def of_database(connection: Any) -> SchemaNumber | None:
    """
    The numbers of the database of a psycopg2 *connection* without an open transaction.

    None where it has none.
    """
    autocommit, connection.autocommit = connection.autocommit, True
    try:
        with connection.cursor() as cursor:
            cursor.execute(RECORDED)
            row = cursor.fetchone()
    except UNNUMBERED:
        return None
    finally:
        if not connection.closed:
            connection.autocommit = autocommit
    return None if row is None else SchemaNumber(*row)


def record(cursor: Any, number: SchemaNumber) -> None:
    """Write *number* into the database, within the transaction of *cursor*."""
    cursor.execute(TABLE)
    cursor.execute(MAY_READ)
    if not cursor.fetchone()[0]:
        cursor.execute(LET_READ)
    cursor.execute(RECORD, (number.number, number.readers))
