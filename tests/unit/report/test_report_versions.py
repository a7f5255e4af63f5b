"""Versions of a report: what its hash covers, what its files say, and who may sign."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest

from modelops_core.domain.access import Caller
from modelops_core.errors import InvalidInput, sentence
from modelops_core.services.report.portfolio import versions
from modelops_core.services.report.portfolio.gather import Choice
from modelops_core.services.report.portfolio.lenses import shipped
from modelops_core.services.report.portfolio.report import content
from tests.unit.report.portfolio_report import CHOICE, material

MADE = datetime(2026, 11, 30, 20, tzinfo=UTC)
ANALYST = Caller("a@b.kr", "a@b.kr", "analyst", kind="person")
SECOND = Caller("c@b.kr", "c@b.kr", "admin", kind="person")


@pytest.fixture(scope="module")
def found():
    """The report in Korean, without a version."""
    return content(material(), "ko")


def version(found, caller=ANALYST, **changed):
    """The first version of a report, as the database gives it."""
    own = versions.settled(CHOICE, shipped())
    row = versions.kept(found, own, caller, [])
    kept = {"run_id": 7, "number": 1, "former_run_id": None, "sources": [], "method_version": "2"}
    return versions.ReportVersion.from_row({**row, **kept, "made_at": MADE, **changed})


def cover(content):
    """The rows of T0 by name."""
    return dict(content.table("T0").rows)


def test_the_hash_is_what_the_report_prints_and_a_signature_leaves_it(found):
    """The last row of T16; the cover says version and people, and is no part of it."""
    made = version(found)
    assert made.content_hash in found.table("T16").rows[-1][0]
    signed = dataclasses.replace(made, signed_by="c@b.kr", signed_person="c@b.kr",
                                 signed_at=MADE, signed_note="확인")  # fmt: skip
    shown = versions.headed(found, signed)
    assert cover(shown)["작성자"] == "a@b.kr, 2026-12-01 05:00"
    assert cover(shown)["서명자"] == "c@b.kr, 2026-12-01 05:00 · 확인"
    assert made.content_hash in cover(shown)["내용 해시(sha256)"]
    assert shown.footer.endswith("보고서 1판 · 서명됨")
    assert signed.changed(found) == []
    assert cover(versions.headed(found, None))["보고서 판"].startswith("초안")
    assert cover(versions.headed(found, made))["서명자"] == "서명 전"


def test_what_is_not_as_it_was_is_said(found):
    """One cell of one table: cover and refusal name the table, which no signature covers."""
    table = found.table("T3")
    rows = [list(row) for row in table.rows]
    rows[0][table.position("amount")] += 1.0
    tables = [dataclasses.replace(t, rows=rows) if t is table else t for t in found.tables]
    again = dataclasses.replace(found, tables=tables)
    made = version(
        found, signed_by="c@b.kr", signed_person="c@b.kr", signed_at=MADE, signed_note=""
    )
    assert made.changed(again) == ["T3"]
    refused = version(found).unsignable(SECOND, made.changed(again))
    assert refused is not None
    assert (refused.code, refused.values["tables"]) == ("report_changed", ["T3"])
    assert all("T3" in sentence(refused.code, refused.values, own) for own in ("ko", "en"))
    fewer = [t for t in found.tables if t.key != "T13"]
    assert made.changed(dataclasses.replace(found, tables=fewer)) == ["T13"]
    shown = cover(versions.headed(again, made, ["T3"]))
    assert shown["내용 해시(sha256)"].endswith("작성 당시와 다른 표: T3")
    assert "미치지 않습니다" in shown["서명자"]


@pytest.mark.parametrize(
    ("changed", "caller", "code"),
    [
        ({}, SECOND, None),
        ({}, Caller("key k (a)", "key k", "run", kind="key", holder="c@b.kr"), None),
        ({}, ANALYST, "own_report"),
        ({}, Caller("key k (a)", "key k", "run", kind="key", holder="a@b.kr"), "own_report"),
        ({}, Caller("key k (a)", "key k", "admin", kind="key"), "signature_needs_person"),
        ({}, Caller("local", None, "admin"), "signature_needs_person"),
        ({"made_person": None}, SECOND, "report_of_nobody"),
        ({"failed": ["T3"]}, SECOND, "report_checks_fail"),
        ({"signed_at": MADE, "signed_by": "d"}, SECOND, "report_signed"),
    ],
)
def test_a_second_person_who_is_known_signs(found, changed, caller, code):
    """Neither who made it, by whatever key, nor nobody; and once."""
    reason = version(found, **changed).unsignable(caller)
    assert (reason and reason.code) == code
    assert "{" not in str(reason)


def test_what_a_key_makes_its_holder_does_not_sign(found):
    """The key's name is another than the person's; the person counts."""
    key = Caller("key k (a)", "key k", "run", kind="key", holder="a@b.kr")
    reason = version(found, caller=key).unsignable(ANALYST)
    assert reason is not None
    assert reason.code == "own_report"


def test_settings_are_kept_whole(found):
    """Defaults of lens, threshold and day as they were, one line of text."""
    own = versions.settled(Choice(entity="가\n 나\0다 "), shipped())
    lens = shipped().lenses[own.lens]
    assert (own.threshold, own.entity) == (lens.threshold, "가 나 다")
    assert own.reporting_date is not None
    assert version(found).settings == versions.settled(CHOICE, shipped())
    with pytest.raises(InvalidInput):
        versions.note("x" * 501)
