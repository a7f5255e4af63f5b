"""Districts as files write them: a code, a full name, or a name that several provinces have."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from modelops_core.domain.korean.province import short
from modelops_core.domain.portfolio import TextArray
from modelops_core.domain.portfolio.findings import Problem
from modelops_core.domain.portfolio.table import Table

#: digits of a district's code, the first ones of a town's and a parcel's
DIGITS = 5
_CODE = re.compile(r"\d{5}(\d{3}|\d{5})?")
_PARCEL = re.compile(r"\d{19}")


def written(table: Table, names: Mapping[str, str]) -> tuple[TextArray, list[Problem]]:
    """The code of the district that each row names or whose parcel it names, '' without one."""
    return of_texts(table, "sigungu", names, table.texts("pnu"))


def of_texts(
    table: Table, column: str, names: Mapping[str, str], parcels: TextArray | None = None
) -> tuple[TextArray, list[Problem]]:
    """
    Codes of the districts that *column* names.

    A code of two digits is refused: Statistics Korea and the registers number provinces otherwise.
    """
    texts = table.texts(column)
    found, inverse = np.unique(texts.astype(str), return_inverse=True)
    spelt = _spellings(names)
    matches = [_codes(text, names, spelt) for text in found]
    codes = np.array([one[0] if len(one) == 1 else "" for one in matches], dtype=object)[inverse]
    several = np.array([len(one) > 1 for one in matches])[inverse]
    nothing = np.array([bool(t) and not one for t, one in zip(found, matches, strict=True)])[
        inverse
    ]
    choices = np.array([", ".join(names[c] for c in one[:5]) for one in matches], dtype=object)
    problems = table.problem("district_ambiguous", column, several, candidates=choices[inverse])
    two = nothing & np.array([bool(re.fullmatch(r"\d{2}", t)) for t in found])[inverse]
    problems += table.problem("district_two_digits", column, two)
    problems += table.problem("district_unknown", column, nothing & ~two)
    if parcels is not None:
        heads = np.array(
            [p[:DIGITS] if _PARCEL.fullmatch(p) else "" for p in parcels], dtype=object
        )
        codes = np.where(codes == "", heads, codes).astype(object)
    return codes, problems


def _codes(text: str, names: Mapping[str, str], spelt: Mapping[str, list[str]]) -> list[str]:
    if _CODE.fullmatch(text):
        return [text[:DIGITS]] if text[:DIGITS] in names else []
    return spelt.get(" ".join(text.split()), [])


def _spellings(names: Mapping[str, str]) -> dict[str, list[str]]:
    """Every way to write a district, full, with a short province, or alone, and its codes."""
    found: dict[str, list[str]] = {}
    for code, name in names.items():
        province, _, own = name.partition(" ")
        brief = short(province)
        for way in {name, own or name, f"{brief} {own}".strip(), own.split(" ")[-1] or name}:
            found.setdefault(way, []).append(code)
    return found
