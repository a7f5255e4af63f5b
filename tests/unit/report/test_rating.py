"""A site among the country's cells and among its peers."""

from __future__ import annotations

import numpy as np
import pytest

from modelops_core.services.portfolio import rating
from modelops_core.services.portfolio.rating import Rank, Ratings, Standing
from tests.answers import HORIZON, SCENARIO, answer, result

CELLS = np.array([0.1, 0.15, 0.2, 0.4])


def test_a_site_is_compared_by_its_cell():
    """.2 % whatever the site loses: two of four cells lie below, its own is equal."""
    rank = rating.national(result("river_flood", 0.01, base_aal=0.2), CELLS)

    assert rank == Rank(2, 4)
    assert rank.percentile == 50


@pytest.mark.parametrize(
    "site",
    [
        result("river_flood", None, base_aal=0.2),
        result("river_flood", 0.0, base_aal=0.2, status="not_applicable"),
        result("river_flood", 0.3),
    ],
)
def test_no_number_has_no_rank(site):
    """Unknown, excluded, or of an answer that lacks the cell's AAL."""
    assert rating.national(site, CELLS) is None


def test_a_country_without_numbers_ranks_nobody():
    """Nought of nought is no share."""
    site = result("river_flood", 0.3, base_aal=0.2)
    assert rating.national(site, np.empty(0)) is None


def test_peers_are_compared_by_what_they_lose():
    """Two of three below .3 %; without peers or without a number there is nothing to say."""
    peers = np.array([0.1, 0.2, 0.3])
    assert rating.among(result("typhoon", 0.3), peers) == Rank(2, 3)
    assert rating.among(result("typhoon", 0.3), np.empty(0)) is None
    assert rating.among(result("typhoon", None), peers) is None
    assert rating.among(result("typhoon", 0.0, status="not_applicable"), peers) is None


class Stored:
    """Cells of one peril, peers of another; counts how often the cells are read."""

    def __init__(self):
        self.night, self.read = 1, 0

    def run(self):
        return self.night

    def cells(self):
        self.read += 1
        return {("river_flood", SCENARIO, HORIZON): CELLS * self.night}

    def peers(self, of):
        return {("typhoon", SCENARIO, HORIZON): np.array([0.1])}


def test_every_result_has_its_standing_and_cells_are_read_once_a_night():
    """A rank of each kind, none where there is nothing to compare with; a new night is read."""
    stored = Stored()
    ratings = Ratings(stored)
    site = answer([result("river_flood", 0.3, base_aal=0.2), result("typhoon", 0.2), result("x")])

    found = {peril: standing for (peril, *_), standing in ratings.of(site).items()}
    assert found == {
        "river_flood": Standing(Rank(2, 4), None),
        "typhoon": Standing(None, Rank(1, 1)),
        "x": rating.UNRATED,
    }
    assert found["river_flood"].to_row() == {
        "national_percentile": 50.0,
        "national_cells": 4,
        "peers_below": None,
        "peers": None,
    }
    ratings.of(site)
    assert stored.read == 1
    stored.night = 3
    assert ratings.of(site)["river_flood", SCENARIO, HORIZON].national == Rank(0, 4)


def test_each_cell_has_its_share_of_lower_ones():
    """Of four known cells none, one, one and three lie below; equal ones are not below each other."""
    aal = np.array([0.2, 0.1, np.nan, 0.2, 0.4])
    found = rating.percentiles(aal, ~np.isnan(aal))
    assert found.tolist() == pytest.approx([25, 0, np.nan, 25, 75], nan_ok=True)
    assert np.isnan(rating.percentiles(aal, np.zeros(5, bool))).all()
    others = np.array([0.1, np.nan, 0.3, 0.3])
    among = rating.percentiles(aal, ~np.isnan(aal), others)
    assert among.tolist() == pytest.approx([100 / 3, 0, np.nan, 100 / 3, 100], nan_ok=True)
