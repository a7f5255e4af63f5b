"""
Versions of a report: what was made of a run, by whom, and who signed it.

A version is its run, its settings, and the hash of what they gave; its files are made anew from
them. Where that gives other rows than it did, such as after an update of the program, the file
says so: a signature is one of the rows that were there when it was given.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Self

from modelops_core.domain.access import Caller
from modelops_core.domain.data_source import DataSource
from modelops_core.domain.stamp import KOREA
from modelops_core.errors import InvalidInput, ModelOpsError, NotAllowed
from modelops_core.ports import Row
from modelops_core.services.report.portfolio.content import Content, ReportTable, digest
from modelops_core.services.report.portfolio.gather import Choice
from modelops_core.services.report.portfolio.lenses import LensSet
from modelops_core.services.report.portfolio.texts import Say

#: the table of control totals, whose last row is the hash of all others
CONTROLS = "T16"
#: of the cover, after which row the version is said
COVER, AFTER = "T0", 2
NOTE_LIMIT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportVersion:
    """
    One version of the report of a run; nothing of it changes but that it is signed, once.

    ``tables`` has the hash of each table, ``failed`` the control totals that do not add up.
    ``made_person`` and ``signed_person`` are addresses, None where nobody signed in.
    """

    run_id: int
    number: int
    settings: Choice
    former_run_id: int | None
    sources: Sequence[DataSource]
    method_version: str
    content_hash: str
    tables: Mapping[str, str]
    failed: Sequence[str]
    made_by: str
    made_person: str | None
    made_at: datetime
    note: str = ""
    signed_by: str | None = None
    signed_person: str | None = None
    signed_at: datetime | None = None
    signed_note: str | None = None

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """From a row of the table."""
        day = date.fromisoformat(row["settings"]["reporting_date"])
        sources = [
            DataSource.from_row({**one, "loaded_at": datetime.fromisoformat(one["loaded_at"])})
            for one in row["sources"]
        ]
        settings = Choice(**{**row["settings"], "reporting_date": day})
        known = {f.name: row[f.name] for f in dataclasses.fields(cls) if f.name in row}
        return cls(**{**known, "settings": settings, "sources": sources})

    def unsignable(self, caller: Caller, changed: Sequence[str] = ()) -> ModelOpsError | None:
        """
        Why *caller* cannot sign it; None where they can.

        *changed* are the tables that are not what they were: nobody signs what they cannot see.
        """
        number = self.number
        if self.signed_at is not None:
            return InvalidInput("report_signed", number=number, who=self.signed_by)
        if caller.person is None:
            return NotAllowed("signature_needs_person")
        if self.made_person is None:
            return NotAllowed("report_of_nobody", number=number)
        if self.made_person == caller.person:
            return NotAllowed("own_report", number=number)
        return self._unsound(changed)

    def _unsound(self, changed: Sequence[str]) -> ModelOpsError | None:
        """What of its content forbids a signature; None where nothing does."""
        if self.failed:
            return InvalidInput("report_checks_fail", number=self.number, checks=list(self.failed))
        if changed:
            return InvalidInput("report_changed", number=self.number, tables=list(changed))
        return None

    def changed(self, content: Content) -> list[str]:
        """The tables whose rows are not those of when the version was made."""
        now = hashes(content)
        every = [*now, *(key for key in self.tables if key not in now)]
        return [key for key in every if now.get(key) != self.tables.get(key)]


def settled(choice: Choice, lens_set: LensSet) -> Choice:
    """The choice with all that it leaves to defaults, which may be others another day."""
    focus, facts = choice.focus(lens_set), choice.facts()
    return replace(
        choice,
        lens=focus.lens,
        threshold=focus.threshold,
        reporting_date=facts["reporting_date"],
        entity=_text(choice.entity, NOTE_LIMIT),
    )


def kept(content: Content, choice: Choice, caller: Caller, failed: Sequence[str]) -> Row:
    """What is stored of a report that *caller* makes."""
    settings = {**dataclasses.asdict(choice), "reporting_date": str(choice.reporting_date)}
    return {
        "settings": settings,
        "content_hash": digest(_hashed(content)),
        "tables": hashes(content),
        "failed": list(failed),
        "made_by": name_of(caller),
        "made_person": caller.person,
    }


def signature(caller: Caller, said: str, content: Content) -> Row:
    """What is stored of a signature: who, their note, and the tables that they sign."""
    return {
        "signed_by": name_of(caller),
        "signed_person": caller.person,
        "signed_note": said,
        "signed_tables": hashes(content),
    }


def name_of(caller: Caller) -> str:
    """Who acts, as a report says it: a person before the key that they use."""
    return caller.name if caller.holder is None else f"{caller.holder} ({caller.name})"


def hashes(content: Content) -> dict[str, str]:
    """The hash of each table but the control totals, by key."""
    return {table.key: digest([table]) for table in _hashed(content)}


def _hashed(content: Content) -> list[ReportTable]:
    return [table for table in content.tables if table.key != CONTROLS]


def note(text: str) -> str:
    """A note as it is kept; raises InvalidInput for a long one."""
    return _text(text, NOTE_LIMIT)


def _text(text: str, limit: int) -> str:
    """One line without what cannot be printed or stored."""
    stripped = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if len(stripped) > limit:
        raise InvalidInput("note_length", count=len(stripped), limit=limit)
    return stripped


def headed(content: Content, version: ReportVersion | None, changed: Sequence[str] = ()) -> Content:
    """The report with its version on the cover and in the footer; None is a draft."""
    say = Say(content.language)
    rows = [[say(f"cover.{name}"), text] for name, text in _said(version, changed, say).items()]
    tables = [
        replace(table, rows=[*table.rows[:AFTER], *rows, *table.rows[AFTER:]])
        if table.key == COVER
        else table
        for table in content.tables
    ]
    return replace(content, tables=tables, footer=f"{content.footer} · {_foot(version, say)}")


def _said(version: ReportVersion | None, changed: Sequence[str], say: Say) -> Mapping[str, str]:
    if version is None:
        return {"report_version": say("draft_version"), "signer": say("unsigned")}
    hashed = say("hash_changed", tables=", ".join(changed)) if changed else say("hash_same")
    said = {
        "report_version": str(version.number),
        "made_by": _who(version.made_by, version.made_at, version.note),
        "signer": say("unsigned"),
        "content_hash": f"{version.content_hash} · {hashed}",
    }
    if version.signed_by is not None and version.signed_at is not None:
        said["signer"] = _who(version.signed_by, version.signed_at, version.signed_note or "")
        if changed:
            said["signer"] += f" · {say('signed_before')}"
    return said


def _who(name: str, at: datetime, text: str) -> str:
    """Name, time in Korea and note."""
    said = f"{name}, {at.astimezone(KOREA):%Y-%m-%d %H:%M}"
    return f"{said} · {text}" if text else said


def _foot(version: ReportVersion | None, say: Say) -> str:
    if version is None:
        return say("draft_version")
    signed = say("unsigned") if version.signed_by is None else say("is_signed")
    return say("foot_version", number=version.number, signed=signed)


def as_row(version: ReportVersion) -> dict[str, Any]:
    """A version as lists and answers show it: without the data sets and the hashes of tables."""
    apart = ("sources", "tables")
    names = [field.name for field in dataclasses.fields(version) if field.name not in apart]
    row = {name: getattr(version, name) for name in names}
    return {**row, "settings": dataclasses.asdict(version.settings)}
