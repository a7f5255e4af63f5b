"""
A portfolio as its owner wrote it: read once, corrected cell by cell, and typed as often as needed.

Nothing of the file is lost: a correction changes one cell and keeps the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from modelops_core.domain.climate import BoolArray
from modelops_core.domain.portfolio import TextArray
from modelops_core.domain.portfolio.choices import Choices
from modelops_core.domain.portfolio.fields import SITES, BlockFields
from modelops_core.domain.portfolio.findings import Cited, Finding, Problem
from modelops_core.domain.portfolio.table import Table
from modelops_core.sources.portfolio import containers, formats
from modelops_core.sources.portfolio.blank import GUIDE_HEADERS
from modelops_core.sources.portfolio.shape import Format
from modelops_core.sources.portfolio.sheet import Reader, Sheet
from modelops_core.sources.portfolio.typed import typed, unknown_headers


class Edit(NamedTuple):
    """A cell and what shall stand there; the header itself where ``row`` is None."""

    sheet: str
    row: int | None
    header: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The sheets of one or several files of one format."""

    name: str
    format: Format
    sheets: tuple[Sheet, ...]

    def edited(self, edits: Iterable[Edit]) -> Draft:
        """A copy with other texts in some cells; a cell that does not exist is left out."""
        by_sheet: dict[str, list[Edit]] = {}
        for edit in edits:
            by_sheet.setdefault(edit.sheet, []).append(edit)
        return replace(
            self,
            sheets=tuple(_edited(sheet, by_sheet.get(sheet.name, ())) for sheet in self.sheets),
        )

    def without(self, rows: Iterable[tuple[str, int]]) -> Draft:
        """A copy without some rows, each by its sheet and number; that is said of them."""
        by_sheet: dict[str, set[int]] = {}
        for sheet, row in rows:
            by_sheet.setdefault(sheet, set()).add(row)
        left = tuple(sheet.without(by_sheet.get(sheet.name, ())) for sheet in self.sheets)
        return replace(self, sheets=left)

    def accepting(self, findings: Iterable[Finding]) -> Draft:
        """A copy in which the cells of *findings* hold what is proposed."""
        return self.edited(
            Edit(one.problem.sheet, one.row, one.problem.column.header, one.proposal)
            for one in findings
            if one.proposal and one.row is not None
        )


def read(paths: Sequence[Path], choices: Choices) -> Draft:
    """Read *paths*; raises SourceUnreadable for a file that holds no portfolio."""
    reader = Reader(encoding=choices.encoding, crs=choices.crs)
    sheets = _distinct([sheet for path in paths for sheet in containers.read(path, reader)])
    return Draft(name=paths[0].stem, format=formats.of(sheets), sheets=tuple(sheets))


def _distinct(sheets: Sequence[Sheet]) -> list[Sheet]:
    """Sheets whose name others have, as those of several CSV have, are called by their file."""
    many = Counter(sheet.name for sheet in sheets)
    return [
        sheet if many[sheet.name] == 1 else sheet.called(f"{sheet.file} {sheet.name}".strip())
        for sheet in sheets
    ]


def tables(draft: Draft, choices: Choices) -> tuple[dict[str, Table], list[Problem]]:
    """The blocks of *draft* in the template's columns, and what is wrong with its cells."""
    found: dict[str, Table] = {}
    problems: list[Problem] = []
    for sheet in draft.sheets:
        blocks = draft.format.blocks_of(sheet) if draft.format.recognises(sheet) else ()
        if not blocks:
            if sheet.headers != GUIDE_HEADERS:
                problems.append(Problem(code="sheet_unread", sheet=sheet.name))
            continue
        problems += [*sheet.problems, *unknown_headers(sheet, draft.format.blocks)]
        for block in blocks:
            if block.name in found:
                about = {"other": found[block.name].sheet, "block": block.sheet_ko}
                problems.append(Problem(code="block_twice", sheet=sheet.name, facts=about))
                continue
            table, wrong = _block(draft, sheet, block, choices)
            found[block.name] = table
            problems += wrong
    return found, _once(problems)


def _block(
    draft: Draft, sheet: Sheet, block: BlockFields, choices: Choices
) -> tuple[Table, list[Problem]]:
    table, problems = typed(sheet, block)
    if block.key not in table:
        called = " · ".join(dict.fromkeys((*block[block.key].headers[:1], block.key)))
        cited = Cited(header=called)
        problems.append(Problem(code="header_missing", sheet=sheet.name, column=cited))
    made, more = draft.format.convert(table, choices)
    others = _others(sheet, draft.format.blocks) if block.name == SITES.name else {}
    return replace(made, others={**others, **made.others}), problems + more


def _others(sheet: Sheet, blocks: Sequence[BlockFields]) -> dict[str, TextArray]:
    """Columns that no block reads, kept for the way back."""
    unread = [one.column.header for one in unknown_headers(sheet, blocks)]
    return {
        header: sheet.cells[sheet.headers.index(header)].to_numpy(dtype=object) for header in unread
    }


def _once(problems: Iterable[Problem]) -> list[Problem]:
    """Each problem once: a column that two blocks read is checked twice."""
    seen: dict[tuple[str, str, str, bytes], Problem] = {}
    for one in problems:
        seen.setdefault((one.code, one.sheet, one.column.header, one.rows.tobytes()), one)
    return list(seen.values())


def _edited(sheet: Sheet, edits: Sequence[Edit]) -> Sheet:
    if not edits:
        return sheet
    cells = sheet.cells.copy()
    position = {int(row): i for i, row in enumerate(sheet.rows)}
    for edit in edits:
        if edit.row in position and edit.header in sheet.headers:
            cells.iat[position[edit.row], sheet.headers.index(edit.header)] = edit.text.strip()
    changed = {(edit.header, edit.row) for edit in edits}
    left = [_unsettled(problem, changed) for problem in sheet.problems]
    names = {edit.header: edit.text.strip() for edit in edits if edit.row is None}
    return replace(
        sheet,
        cells=cells,
        headers=tuple(_renamed(header, names, sheet.headers) for header in sheet.headers),
        problems=tuple(problem for problem in left if problem is not None),
        as_text=_as_stored(sheet, sheet.as_text, changed),
        as_day=_as_stored(sheet, sheet.as_day, changed),
    )


def _as_stored(
    sheet: Sheet, marks: Mapping[int, BoolArray], changed: set[tuple[str, int | None]]
) -> dict[int, BoolArray]:
    """What a spreadsheet says of its cells, without those that were corrected since."""
    rows = {i: [row for header, row in changed if header == sheet.headers[i]] for i in marks}
    return {
        i: where & ~np.isin(sheet.rows, [row for row in rows[i] if row is not None])
        for i, where in marks.items()
    }


def _renamed(header: str, names: Mapping[str, str], taken: Collection[str]) -> str:
    """What a column is called now; a name that another column has is not given twice."""
    name = names.get(header, "")
    return name if name and name not in taken else header


def _unsettled(problem: Problem, changed: set[tuple[str, int | None]]) -> Problem | None:
    """The problem of those of its cells that were not corrected by hand; None where all were."""
    if not len(problem.rows):
        return problem
    left = np.array([(problem.column.header, int(row)) not in changed for row in problem.rows])
    return problem.picked(left) if left.any() else None
