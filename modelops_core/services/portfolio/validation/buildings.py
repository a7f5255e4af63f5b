"""Buildings: years to come, cellars deeper than the house is high, words that no class has."""

from __future__ import annotations

import numpy as np

from modelops_core.domain.building import (
    STRUCTURE_CLASSES,
    USE_GROUPS,
    Rules,
    says_nothing,
    understood,
)
from modelops_core.domain.climate import Array
from modelops_core.domain.portfolio.fields import FLAGS, NO, YES
from modelops_core.domain.portfolio.findings import Problem
from modelops_core.domain.portfolio.table import Table

WORDS = {"structure": STRUCTURE_CLASSES, "use": USE_GROUPS}


def checked(table: Table, year: int) -> tuple[Table, list[Problem]]:
    """The table with yes and no as 1 and 0, words for unknown as '', and what is wrong."""
    built, above = table.numbers("year_built"), table.numbers("floors_above")
    below = table.numbers("floors_below")
    future = built > year
    problems = table.problem("year_future", "year_built", future, year=year)
    deep = (below > above) & (above > 0)
    problems += table.problem("basement_deeper", "floors_below", deep, above=above)
    table = table.replaced(year_built=np.where(future, np.nan, built))
    for name, rules in WORDS.items():
        table, more = _words(table, name, rules)
        problems += more
    table, more = flags(table)
    return table, problems + more


def _words(table: Table, name: str, rules: Rules) -> tuple[Table, list[Problem]]:
    """Words for unknown become '', words that are no class of ours are said."""
    if name not in table:
        return table, []
    texts = table.texts(name)
    found, inverse = np.unique(texts.astype(str), return_inverse=True)
    nothing = np.array([says_nothing(text) for text in found])[inverse]
    strange = np.array([not understood(text, rules) for text in found])[inverse]
    problems = table.problem(f"{name}_unknown_word", name, strange)
    return table.replaced(**{name: np.where(nothing, "", texts).astype(object)}), problems


def flags(table: Table) -> tuple[Table, list[Problem]]:
    """Columns of yes and no as 1, 0 and NaN."""
    problems = []
    made: dict[str, Array] = {}
    for name in FLAGS:
        if name not in table:
            continue
        texts = np.char.lower(table.texts(name).astype(str))
        yes, no = np.isin(texts, list(YES)), np.isin(texts, list(NO))
        made[name] = np.select([yes, no], [1.0, 0.0], np.nan)
        problems += table.problem("not_yes_no", name, (texts != "") & ~yes & ~no, allowed="Y, N")
    return table.replaced(**made), problems
