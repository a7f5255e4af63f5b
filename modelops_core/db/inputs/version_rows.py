"""
Rows of loads of files: staged, kept aside, put into their tables.

Names of tables and columns are those of the sources' declarations and of the catalogue.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from modelops_core.db import queries
from modelops_core.domain.source import SOURCE_ROW, Load, Publication
from modelops_core.errors import SourceUnreadable

SCHEMA = "modelops_loads"


def named(what: str, load: Load, table: str) -> str:
    """The table of *what* a load has 'staged', or of what stood there 'before' it."""
    return f"{SCHEMA}.{what}_{load.load_id}_{table}"


def writable(connection: Connection, table: str) -> list[str]:
    """The columns of a table that can be written."""
    return [row["name"] for row in queries.rows(connection, "table_columns", table=live(table))]


def key(connection: Connection, table: str) -> list[str]:
    """The columns of a table's key."""
    return [row["name"] for row in queries.rows(connection, "table_keys", table=live(table))]


def live(table: str) -> str:
    """A table with its schema."""
    return f"modelops.{table}"


def exists(connection: Connection, name: str) -> bool:
    """Whether there is such a table."""
    return bool(connection.exec_driver_sql("SELECT to_regclass(%s)", (name,)).scalar())


def lock_writers(connection: Connection, tables: Sequence[str]) -> None:
    """Let others read the tables and nobody write them until the transaction ends."""
    names = ", ".join(map(live, tables))
    connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")


def merge_twins(connection: Connection, load: Load, table: str) -> None:
    """Keep one of rows that are equal in all columns; raise where only their keys are."""
    keys, name = key(connection, table), named("staged", load, table)
    listed = ", ".join(keys)
    twice = (
        f"SELECT {listed}, min({SOURCE_ROW}) AS first, max({SOURCE_ROW}) AS last FROM {name}"
        f" GROUP BY {listed} HAVING count(*) > 1 LIMIT 1"
    )
    if connection.exec_driver_sql(twice).first() is None:
        return
    columns = writable(connection, table)
    equal = " AND ".join(f"a.{c} IS NOT DISTINCT FROM b.{c}" for c in columns)
    same = " AND ".join(f"a.{c} = b.{c}" for c in keys)
    connection.exec_driver_sql(
        f"DELETE FROM {name} AS a USING {name} AS b WHERE a.ctid > b.ctid AND {same} AND {equal}"
    )
    if found := connection.exec_driver_sql(twice).first():
        raise SourceUnreadable(
            "key_twice",
            file=[str(file["name"]) for file in load.files],
            table=table,
            columns=keys,
            value=list(found[: len(keys)]),
            first=found.first,
            last=found.last,
        )


def keep_aside(connection: Connection, load: Load, table: str) -> None:
    """Copy what the table holds, so that the load can be undone."""
    names = ", ".join(writable(connection, table))
    connection.exec_driver_sql(
        f"CREATE TABLE {named('before', load, table)} AS SELECT {names} FROM modelops.{table}"
    )


def is_partial(connection: Connection, what: Publication, table: str) -> bool:
    """Whether rows of the table stay: those of another scope, or columns that others filled."""
    if table in what.scope:
        return True
    if not what.fills:
        return False
    found = queries.row(connection, "was_loaded", table=table)
    return found is not None


def clear(connection: Connection, what: Publication, table: str, partly: bool) -> None:
    """Delete the rows that the load replaces."""
    if table in what.scope:
        column, values = what.scope[table]
        connection.exec_driver_sql(
            f"DELETE FROM modelops.{table} WHERE {column}::text = ANY(%s)", (list(values),)
        )
    elif not partly:
        connection.exec_driver_sql(f"DELETE FROM modelops.{table}")


def insert(connection: Connection, load: Load, what: Publication, table: str, partly: bool) -> int:
    """Put the staged rows into the table, in the order of its key."""
    staged = named("staged", load, table)
    if not (partly and what.fills):
        return copy(connection, staged, table)
    filled = tuple(c for c in what.fills if c in writable(connection, table))
    if not filled:
        return _same_places(connection, load, table)
    count = copy(connection, staged, table, filled)
    same = " AND ".join(f"old.{c} = new.{c}" for c in key(connection, table))
    connection.exec_driver_sql(
        f"UPDATE modelops.{table} AS old SET {', '.join(f'{c} = NULL' for c in filled)}"
        f" WHERE coalesce({', '.join(filled)}) IS NOT NULL"
        f" AND NOT EXISTS (SELECT FROM {staged} AS new WHERE {same}){within(what, table)}"
    )
    return count


def _same_places(connection: Connection, load: Load, table: str) -> int:
    """
    Count the rows of a table whose keys the columns of others refer to: they must be there already.

    Raises SourceUnreadable where any differs: what stays in the other columns belongs to them.
    """
    names = ", ".join(writable(connection, table))
    staged, held = (
        f"SELECT {names} FROM {place}" for place in (named("staged", load, table), live(table))
    )
    differing = f"(({staged}) EXCEPT ({held})) UNION ALL (({held}) EXCEPT ({staged}))"
    found = connection.exec_driver_sql(f"{differing} LIMIT 1").first()
    if found is not None:
        files = [str(file["name"]) for file in load.files]
        raise SourceUnreadable("other_places", file=files, table=table, value=list(found))
    return load.rows.get(table, 0)


def within(what: Publication, table: str) -> str:
    """The condition on rows that the load may touch; only names and dates of its own source."""
    if table not in what.within:
        return ""
    column, first, last = what.within[table]
    return f" AND old.{column} BETWEEN '{first}' AND '{last}'"


def copy(connection: Connection, origin: str, table: str, filled: Sequence[str] = ()) -> int:
    """Put the rows of *origin* into the table; of rows that are there only *filled* changes."""
    names, keys = ", ".join(writable(connection, table)), ", ".join(key(connection, table))
    conflict = ""
    if filled:
        changes = ", ".join(f"{c} = excluded.{c}" for c in filled)
        conflict = f" ON CONFLICT ({keys}) DO UPDATE SET {changes}"
    order = f" ORDER BY {keys}" if keys else ""
    done = connection.exec_driver_sql(
        f"INSERT INTO modelops.{table} ({names}) SELECT {names} FROM {origin}{order}{conflict}"
    )
    return int(done.rowcount)


def drop(connection: Connection, what: str, load: Load) -> None:
    """Drop what a load has 'staged', or what stood there 'before' it."""
    for table in load.tables:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {named(what, load, table)}")
