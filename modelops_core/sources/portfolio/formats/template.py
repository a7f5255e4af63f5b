"""Our own template: sites, loans, insurance and holdings, on sheets or in one table."""

from __future__ import annotations

from collections.abc import Sequence

from modelops_core.domain.portfolio.choices import Choices
from modelops_core.domain.portfolio.fields import BLOCKS, SITES, BlockFields
from modelops_core.domain.portfolio.table import Table
from modelops_core.sources.portfolio.shape import Converted, Format, has
from modelops_core.sources.portfolio.sheet import Sheet

LAST = 9
POSITIONS = (("lat", "lon"), ("road_address",), ("jibun_address",), ("pnu",))


def recognises(sheet: Sheet) -> bool:
    """By the key of any block, or a position."""
    keys = any(has(sheet, block, block.key) for block in BLOCKS)
    return keys or any(has(sheet, SITES, *names) for names in POSITIONS)


def choose(sheet: Sheet) -> Sequence[BlockFields]:
    """
    Blocks by their keys; sites also by a position without a key, which is then found missing.

    A number of a site without any position only refers to it, where the sheet holds another block.
    """
    others = [block for block in BLOCKS[1:] if has(sheet, block, block.key)]
    placed = any(has(sheet, SITES, *names) for names in POSITIONS)
    return [SITES, *others] if placed or not others else others


def convert(table: Table, choices: Choices) -> Converted:
    """Nothing is to be done: the columns are ours."""
    return table, []


FORMAT = Format(
    name="template",
    summary="Our own template, Korean or English headers.",
    blocks=BLOCKS,
    recognises=recognises,
    convert=convert,
    choose=choose,
    rank=LAST,
)
