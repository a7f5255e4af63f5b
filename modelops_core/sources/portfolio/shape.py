"""What a format of portfolios is: its columns, how its sheets are known, its way to our columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from modelops_core.domain.portfolio.choices import Choices
from modelops_core.domain.portfolio.fields import BlockFields
from modelops_core.domain.portfolio.findings import Problem
from modelops_core.domain.portfolio.table import Table
from modelops_core.sources import headers
from modelops_core.sources.portfolio.sheet import Sheet

Converted = tuple[Table, list[Problem]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """
    One format.

    ``recognises`` a sheet by its headers; ``convert`` takes a typed block to our own columns.
    ``choose`` gives the blocks of a sheet, those whose key column it has where None. Formats of a
    higher ``rank`` are tried later.
    """

    name: str
    summary: str
    blocks: tuple[BlockFields, ...]
    recognises: Callable[[Sheet], bool]
    convert: Callable[[Table, Choices], Converted]
    choose: Callable[[Sheet], Sequence[BlockFields]] | None = None
    rank: int = 0

    def blocks_of(self, sheet: Sheet) -> Sequence[BlockFields]:
        """The blocks that the sheet holds, in their order."""
        if self.choose is not None:
            return self.choose(sheet)
        return [block for block in self.blocks if has(sheet, block, block.key)]


def has(sheet: Sheet, block: BlockFields, *names: str) -> bool:
    """Whether the sheet has all of these columns of *block*."""
    wanted = [block[name] for name in names]
    return len(headers.find(sheet.headers, wanted, sheet.file)) == len(wanted)
