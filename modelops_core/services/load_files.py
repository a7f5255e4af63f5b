"""
Loads official files: recognise, read in chunks, check, stage, and publish all at once.

The same files with the same options are the same load: a second one changes nothing, and one that
was cut off goes on behind its last whole chunk. Until the end the tables hold what they held.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from modelops_core.domain.job import Step, StepKind
from modelops_core.domain.source import (
    ALWAYS,
    Chunk,
    Given,
    InputFile,
    Load,
    OnGrid,
    Publication,
    Reading,
    Reject,
    Source,
)
from modelops_core.errors import InvalidInput, SourceUnreadable
from modelops_core.ports import LoadStore, Progress

#: the job type of a load
JOB = "load"
#: rows that may be left out before the whole file is refused, as a share
MOST_REJECTS = 0.01
#: rejects that a report shows
SHOWN = 10
Listener = Callable[[Sequence[Reject]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """
    Which files to load and how.

    ``most_rejects`` is the share of rows that may be left out; ``from_scratch`` forgets what an
    earlier attempt has staged and loads again what is loaded already. ``by`` is who asked.
    """

    source: Source
    files: Sequence[InputFile]
    given: Given = field(default_factory=Given)
    dry_run: bool = False
    from_scratch: bool = False
    most_rejects: float = MOST_REJECTS
    by: str | None = None

    @property
    def fingerprint(self) -> str:
        """The same for the same files, names and options."""
        parts = [self.source.kind, *(f"{k}={v}" for k, v in self.given.named().items())]
        parts += [f"{file.name} {file.sha256}" for file in self.files]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@dataclass(slots=True)
class Tally:
    """What was read so far: rows of the files, rows by table, and what was not taken."""

    read: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    dropped: int = 0
    unknown: int = 0
    first: list[Reject] = field(default_factory=list)
    first_dropped: Reject | None = None

    def add(self, chunk: Chunk) -> None:
        """Count one chunk."""
        self.read += chunk.read
        for table, columns in chunk.rows.items():
            self.rows[table] += len(next(iter(columns.values()), ()))
        dropped = {(r.file, r.row): r for r in reversed(chunk.rejects) if r.dropped}
        self.dropped += len(dropped)
        self.unknown += sum(not reject.dropped for reject in chunk.rejects)
        self.first += chunk.rejects[: SHOWN - len(self.first)]
        if dropped and self.first_dropped is None:
            self.first_dropped = list(dropped.values())[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a load did, or a dry run found; *load_id* None where nothing was published."""

    kind: str
    outcome: Literal["loaded", "unchanged", "recognised"]
    facts: Mapping[str, str]
    tables: Sequence[str]
    load_id: int | None = None
    rows: Mapping[str, int] = field(default_factory=dict)
    read: int = 0
    dropped: int = 0
    unknown: int = 0
    first_rejects: Sequence[Reject] = ()
    #: columns, or rows with certain values of one, that are replaced where not all are
    parts: Sequence[str] = ()
    #: chunks that an earlier attempt had staged
    resumed: int = 0

    def as_row(self) -> dict[str, Any]:
        """The report as JSON holds it."""
        return {
            "kind": self.kind,
            "outcome": self.outcome,
            "facts": dict(self.facts),
            "tables": list(self.tables),
            "load_id": self.load_id,
            "rows": dict(self.rows),
            "read": self.read,
            "dropped": self.dropped,
            "unknown": self.unknown,
            "first_rejects": [reject._asdict() for reject in self.first_rejects],
            "parts": list(self.parts),
            "resumed": self.resumed,
        }


def load(
    request: Request,
    store: LoadStore | None,
    progress: Progress,
    listener: Listener = lambda _rejects: None,
) -> Report:
    """
    Load the files and publish them, or only read them where it is a dry run (*store* may be None).

    *listener* hears of the values that are not taken. Raises InvalidInput for an option that the
    kind does not know, SourceUnreadable for files that cannot be read or hold too many rows that
    cannot be taken, LoadActive while another load of the kind goes on; nothing is changed then.
    """
    source = request.source
    _refuse_options(source, request.given)
    reading = source.open(request.files, request.given)
    if isinstance(reading, OnGrid) and store is not None:
        reading.place(store.places())
    what = source.publishes(reading)
    if request.dry_run or store is None:
        tally = _read(request, reading, None, progress, listener)
        return _report(request, reading, what, tally, outcome="recognised", rows=tally.rows)
    with store.lock(source.kind):
        again = None if request.from_scratch else store.in_force(source.kind, request.fingerprint)
        if again is not None:
            return Report(
                kind=source.kind,
                outcome="unchanged",
                facts=reading.facts,
                tables=again.tables,
                load_id=again.load_id,
                rows=again.rows,
            )
        return _staged_and_published(request, reading, what, store, progress, listener)


