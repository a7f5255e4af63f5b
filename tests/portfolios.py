"""Portfolios for tests: sites of all kinds in the small world, and any number of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from modelops_core.domain.portfolio import USER_COORDINATE, Loans, Pledges, Portfolio

#: numbers of a Site that a file may give
NUMBERS = (
    *("asset_value", "built_year", "floors_above", "floors_below", "total_area", "location_index"),
    *("elevation_m", "coast_distance_m", "river_distance_m", "hand_m", "forest_distance_m"),
    *("urban_share", "impervious"),
)
TEXTS = ("structure", "purpose", "river_class", "river_name", "value_basis")


def portfolio(
    points: Sequence[tuple[float, float]],
    given: Sequence[Mapping[str, Any]] = (),
    match: Sequence[int] = (),
    loans: Loans | None = None,
    **texts: Sequence[str],
) -> Portfolio:
    """A portfolio of sites at *points*, each with what its file gives of it."""
    n = len(points)
    rows = list(given) or [{}] * n
    numbers = {
        name: np.array([float(row.get(name, np.nan)) for row in rows], dtype=float)
        for name in NUMBERS
    }
    words = {
        name: np.array([str(row.get(name, "")) for row in rows], dtype=object) for name in TEXTS
    }
    hollow = np.array([bool(row.get("depression", False)) for row in rows])
    latitude, longitude = (np.array([p[i] for p in points], dtype=float) for i in (0, 1))
    first: dict[tuple[float, float], int] = {}
    same = [first.setdefault(point, i) for i, point in enumerate(points)]
    return Portfolio.of_points(
        "test",
        latitude,
        longitude,
        address_match=np.array(list(match) or [USER_COORDINATE] * n, dtype=np.int64),
        industry=np.array(list(texts.get("industry", [""] * n)), dtype=object),
        group=np.array(list(texts.get("group", [""] * n)), dtype=object),
        same_place=np.array(same, dtype=np.int64),
        given={**numbers, **words, "depression": hollow},
        loans=loans,
    )


def loans(exposure: Sequence[float], pledges: Sequence[tuple[int, int]]) -> Loans:
    """Loans of these exposures [KRW] and pairs (loan, site)."""
    n = len(exposure)
    none, nan = np.full(n, "", dtype=object), np.full(n, np.nan)
    never = np.full(n, np.datetime64("NaT", "D"))
    pairs = np.array(pledges, dtype=np.int64).reshape(-1, 2)
    return Loans(
        source_row=np.arange(n) + 2,
        loan_id=np.array([f"L{i}" for i in range(n)], dtype=object),
        borrower_id=none.copy(),
        ksic_code=none.copy(),
        product=none.copy(),
        exposure=np.array(exposure, dtype=float),
        collateral_value=nan.copy(),
        ltv=nan.copy(),
        origination=never.copy(),
        maturity=never.copy(),
        stage=nan.copy(),
        npl=nan.copy(),
        provision=nan.copy(),
        insured=nan.copy(),
        insurance_limit=nan.copy(),
        region=none.copy(),
        collateral=Pledges(row=pairs[:, 0].copy(), site=pairs[:, 1].copy()),
    )
