"""Turns the texts of a sheet into a block's typed columns, and says of each refused cell why."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from modelops_core.domain.climate import BoolArray
from modelops_core.domain.portfolio import TextArray
from modelops_core.domain.portfolio.fields import BlockFields
from modelops_core.domain.portfolio.findings import Cited, Problem
from modelops_core.domain.portfolio.table import Table
from modelops_core.domain.site import LATITUDES, LONGITUDES
from modelops_core.domain.source import Field, Reject
from modelops_core.sources import headers
from modelops_core.sources.delimited import Frame
from modelops_core.sources.portfolio import proposals
from modelops_core.sources.portfolio.sheet import Sheet
from modelops_core.sources.validation import check

#: what a spreadsheet writes in place of a result
ERRORS = ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!")
_DAY = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?")
#: what a header says of its unit, in brackets or at its end → factor to the field's own unit
UNITS: Mapping[str, Mapping[str, float]] = {
    "KRW": {
        **{"천원": 1e3, "만원": 1e4, "백만원": 1e6, "천만원": 1e7, "억원": 1e8, "조원": 1e12},
        **{"천": 1e3, "만": 1e4, "백만": 1e6, "천만": 1e7, "억": 1e8, "조": 1e12},
        **{"krwmn": 1e6, "krwbn": 1e9},
    },
    "m²": {"평": 400 / 121, "ft2": 0.09290304, "ft²": 0.09290304, "sqft": 0.09290304},
}
#: other ways to write the unit of the fields themselves
SAME = frozenset({"", "krw", "원", "₩", "m2", "m²", "㎡", "제곱미터", "sqm"})
#: control characters but tab and line breaks
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
_BRACKETS = re.compile(r"[(\[{](?:단위\s*[:：]\s*)?(.*?)[)\]}]")
#: what a coordinate should be; metres are understood too
COORDINATES = {"lat": LATITUDES, "lon": LONGITUDES}
#: how alike a header and a known name must be to be proposed
ALIKE = 0.8


def typed(sheet: Sheet, block: BlockFields) -> tuple[Table, list[Problem]]:
    """The columns of *block* that the sheet has, and the cells that were not taken."""
    found = headers.find(sheet.headers, block.fields, sheet.file)
    at = {name: sheet.headers.index(header) for name, header in found.items()}
    cells = sheet.cells[list(at.values())].set_axis(list(at), axis=1)
    cells, problems = _without_errors(cells, sheet, at)
    declared = [field for field in block.fields if field.name in at]
    texts = [field.name for field in declared if field.kind == "text"]
    cells, unseen = _without_controls(cells, sheet, {name: at[name] for name in texts})
    problems += unseen
    checked = check(Frame(cells, sheet.rows, 1.0), declared, sheet.file)
    problems += [*_same_field(sheet, declared, at), *_refused(checked.rejects, sheet, at, block)]
    values: dict[str, Any] = {}
    for field in declared:
        column = _values(checked.values[field.name], field)
        factor = _factor(sheet, at[field.name], field)
        values[field.name] = column if factor == 1 else column * factor
        problems += _doubts(
            sheet, at[field.name], field, column, cells[field.name], checked.rejects
        )
        problems += _unit(sheet, at[field.name], factor, field)
    return _table(sheet, block, values, at), problems


def _table(
    sheet: Sheet, block: BlockFields, values: dict[str, Any], at: Mapping[str, int]
) -> Table:
    return Table(
        block=block.name,
        sheet=sheet.name,
        rows=sheet.rows,
        values=values,
        cited={name: sheet.cited(column) for name, column in at.items()},
    )


def _values(column: pd.Series, field: Field) -> Any:
    if field.kind == "text":
        return column.fillna("").to_numpy(dtype=object)
    if field.kind == "time":
        return column.to_numpy().astype("datetime64[D]")
    return column.to_numpy(dtype=float)


def _without_errors(
    cells: pd.DataFrame, sheet: Sheet, at: Mapping[str, int]
) -> tuple[pd.DataFrame, list[Problem]]:
    """The cells with '' for error values of a spreadsheet, and where those stood."""
    problems = []
    for name, column in at.items():
        wrong = cells[name].isin(ERRORS).to_numpy()
        if wrong.any():
            problems.append(_problem("formula_error", sheet, column, wrong))
            cells = cells.assign(**{name: cells[name].mask(wrong, "")})
    return cells, problems


def _without_controls(
    cells: pd.DataFrame, sheet: Sheet, at: Mapping[str, int]
) -> tuple[pd.DataFrame, list[Problem]]:
    """The cells without characters that neither database nor XML can keep, and where they stood."""
    problems = []
    for name, column in at.items():
        wrong = cells[name].str.contains(_CONTROL, regex=True).to_numpy(dtype=bool)
        if not wrong.any():
            continue
        shown = cells[name][wrong].str.replace(_CONTROL, "\N{REPLACEMENT CHARACTER}", regex=True)
        clean = cells[name].str.replace(_CONTROL, "", regex=True)
        problems.append(
            replace(
                _problem("control_character", sheet, column, wrong),
                values=shown.to_numpy(dtype=object),
                proposals=clean[wrong].to_numpy(dtype=object),
            )
        )
        cells = cells.assign(**{name: clean})
    return cells, problems


def _problem(code: str, sheet: Sheet, column: int, where: BoolArray, **facts: Any) -> Problem:
    cited = sheet.cited(column)
    assert cited.text is not None
    return Problem(
        code=code,
        sheet=sheet.name,
        column=Cited(header=cited.header, letter=cited.letter),
        rows=sheet.rows[where],
        values=cited.text[where],
        facts=facts,
    )


def _same_field(
    sheet: Sheet, declared: Sequence[Field], at: Mapping[str, int]
) -> Iterator[Problem]:
    """What is said of columns that hold a field which another column was read for."""
    for field in declared:
        names = {headers.plain(name) for name in (field.name, *field.headers)}
        for column, header in enumerate(sheet.headers):
            if headers.plain(header) in names and column not in at.values():
                yield Problem(
                    code="header_twice",
                    sheet=sheet.name,
                    column=Cited(header=header, letter=sheet.letters[column]),
                    facts={
                        "column": _lettered(sheet, column),
                        "other": _lettered(sheet, at[field.name]),
                    },
                )


def _lettered(sheet: Sheet, column: int) -> str:
    """A header with the letter of its column, where the file has letters."""
    header, brackets = sheet.headers[column], f"({sheet.letters[column]})"
    bare = brackets == "()" or header.endswith(brackets)
    return header if bare else f"{header} {brackets}"


def _refused(
    rejects: Sequence[Reject], sheet: Sheet, at: Mapping[str, int], block: BlockFields
) -> list[Problem]:
    """Problems for what the check of types and ranges did not take, by column and reason."""
    groups: dict[tuple[str, str], list[Reject]] = {}
    for reject in rejects:
        day = reject.reason == "not_a_number" and _DAY.fullmatch(reject.value)
        code = "date_for_number" if day else reject.reason
        groups.setdefault((code, reject.column), []).append(reject)
    return [
        Problem(
            code=code,
            sheet=sheet.name,
            column=Cited(header=sheet.headers[at[name]], letter=sheet.letters[at[name]]),
            rows=np.array([one.row for one in own], dtype=np.int64),
            values=_objects(one.value for one in own),
            proposals=_objects(proposals.of(code, one.value, block[name]) for one in own),
            facts={"allowed": allowed(block[name])},
        )
        for (code, name), own in groups.items()
    ]


def allowed(field: Field) -> str:
    """What a field takes, in figures that need no language."""
    if field.kind == "time":
        return "YYYY-MM-DD"
    low, high = COORDINATES.get(field.name, (field.low, field.high))
    unit = f" {field.unit}" if field.unit not in ("", "storeys") else ""
    if np.isinf(low) or np.isinf(high):
        return f"0–9{unit}"
    return f"{_figure(low)} – {_figure(high)}{unit}"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1e4 else f"{value:g}"


def _doubts(
    sheet: Sheet,
    column: int,
    field: Field,
    values: Any,
    cells: pd.Series,
    rejects: Sequence[Reject],
) -> list[Problem]:
    """Numbers that a spreadsheet holds as text, days in a column of texts, codes for unknown."""
    if field.kind == "text":
        days = sheet.as_day.get(column)
        return [] if days is None else [_problem("date_for_text", sheet, column, days)]
    if field.kind == "time":
        return []
    problems = []
    as_text = sheet.as_text.get(column)
    if as_text is not None and (stored := as_text & ~np.isnan(values)).any():
        problems.append(_problem("number_as_text", sheet, column, stored))
    unknown = np.isnan(values) & (cells != "").to_numpy()
    if unknown.any():
        refused = [reject.row for reject in rejects if reject.column == field.name]
        coded = unknown & ~np.isin(sheet.rows, refused)
        if coded.any():
            written = ", ".join(sorted(set(cells[coded]))[:5])
            problems.append(_problem_of_column("code_for_unknown", sheet, column, written, coded))
    return problems


def _problem_of_column(
    code: str, sheet: Sheet, column: int, written: str, where: BoolArray
) -> Problem:
    cited = sheet.cited(column)
    return Problem(
        code=code,
        sheet=sheet.name,
        column=Cited(header=cited.header, letter=cited.letter),
        facts={"written": written, "count": int(where.sum())},
    )


def _unit(sheet: Sheet, column: int, factor: float, field: Field) -> list[Problem]:
    """What was made of the unit of a header, or of the title, for money or an area."""
    header = sheet.headers[column]
    written = _in_brackets(header)
    if factor == 1 and (field.unit not in UNITS or written in SAME):
        return []
    cited = Cited(header=header, letter=sheet.letters[column])
    if factor == 1:
        facts: dict[str, Any] = {"written": written, "unit": field.unit}
        return [Problem(code="unit_not_read", sheet=sheet.name, column=cited, facts=facts)]
    code, facts = "unit_of_header", {"factor": factor}
    if not written:
        code, facts = "unit_of_title", {**facts, "written": sheet.unit}
    return [Problem(code=code, sheet=sheet.name, column=cited, facts=facts)]


def _factor(sheet: Sheet, column: int, field: Field) -> float:
    """What the unit of a header, else that of the title, is in the field's; 1 for what is none."""
    known = UNITS.get(field.unit, {})
    if written := _in_brackets(sheet.headers[column]):
        return known.get(written, 1.0)
    titled = (part.replace(" ", "").casefold() for part in re.split(r"[,·/]", sheet.unit))
    return next((known[part] for part in titled if part in known), 1.0)


def _in_brackets(header: str) -> str:
    return "".join(_BRACKETS.findall(header)).replace(" ", "").casefold()


def unknown_headers(sheet: Sheet, blocks: Sequence[BlockFields]) -> list[Problem]:
    """Columns that no block reads, with the known name that each is most like."""
    fields = [field for block in blocks for field in block.fields]
    known = {_letters(name): name for f in fields for name in (f.name, *f.headers)}
    problems = []
    for column, header in enumerate(sheet.headers):
        if (own := _letters(header)) in known or not own:
            continue
        alike = difflib.get_close_matches(own, known, n=1, cutoff=ALIKE)
        problems.append(
            Problem(
                code="header_alike" if alike else "header_unknown",
                sheet=sheet.name,
                column=Cited(header=header, letter=sheet.letters[column]),
                facts={"alike": known[alike[0]] if alike else ""},
            )
        )
    return problems


def _letters(header: str) -> str:
    """A header for comparison, Korean syllables taken apart: 엑 and 액 differ in one of three."""
    return unicodedata.normalize("NFD", headers.plain(header))


def _objects(values: Any) -> TextArray:
    return np.array(list(values), dtype=object)
