"""Reads the method's sections and numbers and words them in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from modelops_core import data
from modelops_core.domain.parameters import COMMON
from modelops_core.ports import Row
from modelops_core.services.method import method_page
from modelops_core.services.method.method_page import Number, Section, shown
from modelops_core.services.method.method_text import Words
from modelops_core.services.night.tiles import METHOD_VERSION
from modelops_core.ui.kit import cache, filters, formats, labels
from modelops_core.ui.kit.files.table_files import Head
from modelops_core.ui.kit.i18n import catalogue, language, t

NUMBER_COLUMNS = (
    "section",
    "key",
    "value",
    "unit",
    "low",
    "high",
    "source",
    "provenance",
    "grade",
    "note",
)
#: on the page long texts stand last: what is cut on a narrow screen is their end
SHOWN = (*(c for c in NUMBER_COLUMNS if c not in ("source", "note")), "used", "source", "note")
#: a value of another parameter set among the notes, and a chapter of our method among the sources
_SET = re.compile(r"^under (\w+): ")
_CHAPTER = re.compile(r"\bmethod (2 )?§")
#: a small number as the parameter file has it, and a horizon's key
_EXPONENT, _DECADE = re.compile(r"\d+(?:\.\d+)?e-\d+"), re.compile(r"\b(\d{4})s\b")
PROVENANCES = ("F", "C", "M", "A")
GRADES = ("A", "B", "C", "D")


@st.cache_resource(max_entries=2, show_spinner=False)
def _sections(digest: str) -> list[Section]:
    return method_page.sections(cache.app().perils, cache.app().parameters, data.worked_examples())


def sections() -> list[Section]:
    """Every chapter of the method."""
    return _sections(cache.app().parameters.digest())


def section(key: str) -> Section:
    """One chapter."""
    return next(s for s in sections() if s.key == key)


def numbers() -> list[tuple[str, Number]]:
    """Every number with the section of the parameter file that holds it."""
    return [
        (n.key.partition(".")[0], n) for s in sections() for table in s.tables for n in table.rows
    ]


def title(code: str) -> str:
    """A section of the parameter file in the reader's language."""
    peril = cache.app().perils.get(code)
    if peril is not None:
        return cache.peril_label(peril)
    english, korean = method_page.GROUPS.get(code, (code, code))
    return korean if language() == "ko" else english


def heading(words: Words) -> str:
    """The heading of a text."""
    if language() == "ko" and words.title_ko:
        return words.title_ko
    return words.title[:1].upper() + words.title[1:]


def paragraph(words: Words, key: str = "") -> str:
    """A text: the catalogue's with today's numbers, else its own Korean, else English."""
    if f"method.{key}" in catalogue():
        subtotals = {kind: filters.subtotal_formula(kind) for kind in ("physical", "operating")}
        return t(f"method.{key}", **common_values(), **subtotals)
    said = words.text_ko if language() == "ko" and words.text_ko else words.text
    return formats.unbroken(said)


def origin() -> str:
    """Version of the method and parameters, for figures."""
    return t("method.origin", method=METHOD_VERSION, digest=cache.app().parameters.digest())


def common_values() -> dict[str, str]:
    """The common numbers by name, for texts."""
    file = cache.app().parameters
    return {
        p.key.partition(".")[2]: written(shown(p.value))
        for name in COMMON
        for p in file.sections.get(name, {}).values()
    }


def written(value: str) -> str:
    """A parameter's value as a reader writes it: no exponents, a minus sign, names of horizons."""
    plain = _EXPONENT.sub(lambda found: f"{Decimal(found[0]):f}", value)
    named = _DECADE.sub(r"\1년대", plain) if language() == "ko" else plain
    return formats.unbroken(formats.minus(named))


def note(n: Number) -> str:
    """What is said of a number, in the reader's language; other sets' values stand behind it."""
    korean = data.korean_of_parameters()["notes"].get(n.key)
    if language() != "ko":
        return n.note
    sets = [_SET.sub(r"\1 세트: ", part) for part in n.note.split("; ") if _SET.match(part)]
    return "; ".join(filter(None, (korean, *sets)))


def source(n: Number) -> str:
    """Where a number was published, as it is written there; our own method by its Korean name."""
    return _CHAPTER.sub(r"방법론 \1§", n.source) if language() == "ko" else n.source


def number_row(code: str, n: Number) -> Row:
    """A number for tables, in the reader's language."""
    value = n.value if not n.table else t("method.table", rows=len(n.table) - 1)
    return {
        "section": title(code),
        "key": n.key,
        "value": value,
        "unit": labels.parameter_unit(n.unit),
        "low": n.low,
        "high": n.high,
        "source": source(n),
        "provenance": n.provenance,
        "grade": n.grade,
        "note": note(n),
    }


def file_rows(found: Sequence[tuple[str, Number]]) -> list[Row]:
    """Numbers for files: a table is a row an entry."""
    rows: list[Row] = []
    for code, n in found:
        as_written = {"section": code, "unit": n.unit, "source": n.source, "note": n.note}
        row = {**number_row(code, n), **as_written}
        if not n.table:
            rows.append(row)
        header = n.table[0] if n.table else ()
        for line in n.table[1:]:
            rows.append(
                {
                    **row,
                    "value": "; ".join(
                        f"{h} {v}".strip() for h, v in zip(header, line, strict=True)
                    ),
                }
            )
    return rows


def head(about: str) -> Head:
    """What every file of this page says first."""
    file = cache.app().parameters
    return [
        ("product", "ModelOps"),
        ("about", about),
        ("method_version", METHOD_VERSION),
        ("parameter_set", f"central {file.digest()}, version {file.version}"),
        (
            "provenance",
            "F read in the source; M from memory, verify before quoting; A assumption; C computed "
            "here",
        ),
        ("grade", "A Korean losses; B published elsewhere; C stated unit costs; D placeholder"),
    ]


def chapter(section: Section) -> str:
    """A chapter's title."""
    return section.title_ko if language() == "ko" else section.title
