"""
Where a site stands among others: the country's cells, and its peers.

Like is compared with like: the site's cell with the other cells by base AAL, which knows neither
distances nor the building, and the site with its peers, which are buildings, by final AAL.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from modelops_core.domain.answer import Answer, PerilResult
from modelops_core.domain.climate import Array, BoolArray
from modelops_core.ports import RankReader, RateKey, Rates, Row

#: of the files of results
COLUMNS = ("national_percentile", "national_cells", "peers_below", "peers")


@dataclass(frozen=True, slots=True)
class Rank:
    """How many of ``count`` others lie below; those that are equal are not below."""

    below: int
    count: int

    @property
    def percentile(self) -> float:
        """Share of the others that lie below [%]."""
        return 100 * self.below / self.count


@dataclass(frozen=True, slots=True)
class Standing:
    """A result among the country's cells and among its peers; None where there is no rank."""

    national: Rank | None = None
    peers: Rank | None = None

    def to_row(self) -> Row:
        """The columns COLUMNS."""
        nation, peers = self.national, self.peers
        return {
            "national_percentile": None if nation is None else nation.percentile,
            "national_cells": None if nation is None else nation.count,
            "peers_below": None if peers is None else peers.below,
            "peers": None if peers is None else peers.count,
        }


#: of a result that nobody rated
UNRATED = Standing()


def key_of(result: PerilResult) -> RateKey:
    """Peril, scenario and horizon."""
    return result.risk_type, result.ssp_scenario, result.horizon


def national(result: PerilResult, cells: Array) -> Rank | None:
    """
    Return the rank of the site's cell among base AALs (cell,), ascending [% a year].

    None where the site or every cell has no number.
    """
    own = result.base_aal if result.has_number else None
    return None if own is None else _rank(own, cells)


def among(result: PerilResult, rates: Array) -> Rank | None:
    """Return the rank among the final AALs of peers, ascending; None without number or peers."""
    own = result.final_aal if result.has_number else None
    return None if own is None else _rank(own, rates)


def percentiles(aal: Array, known: BoolArray, among: Array | None = None) -> Array:
    """
    Return the share of the *known* cells that lie below each cell (cell,) [%]; NaN elsewhere.

    *among* are the AALs of others in their place, NaN where unknown.
    """
    others = np.sort(aal[known] if among is None else among[~np.isnan(among)])
    found = np.full(aal.shape, np.nan)
    if others.size:
        found[known] = 100 * np.searchsorted(others, aal[known]) / others.size
    return found


def _rank(own: float, others: Array) -> Rank | None:
    if not len(others):
        return None
    return Rank(int(np.searchsorted(others, own, side="left")), len(others))


class Ratings:
    """Rates answers against what is stored now; cells are read once a nightly run."""

    def __init__(self, reader: RankReader) -> None:
        self._reader = reader
        self._cells: tuple[int | None, Rates] | None = None

    def of(self, answer: Answer) -> Mapping[RateKey, Standing]:
        """The standing of every result of *answer*."""
        cells, peers, none = self._national(), self._reader.peers(answer), np.empty(0)
        found = {}
        for result in answer.results:
            key = key_of(result)
            nation = national(result, cells.get(key, none))
            found[key] = Standing(nation, among(result, peers.get(key, none)))
        return found

    def _national(self) -> Rates:
        run = self._reader.run()
        if self._cells is None or self._cells[0] != run:
            self._cells = run, self._reader.cells()
        return self._cells[1]
