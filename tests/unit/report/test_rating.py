"""A site among the country's cells and among its peers."""

from __future__ import annotations

import numpy as np
import pytest

from modelops_core.domain.result import Status
from modelops_core.services.portfolio import rating
from modelops_core.services.portfolio.rating import Rank
from tests.answers import result

OK, LOW, UNKNOWN, NOT = (int(s) for s in Status)


def test_a_site_is_compared_by_its_ground_with_cells_where_the_peril_applies():
    """.3 % over 1.5 is .2 %: two of four known cells lie below, its own is equal, the sea's are none."""
    aal = np.array([0.1, 0.15, 0.2, 0.4, 0.0, np.nan])
    status = np.array([OK, LOW, OK, OK, NOT, UNKNOWN], np.int8)
    rank = rating.national(result("river_flood", 0.3, vulnerability_scale=1.5), aal, status)

    assert rank == Rank(2, 4)
    assert rank.percentile == 50


@pytest.mark.parametrize(
    "site",
    [
        result("river_flood", None, vulnerability_scale=1.5),
        result("river_flood", 0.0, vulnerability_scale=1.5, status="not_applicable"),
        result("river_flood", 0.3),
    ],
)
def test_no_number_has_no_rank(site):
    """Unknown, excluded, or of an answer that lacks the scale."""
    assert rating.national(site, np.array([0.1]), np.array([OK], np.int8)) is None


def test_a_country_without_numbers_ranks_nobody():
    """Nought of nought is no share."""
    site = result("river_flood", 0.3, vulnerability_scale=1.5)
    assert rating.national(site, np.array([np.nan]), np.array([UNKNOWN], np.int8)) is None


def test_peers_are_compared_by_what_they_lose():
    """Two of three below .3 %; without peers or without a number there is nothing to say."""
    assert rating.among(result("typhoon", 0.3), [0.1, 0.2, 0.3]) == Rank(2, 3)
    assert rating.among(result("typhoon", 0.3), []) is None
    assert rating.among(result("typhoon", None), [0.1]) is None