def _staged_and_published(
    request: Request,
    reading: Reading,
    what: Publication,
    store: LoadStore,
    progress: Progress,
    listener: Listener,
) -> Report:
    begun = _begin(request, what, store)
    stage = _Stage(store, begun)
    tally = _read(request, reading, stage, progress, listener)
    progress(99, Step(StepKind.publishing, request.source.kind))
    sources = reading.provenance()
    facts = {**reading.facts}
    rejects = tally.dropped + tally.unknown
    what = request.source.publishes(reading)  # now that the files are read
    rows = store.publish(stage.load, what, sources, facts, rejects)
    return _report(
        request,
        reading,
        what,
        tally,
        outcome="loaded",
        load_id=begun.load_id,
        rows=rows,
        resumed=begun.chunks,
    )


class _Stage:
    """Appends chunks to a load, except those that an earlier attempt has staged."""

    def __init__(self, store: LoadStore, begun: Load) -> None:
        self._store, self.load, self._skipped = store, begun, begun.chunks

    def __call__(self, chunk: Chunk) -> None:
        if self._skipped:
            self._skipped -= 1
        else:
            self.load = self._store.append(self.load, chunk.rows)


def _begin(request: Request, what: Publication, store: LoadStore) -> Load:
    """The attempt to go on with, or a new one."""
    kind, fingerprint = request.source.kind, request.fingerprint
    staged = None if request.from_scratch else store.staged(kind)
    if staged is not None and (staged.fingerprint, staged.tables) == (fingerprint, what.tables):
        return staged
    given = request.given.named()
    return store.begin(kind, fingerprint, request.files, given, what.tables, request.by)


def _read(
    request: Request,
    reading: Reading,
    stage: Callable[[Chunk], None] | None,
    progress: Progress,
    listener: Listener,
) -> Tally:
    """Read, count and stage all chunks; raises where too many rows cannot be taken."""
    tally = Tally()
    for chunk in reading.chunks():
        tally.add(chunk)
        listener(chunk.rejects)
        if stage is not None:
            stage(chunk)
        step = Step(StepKind.loading, request.source.kind, tally.read)
        progress(min(int(98 * chunk.share), 98), step)
    _refuse_rejects(request, tally)
    return tally


def _refuse_rejects(request: Request, tally: Tally) -> None:
    """Raise SourceUnreadable where nothing, or too little, of the files is left."""
    worst = tally.first_dropped
    if worst is not None and (
        tally.dropped > request.most_rejects * tally.read or not tally.rows.total()
    ):
        raise SourceUnreadable(
            "too_many_rejects",
            file=worst.file,
            row=worst.row,
            column=worst.column,
            value=worst.value,
            allowed=worst.allowed,
            dropped=tally.dropped,
            read=tally.read,
        )
    if not tally.rows.total():
        raise SourceUnreadable("table_empty", file=", ".join(f.name for f in request.files))


def _refuse_options(source: Source, given: Given) -> None:
    for name in given.named():
        if name not in source.takes | ALWAYS:
            raise InvalidInput("option_unknown", kind=source.kind, option=name)


def _report(
    request: Request, reading: Reading, what: Publication, tally: Tally, **others: Any
) -> Report:
    return Report(
        kind=request.source.kind,
        facts=reading.facts,
        tables=what.tables,
        read=tally.read,
        dropped=tally.dropped,
        unknown=tally.unknown,
        first_rejects=tally.first,
        parts=_parts(what),
        **others,
    )


def _parts(what: Publication) -> list[str]:
    """What a load replaces of its tables, in words; empty where it is all."""
    scopes = [f"{column}: {', '.join(values)}" for column, values in what.scope.values()]
    spans = [f"{column}: {first} – {last}" for column, first, last in what.within.values()]
    return list(dict.fromkeys([*what.fills, *scopes, *spans]))
