"""
Validates a portfolio before anything is calculated, and makes it of what was found.

    keys → coordinates → addresses → districts → buildings → money → loans, policies, holdings

Each step takes a table and gives a table and problems. Nothing is corrected without being said, and
what is unknown stays unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from modelops_core.domain.climate import IntArray
from modelops_core.domain.portfolio import COARSE_MATCH, Portfolio
from modelops_core.domain.portfolio.choices import Choices
from modelops_core.domain.portfolio.fields import HOLDINGS, LOANS, POLICIES, SITES
from modelops_core.domain.portfolio.findings import Problem, ordered
from modelops_core.domain.portfolio.table import Table
from modelops_core.ports import PortfolioPlaces
from modelops_core.services.portfolio.validation import (
    amounts,
    assemble,
    buildings,
    districts,
    keys,
    lending,
    matching,
    positions,
)

#: decimals of a degree that tell two places apart, about a metre
DECIMALS = 5


@dataclass(frozen=True, slots=True)
class Validated:
    """What a file is worth: its problems in order, and the portfolio where no error is left."""

    problems: Sequence[Problem]
    portfolio: Portfolio | None
    sites: int

    @property
    def errors(self) -> int:
        """Cells that must be corrected."""
        return sum(len(one) for one in self.problems if one.severity == "error")


def validate(
    name: str,
    tables: Mapping[str, Table],
    found: Sequence[Problem],
    choices: Choices,
    places: PortfolioPlaces | None,
    unit_cost: float,
    unchecked: str = "places_unchecked",
) -> Validated:
    """
    Check the blocks of a file; *found* is what its reading has shown already.

    Without *places* neither sea nor districts are known and no address can be looked up: the
    problem *unchecked* says why. *unit_cost* is the cost of building anew [KRW/m²].
    """
    problems = list(found)
    sites = tables.get(SITES.name)
    if sites is None or not len(sites):
        problems.append(Problem(code="no_sites"))
        return Validated(ordered(problems), None, 0)
    sites, more = _sites(sites, choices, places, unit_cost)
    problems += more
    if places is None and len(sites):
        problems.append(Problem(code=unchecked, sheet=sites.sheet))
    if not len(sites):
        return Validated(ordered([*problems, Problem(code="no_sites")]), None, 0)
    same = _same_place(sites)
    problems += _repeated(sites, same)
    blocks, more = _blocks(tables, sites, choices, places)
    problems = ordered(keys.of_rows_that_count([*problems, *more]))
    if any(one.severity == "error" for one in problems):
        return Validated(problems, None, len(sites))
    return Validated(problems, assemble.portfolio(name, sites, same, blocks), len(sites))


def _sites(
    table: Table, choices: Choices, places: PortfolioPlaces | None, unit_cost: float
) -> tuple[Table, list[Problem]]:
    # perils and conditions of one location stand on rows of their own
    table, problems = keys.checked(table, "site_id", apart=("perils_covered",))
    if not len(table):
        return table, problems
    table, more = positions.checked(table, choices.crs)
    problems += more
    table, more = matching.checked(table, places)
    problems += more
    if places is not None:
        table, more = positions.on_land(table, places)
        problems += more
        table, more = positions.in_written_district(table, places)
        problems += more
    table, more = buildings.checked(table, choices.as_of.year)
    problems += more
    table, more = amounts.checked(table, choices, unit_cost)
    return table, problems + more


def _same_place(sites: Table) -> IntArray:
    """The position of the first site at the same place; coarse positions are no places."""
    own = np.arange(len(sites))
    latitude, longitude = (np.round(sites.numbers(n), DECIMALS) for n in ("lat", "lon"))
    exact = ~np.isnan(latitude) & (sites.numbers("match") < COARSE_MATCH)
    same = own.copy()
    scale = 10**DECIMALS
    place = [np.round(v[exact] * scale).astype(np.int64) for v in (latitude, longitude)]
    same[exact] = own[exact][lending.same_place(*place)]
    return same


def _repeated(sites: Table, same: IntArray) -> list[Problem]:
    first = sites.texts("site_id")[same]
    again = same != np.arange(len(sites))
    return sites.problem("same_place", "site_id", again, first=first, at=sites.rows[same])


def _blocks(
    tables: Mapping[str, Table], sites: Table, choices: Choices, places: PortfolioPlaces | None
) -> tuple[dict[str, lending.Joined], list[Problem]]:
    blocks: dict[str, lending.Joined] = {}
    problems: list[Problem] = []
    ids = sites.texts("site_id")
    for block in (LOANS, POLICIES, HOLDINGS):
        if block.name not in tables or block.key not in tables[block.name]:
            continue
        one = lending.joined(tables[block.name], block.key, ids)
        table, problems = one.table, problems + one.problems
        if block is LOANS:
            table, more = lending.loans(table, one.pledges, choices.as_of)
            problems += more
            if places is not None:
                codes, more = districts.of_texts(
                    table, "region_of_activity", places.district_names()
                )
                table, problems = table.replaced(region=codes), problems + more
        elif block is POLICIES:
            problems += lending.policies(table)
        else:
            problems += lending.holdings(table)
        blocks[block.name] = one._replace(table=table)
    return blocks, problems
