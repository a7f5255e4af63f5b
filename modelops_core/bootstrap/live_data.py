"""The use case of asking a provider's service: its rows go beside those that are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from modelops_core.db.access.audit import Audit
from modelops_core.db.inputs.live_tables import LiveTables
from modelops_core.db.inputs.sources import Sources
from modelops_core.domain.access import Caller, UseCase
from modelops_core.domain.dataset import Column, Provenance
from modelops_core.domain.source import Given, InputFile, Reading, Reject
from modelops_core.errors import InvalidInput, SourceUnreadable
from modelops_core.settings import Settings


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a service gave: rows by which tables grew, values not taken, files as received."""

    rows: Mapping[str, int]
    rejects: Sequence[Reject]
    files: Sequence[Path]


@dataclass(frozen=True)
class LiveData:
    """Asks services where the settings allow it, for callers who may load data."""

    settings: Settings
    tables: LiveTables
    sources: Sources
    audit: Audit
    #: where answers are kept as files
    folder: Path
    #: of requests; another one in tests
    transport: Any = None

    def fetch(self, caller: Caller, kind: str, wanted: Mapping[str, str]) -> Fetched:
        """
        Ask for what is *wanted*, keep the answers as files, and add their rows.

        Raises NotAllowed; InvalidInput where services are off, a key or a value is missing, or
        rows would be mixed with invented ones; SourceUnreadable where there is no good answer.
        """
        from modelops_core.sources import live  # slow to import, needed here only
        from modelops_core.sources.live.service import Service

        caller.require(UseCase.load_data)
        client = live.get(kind)
        asked = client.checked(wanted)
        service = Service(client, self._key(client), self.transport)
        self._refuse(kind, asked)
        answers = client.fetch(service, asked)
        files = [self._kept(name, content) for name, content in answers.items()]
        found = self._added(kind, files, client.provider, client.licence)
        self.audit.note(
            caller.name, "fetch", kind, caller.address, wanted=asked, rows=dict(found.rows)
        )
        return found

    def _key(self, client: Any) -> str:
        """The key of a service; raises InvalidInput where services are off or it is missing."""
        if not self.settings.live:
            raise InvalidInput("live_off", kind=client.kind)
        key: str = getattr(self.settings, client.key).get_secret_value()
        if not key and not client.open_to_all:
            setting = f"MODELOPS_{client.key.upper()}"
            raise InvalidInput("live_key", service=client.provider, setting=setting)
        return key

    def _refuse(self, kind: str, wanted: Mapping[str, str]) -> None:
        """Raise where the new rows would be mixed with invented ones, or count twice."""
        if kind == "wamis":
            for source in self.sources.all():
                if source.table_name.startswith("api_wamis") and source.kind == "synthetic":
                    raise InvalidInput("live_synthetic", table=source.table_name, kind=kind)
        if kind == "typhoon":
            from modelops_core.sources.live import typhoon

            last = self.tables.last_season(typhoon.MARK)
            if last is not None and wanted["from"].isdigit() and int(wanted["from"]) <= last:
                raise InvalidInput("live_seasons", last=last, next=last + 1)

    def _kept(self, name: str, content: bytes) -> Path:
        from modelops_core.sources.inbox import plain_name

        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{plain_name(name)}"
        path.write_bytes(content)
        return path

    def _added(self, kind: str, files: Sequence[Path], provider: str, licence: str) -> Fetched:
        """Read the files as a load of them would, and add their rows."""
        from modelops_core.sources import kinds, unpacking

        given = Given(provider=provider, licence=licence, version=f"{datetime.now(UTC):%Y-%m-%d}")
        measured: list[InputFile] = [unpacking.measured(path) for path in files]
        reading = kinds.get(kind).open(measured, given)
        rows, rejects = _rows(reading)
        sources = {t: _of_service(p, provider) for t, p in reading.provenance().items()}
        if not any(rows.values()):
            raise SourceUnreadable("table_empty", file=", ".join(f.name for f in measured))
        return Fetched(self.tables.add(rows, sources), rejects, files)


def live_data(owner: Engine, sources: Sources, audit: Audit, settings: Settings) -> LiveData:
    """The use case over one database."""
    folder = settings.var / "loads" / "live"
    return LiveData(settings, LiveTables(owner), sources, audit, folder)


def _rows(reading: Reading) -> tuple[dict[str, list[Mapping[str, Column]]], list[Reject]]:
    """Table → chunks of columns, and the values that are not taken."""
    rows: dict[str, list[Mapping[str, Column]]] = {}
    rejects: list[Reject] = []
    for chunk in reading.chunks():
        rejects += chunk.rejects
        for table, columns in chunk.rows.items():
            if columns and len(next(iter(columns.values()))):
                rows.setdefault(table, []).append(columns)
    return rows, rejects


def _of_service(sources: Sequence[Provenance], provider: str) -> Provenance:
    """One data set for all that a service ever gave; its file is that of the last answer."""
    return replace(sources[-1], name=f"Service: {provider}")
