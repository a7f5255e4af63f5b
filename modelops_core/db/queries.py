"""
Loads and runs the named queries of ``sql/queries/*.sql``.

A query starts at a line ``-- name --`` and ends where the next one starts; the
comment lines under its name are its documentation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, TextClause, text

from modelops_core.db.schema_number import SQL

_NAME = re.compile(r"^-- ([a-z0-9_]+) --\n", re.MULTILINE)
_COMMENT = re.compile(r"^--.*\n", re.MULTILINE)


def parse(source: str) -> dict[str, str]:
    """Split *source* into its queries by name, without their comments."""
    _header, *parts = _NAME.split(source)
    names, bodies = parts[::2], parts[1::2]
    return {
        name: _COMMENT.sub("", body).strip().rstrip(";")
        for name, body in zip(names, bodies, strict=True)
    }


def load(directory: Path = SQL / "queries") -> Mapping[str, str]:
    """Read every query of *directory*, by name; raises ValueError where a name appears twice."""
    found: dict[str, str] = {}
    for path in sorted(directory.glob("*.sql")):
        for name, body in parse(path.read_text("utf-8")).items():
            if name in found:
                raise ValueError(f"{path.name}: query {name!r} is already taken.")
            found[name] = body
    return MappingProxyType(found)


TEXTS = load()
QUERIES: Mapping[str, TextClause] = MappingProxyType(
    {name: text(body) for name, body in TEXTS.items()}
)


def rows(connection: Connection, name: str, /, **values: Any) -> list[dict[str, Any]]:
    """Run a named query and return all rows as dictionaries."""
    return [dict(row) for row in connection.execute(QUERIES[name], values).mappings()]


def row(connection: Connection, name: str, /, **values: Any) -> dict[str, Any] | None:
    """Run a named query and return its first row as a dictionary, None where there is none."""
    found = connection.execute(QUERIES[name], values).mappings().first()
    return None if found is None else dict(found)


def run(connection: Connection, name: str, /, **values: Any) -> int:
    """Run a named statement and return the number of rows that it changed."""
    return connection.execute(QUERIES[name], values).rowcount
