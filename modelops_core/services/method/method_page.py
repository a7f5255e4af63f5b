"""
The method as sections: registry and parameter file → words and typed rows.

What the dashboard's method page and docs/method.md show. Texts about a peril are its own
docstrings; numbers come from the parameter file, so that neither can be out of date.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from modelops_core.domain.flags import FLAGS
from modelops_core.domain.parameters import COMMON, Parameter, ParameterFile, Params
from modelops_core.domain.peril import Fitted, Limit, Mean, Peril, Prescribed
from modelops_core.services.method import method_text as text
from modelops_core.services.method.method_text import Words
from modelops_core.stages import totals

#: the mark of a number that the file holds for later
NOT_YET = "not used yet"
#: title of each common group of numbers
GROUPS = {
    "frame": ("Frame", "공통 틀"),
    "exposure": ("Exposure and asset value", "노출과 자산가액"),
    "vulnerability": ("Vulnerability", "취약성"),
    "flood": ("Flood and rain", "침수와 강우"),
}


@dataclass(frozen=True, slots=True)
class Number:
    """One entry of the parameter file, ready to be shown."""

    key: str
    value: str
    unit: str
    low: str
    high: str
    source: str
    provenance: str
    grade: str
    note: str
    #: the value as columns and rows, where it is a table
    table: tuple[tuple[str, ...], ...] = ()

    @property
    def used(self) -> bool:
        """False for a number that the calculation does not read yet."""
        return not self.note.startswith(NOT_YET)


@dataclass(frozen=True, slots=True)
class NumberTable:
    """Numbers that belong together."""

    title: str
    title_ko: str
    rows: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Class:
    """A class of intensity [lower, upper), and the base damage ratio at its lower edge."""

    number: int
    lower: float | None
    upper: float | None
    ratio: float


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The damage curve at an intensity: share of the exposed value, as published and as base."""

    curve: str
    x: float
    published: float
    base: float


