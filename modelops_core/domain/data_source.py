"""
A registered data set: which table it fills, who provides it, how it was made; and which results
come from it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Self

from modelops_core.domain.peril import Peril

#: tables whose rows come with the schema: their presence does not mean that data were loaded
INSTALLED_TABLES = ("reference_rain",)

#: which table a variable that is not a climate table comes from
TABLES = {
    "storm_tracks": "api_typhoon_tracks",
    "latitude": "location_grid",
    "longitude": "location_grid",
    "elevation_m": "location_grid",
    "coast_distance_m": "location_grid",
    "basin_code": "location_grid",
    "domestic_demand": "location_admin",
    "outlet_volume": "api_wamis_cache",
    "outlet_known": "api_wamis_cache",
    "outlet_median": "api_wamis_cache",
    "outlet_maximum": "api_wamis_cache",
    "outlet_kind": "api_wamis_cache",
    "outlet_station": "api_wamis_stations",
}
#: what an assessment reads of a site besides
OF_SITES = frozenset({"api_buildings", "location_admin"})


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


def table(variable: str) -> str:
    """The table that holds a variable."""
    return TABLES.get(variable, f"{variable}_data")


def tables(peril: Peril) -> frozenset[str]:
    """The tables that a peril's nightly numbers come from."""
    return frozenset(table(name) for name in peril.requires | peril.regional_requires)


def loaded_after(sources: Iterable[DataSource], moment: datetime | None) -> frozenset[str]:
    """The tables that were loaded after *moment*; none where it is None."""
    if moment is None:
        return frozenset()
    return frozenset(source.table_name for source in sources if source.loaded_at > moment)


def replaced_since(
    sources: Iterable[DataSource], moment: datetime | None, perils: Iterable[Peril]
) -> Sequence[str]:
    """The tables of an assessment that were loaded after *moment*, by name."""
    read = OF_SITES.union(*map(tables, perils))
    return sorted(loaded_after(sources, moment) & read)


def touched(perils: Iterable[Peril], replaced: Collection[str]) -> Sequence[str]:
    """The perils whose nightly numbers come from one of the tables that were *replaced*."""
    return [peril.key for peril in perils if not tables(peril).isdisjoint(replaced)]


def described(source: DataSource) -> str:
    """A data set in one line, down to the file: what every export says of it."""
    parts = [source.kind, source.provider, source.version, source.licence]
    if source.period:
        parts.append(source.period)
    parts.append(f"{source.row_count} rows")
    if source.file_name:
        parts.append(f"file {source.file_name}")
    if source.file_sha256:
        parts.append(f"sha256 {source.file_sha256}")
    return f"{source.table_name}: {source.name} ({'; '.join(parts)})"
