"""
Reads the SQL files of which the schema is made.

``sql/schema/NNN_subject.sql`` is the whole schema, idempotent. ``sql/migrations/
NNNN_what_it_does.sql`` changes what an older schema left behind, each once; one whose first line
is OUTSIDE runs statement by statement instead of in a transaction.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from modelops_core.db import schema_number
from modelops_core.db.schema_number import SQL, SchemaNumber
from modelops_core.errors import SchemaOutdated

OUTSIDE = "-- outside a transaction"
OWN_TRANSACTION = re.compile(
    r"^\s*(BEGIN|COMMIT|ROLLBACK|START\s+TRANSACTION)(\s+(TRANSACTION|WORK))?\s*;",
    re.IGNORECASE | re.MULTILINE,
)
"""What would cut a file's transaction in two."""
CONCURRENTLY = re.compile(r"^(CREATE|DROP)(\s+UNIQUE)?\s+INDEX\s+CONCURRENTLY\b", re.IGNORECASE)
REPEATABLE = re.compile(r"\bINDEX\s+CONCURRENTLY\s+IF\s+(NOT\s+)?EXISTS\b", re.IGNORECASE)
COMMENT = re.compile(r"--[^\n]*")


@dataclass(frozen=True)
class Script:
    """One SQL file, named by folder and file, with its text."""

    file: str
    text: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def outside(self) -> bool:
        """Whether it runs outside a transaction."""
        return self.text.startswith(OUTSIDE)

    @property
    def statements(self) -> tuple[str, ...]:
        """The statements of a file that runs outside a transaction; each ends its last line."""
        parts = re.split(r";[ \t]*(?:\n|$)", COMMENT.sub("", self.text))
        return tuple(part.strip() for part in parts if part.strip())

    def recorded_in(self, ledger: Mapping[str, str]) -> bool:
        """Whether the ledger (file → checksum) records this script with this content."""
        return ledger.get(self.file) == self.checksum


@dataclass(frozen=True)
class Scripts:
    """Every SQL file, each kind in the order to run, and the number of their state."""

    schema: tuple[Script, ...]
    roles: tuple[Script, ...]  # grants on whatever tables there are: always last
    migrations: tuple[Script, ...]
    number: SchemaNumber

    def __iter__(self) -> Iterator[Script]:
        return iter((*self.migrations, *self.schema, *self.roles))

    @property
    def checksum(self) -> str:
        """Of all files and their names: it changes with any of them."""
        lines = "".join(f"{script.file} {script.checksum}\n" for script in self)
        return hashlib.sha256(lines.encode()).hexdigest()

    def pending(self, ledger: Mapping[str, str]) -> tuple[Script, ...]:
        """The scripts that an existing database lacks; that of the roles whenever another runs."""
        lacking = [script for script in self if not script.recorded_in(ledger)]
        if not lacking:
            return ()
        return (*(script for script in lacking if script not in self.roles), *self.roles)


def read(directory: Path = SQL) -> Scripts:
    """Read the SQL files of *directory*; raises SchemaOutdated for one that may not run."""
    schema = _scripts(directory / "schema", r"\d{3}_\w+\.sql")
    for script in schema:
        if script.outside:  # they fill a fresh database in one transaction
            raise SchemaOutdated("script_outside", file=script.file)
    roles = tuple(script for script in schema if script.file.endswith("_roles.sql"))
    tables = tuple(script for script in schema if script not in roles)
    migrations = _scripts(directory / "migrations", r"\d{4}_\w+\.sql")
    return Scripts(tables, roles, migrations, schema_number.of_program(directory))


def _scripts(folder: Path, pattern: str) -> tuple[Script, ...]:
    paths = sorted(folder.glob("*.sql"))
    for path in paths:
        if not re.fullmatch(pattern, path.name):
            raise SchemaOutdated("script_name", file=f"{folder.name}/{path.name}", pattern=pattern)
    scripts = tuple(Script(f"{folder.name}/{p.name}", p.read_text(encoding="utf-8")) for p in paths)
    for script in scripts:
        _refuse_half_done(script)
    return scripts


def _refuse_half_done(script: Script) -> None:
    """A file ends no transaction of its own; one outside of any may be run again."""
    if found := OWN_TRANSACTION.search(script.text):
        raise SchemaOutdated("script_transaction", file=script.file, command=found.group().strip())
    if not script.outside:
        return
    for statement in script.statements:
        if CONCURRENTLY.match(statement) and not REPEATABLE.search(statement):
            raise SchemaOutdated("script_not_repeatable", file=script.file, command=statement)