@dataclass(frozen=True, slots=True)
class Statistic:
    """One statistic behind H: its anchors score 0, .2, .4, .6, .8 and 1."""

    name: str
    unit: str
    weight: float
    period: float | None
    anchors: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Weight:
    """A factor's weight in V."""

    factor: str
    label_ko: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A chapter of the method; the last eight fields belong to perils."""

    number: int
    key: str
    title: str
    title_ko: str
    words: tuple[Words, ...]
    tables: tuple[NumberTable, ...] = ()
    peril: Peril | None = None
    classes: tuple[Class, ...] = ()
    curve: tuple[CurvePoint, ...] = ()
    statistics: tuple[Statistic, ...] = ()
    weights: tuple[Weight, ...] = ()
    limits: tuple[Limit, ...] = ()
    references: tuple[str, ...] = ()
    example: str = ""


def sections(
    perils: Mapping[str, Peril],
    parameters: ParameterFile,
    examples: Mapping[str, str] | None = None,
) -> list[Section]:
    """The common frame, a section a peril, totals, uncertainty, what must be said, how to read."""
    shipped = sorted(
        (p for p in perils.values() if p.parameters is None),
        key=lambda p: [*parameters.sections].index(p.key),
    )
    added = [p for p in perils.values() if p.parameters is not None]
    known = examples or {}
    out = [_frame(parameters)]
    out += [_peril(number, p, parameters, known) for number, p in enumerate(shipped, 2)]
    out += _closing(len(out) + 1, parameters, perils)
    return out + [
        _peril(number, p, parameters, known) for number, p in enumerate(added, len(out) + 1)
    ]


def _closing(first: int, parameters: ParameterFile, perils: Mapping[str, Peril]) -> list[Section]:
    """Chapters of words after those of the shipped perils, numbered from *first*."""
    uncertainty = _filled(text.UNCERTAINTY, parameters)
    statements = (*text.STATEMENTS, text.NOT_MODELLED)
    reading = (*text.STATUSES, *_flags())
    chapters = (
        ("totals", "Integrated risk, totals, portfolio", "통합위험과 합계", _summed(perils)),
        ("uncertainty", "Uncertainty", "불확실성", uncertainty),
        ("statements", "What must be said on screen", "화면에 밝힐 것", statements),
        ("reading", "How to read status and flags", "상태와 표식 읽기", reading),
    )
    return [_plain(number, *chapter) for number, chapter in enumerate(chapters, first)]


def _summed(perils: Mapping[str, Peril]) -> tuple[Words, ...]:
    """What may be added, with the subtotals as the perils declare their overlaps."""
    labels = {key: peril.label for key, peril in perils.items()}
    formulas = {kind: totals.formula(kind, perils, labels) for kind in ("physical", "operating")}
    return tuple(Words(w.title, w.title_ko, w.text.format_map(formulas)) for w in text.TOTALS)


def _plain(number: int, key: str, title: str, title_ko: str, words: tuple[Words, ...]) -> Section:
    return Section(number=number, key=key, title=title, title_ko=title_ko, words=words)


def _flags() -> Iterator[Words]:
    return (Words(flag.code, "", flag.en, flag.ko) for flag in FLAGS.values())


def _frame(file: ParameterFile) -> Section:
    words = _filled(text.FRAME, file)
    tables = tuple(NumberTable(*GROUPS[name], _numbers(file, name)) for name in COMMON)
    return Section(
        number=1, key="frame", title="Common frame", title_ko="공통 틀", words=words, tables=tables
    )


def _filled(words: tuple[Words, ...], file: ParameterFile) -> tuple[Words, ...]:
    """*words* with the common numbers in their braces."""
    values = {
        p.key.partition(".")[2]: shown(p.value)
        for name in COMMON
        for p in file.sections.get(name, {}).values()
    }
    return tuple(Words(w.title, w.title_ko, w.text.format_map(values)) for w in words)


def _peril(number: int, peril: Peril, file: ParameterFile, examples: Mapping[str, str]) -> Section:
    p = file.params(peril.key)
    return Section(
        number=number,
        key=peril.key,
        title=peril.label,
        title_ko=peril.label_ko,
        words=tuple(_words(peril)),
        tables=(NumberTable("Numbers", "수치", _numbers(file, peril.key)),),
        peril=peril,
        classes=_classes(peril, p),
        curve=tuple(_curve(peril, p)),
        statistics=tuple(_statistics(peril, p)),
        weights=tuple(
            Weight(k, text.FACTORS_KO.get(k, k), w) for k, w in p["vulnerability_weights"].items()
        ),
        limits=peril.limits,
        references=peril.references,
        example=examples.get(peril.key, "").strip(),
    )


def _words(peril: Peril) -> Iterator[Words]:
    about = _prose(sys.modules[peril.indices.__module__].__doc__)
    yield Words(
        "Intensity", "강도 X", f"{peril.intensity} [{peril.unit}]. {about}", peril.intensity_ko
    )
    yield Words("Indicator", "지표", _prose(inspect.getdoc(peril.indices)))
    yield Words("Frequency P(H)", "발생 빈도", text.FREQUENCIES[type(peril.frequency).__name__])
    yield Words("Damage curve", "손상곡선", _prose(inspect.getdoc(peril.damage)))
    yield Words("Proximity P in E", "근접도", _prose(inspect.getdoc(peril.proximity)))
    yield Words("Site factor", "입지계수", text.SITE_FACTORS[peril.site_factor])
    yield Words("Exposed value", "노출 가액", text.EXPOSED[peril.storeys_matter])
    for title, korean, function in (
        ("Doubts about the data", "자료 점검", peril.quality),
        ("Not applicable", "해당 없음", peril.not_applicable),
    ):
        if function is not None:
            yield Words(title, korean, _prose(inspect.getdoc(function)))


def _prose(docstring: str | None) -> str:
    """A docstring as running text."""
    words = re.sub(r"\s+", " ", inspect.cleandoc(docstring or "")).strip()
    return re.sub(r"(\[\d+\])_", r"\1", words).replace("``", "")


def _classes(peril: Peril, p: Params) -> tuple[Class, ...]:
    edges = [None, *map(float, p["bins"]), None]
    ratios = peril.damage(np.array([0.0, *p["bins"]]), p)
    return tuple(Class(i + 1, edges[i], edges[i + 1], float(ratios[i])) for i in range(len(ratios)))


def _curve(peril: Peril, p: Params) -> Iterator[CurvePoint]:
    """The curve at the table's depths, else at the classes' edges, between and beyond them."""
    table, edges = p["depth_damage"], np.asarray(p["bins"], dtype=float)
    wet = isinstance(peril.frequency, Fitted | Prescribed)
    points = table["depth"] if wet else [*edges, *(edges[1:] + edges[:-1]) / 2, edges[-1] * 1.5]
    for curve in [name for name in table if name != "depth"] if wet else [""]:
        x = np.unique(np.asarray(points, dtype=float))
        for at, base in zip(x, peril.damage(x, p, curve), strict=True):
            yield CurvePoint(
                curve, float(at), float(base) * (1 + p["reference_vulnerability"]), float(base)
            )


def _statistics(peril: Peril, p: Params) -> Iterator[Statistic]:
    for s in peril.hazard:
        weight = 1.0 if s.weight is None else float(p[s.weight])
        anchors = tuple(map(float, p[s.anchors]))
        if isinstance(s, Mean):
            yield Statistic(f"mean of {s.index}", s.unit, weight, None, anchors)
        else:
            yield Statistic(s.name, s.unit, weight, float(p[s.period]), anchors)


def _numbers(file: ParameterFile, section: str) -> tuple[Number, ...]:
    return tuple(_number(p) for p in file.sections.get(section, {}).values())


def _number(p: Parameter) -> Number:
    table = _table(p.value)
    low, high = ("" if value is None else shown(value) for value in (p.low, p.high))
    value = "see the table" if table else shown(p.value)
    sets = (f"under {name}: {shown(other)}" for name, other in p.sets.items())
    note = "; ".join(filter(None, (p.note, *sets)))
    return Number(p.key, value, p.unit, low, high, p.source, p.provenance, p.grade, note, table)


def shown(value: Any) -> str:
    """A parameter's value as text."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {shown(entry)}" for key, entry in value.items())
    if isinstance(value, list):
        return ("–" if _years(value) else ", ").join(
            str(v) if _years(value) else shown(v) for v in value
        )
    if isinstance(value, int | float) and abs(value) >= 10_000:
        return f"{value:,.0f}"
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _years(value: list[Any]) -> bool:
    """Whether a list is a span of years."""
    return len(value) == 2 and all(isinstance(y, int) and 1900 < y < 2200 for y in value)


def _table(value: Any) -> tuple[tuple[str, ...], ...]:
    """Header and rows of a value that is a table; empty for one that is not."""
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return (tuple(value[0]), *(tuple(shown(v) for v in row.values()) for row in value))
    if not isinstance(value, Mapping):
        return ()
    entries = list(value.values())
    if (
        all(isinstance(e, list) for e in entries)
        and len({len(e) for e in entries}) == 1
        and len(entries[0]) > 2
    ):
        return (tuple(value), *(tuple(map(shown, row)) for row in zip(*entries, strict=True)))
    if all(isinstance(e, Mapping) for e in entries):
        columns = list(dict.fromkeys(k for e in entries for k in e))
        return (
            ("", *columns),
            *((k, *(shown(e.get(c, "–")) for c in columns)) for k, e in value.items()),
        )
    return ()
