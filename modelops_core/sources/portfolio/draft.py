"""
A portfolio as its owner wrote it: read once, corrected cell by cell, and typed as often as needed.

Nothing of the file is lost: a correction changes one cell and keeps the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from modelops_core.domain.portfolio import TextArray
from modelops_core.domain.portfolio.choices import Choices
from modelops_core.domain.portfolio.fields import SITES, BlockFields
from modelops_core.domain.portfolio.findings import Cited, Finding, Problem
from modelops_core.domain.portfolio.table import Table
from modelops_core.sources.portfolio import containers, formats
from modelops_core.sources.portfolio.shape import Format
from modelops_core.sources.portfolio.sheet import Reader, Sheet
from modelops_core.sources.portfolio.typed import typed, unknown_headers


class Edit(NamedTuple):
    """A cell and what stands there now."""

    sheet: str
    row: int
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
    sheets = [sheet for path in paths for sheet in containers.read(path, reader)]
    return Draft(name=paths[0].stem, format=formats.of(sheets), sheets=tuple(sheets))


def tables(draft: Draft, choices: Choices) -> tuple[dict[str, Table], list[Problem]]:
    """The blocks of *draft* in the template's columns, and what is wrong with its cells."""
    found: dict[str, Table] = {}
    problems: list[Problem] = []
    for sheet in draft.sheets:
        blocks = draft.format.blocks_of(sheet) if draft.format.recognises(sheet) else ()
        if not blocks:
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
        cited = Cited(header=block.key)
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
    return replace(
        sheet, cells=cells, problems=tuple(p for p in sheet.problems if not _settled(p, changed))
    )


def _settled(problem: Problem, changed: set[tuple[str, int]]) -> bool:
    """Whether all cells of a problem were corrected by hand."""
    cells = {(problem.column.header, int(row)) for row in problem.rows}
    return bool(cells) and cells <= changed
