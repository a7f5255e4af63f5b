"""A registered data set: which table it fills, who provides it, how it was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Self

#: tables whose rows come with the schema: their presence does not mean that data were loaded
INSTALLED_TABLES = ("reference_rain",)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSource:
    """A row of ``data_sources``; *kind* says whether it was observed, modelled or invented."""

    table_name: str
    name: str
    provider: str
    licence: str
    version: str
    kind: str
    period: str | None
    method: str | None
    row_count: int
    loaded_at: datetime
    #: of a load of a file: its name, hash and the load's number
    file_name: str | None = None
    file_sha256: str | None = None
    load_id: int | None = None

    @property
    def installed(self) -> bool:
        """Whether every installation has it, before any data are loaded."""
        return self.table_name in INSTALLED_TABLES

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """From a row of the table."""
        return cls(**{f.name: row[f.name] for f in fields(cls) if f.name in row})

    def to_row(self) -> dict[str, Any]:
        """All fields by name, in the order of the table's columns, for JSON."""
        return {f.name: getattr(self, f.name) for f in fields(self)}
