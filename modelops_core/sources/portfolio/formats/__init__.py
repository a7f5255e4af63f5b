"""
Formats of portfolios. One module each: adding a module with ``FORMAT`` adds a format.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from modelops_core.errors import SourceUnreadable
from modelops_core.sources.portfolio.shape import Format
from modelops_core.sources.portfolio.sheet import Sheet


@cache
def discover() -> tuple[Format, ...]:
    """Every module's ``FORMAT``, in the order in which they are tried."""
    found = (import_module(f"{__name__}.{module.name}").FORMAT for module in iter_modules(__path__))
    return tuple(sorted(found, key=lambda one: (one.rank, one.name)))


def of(sheets: Sequence[Sheet]) -> Format:
    """The first format that knows one of the sheets; raises SourceUnreadable where none does."""
    for one in discover():
        if any(one.recognises(sheet) for sheet in sheets):
            return one
    raise SourceUnreadable(
        "portfolio_unknown",
        file=sheets[0].file,
        found=[header for sheet in sheets for header in sheet.headers][:30],
    )
