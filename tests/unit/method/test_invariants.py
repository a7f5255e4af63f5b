"""What must hold whatever the numbers: docs/method.md §14 and the invariants of each peril."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelops_core.domain.parameters import Params
from modelops_core.domain.result import LEVELS, Status
from modelops_core.domain.site import Site, Sites
from modelops_core.indicators import jeffreys
from modelops_core.perils import PERILS
from modelops_core.stages import asset, exposure, scaling, totals, vulnerability
from modelops_core.stages.score import level, through_anchors
from modelops_core.stages.site import CellValues, assess, assess_exposure
from tests.parameters import PARAMETERS

FLOODS = ("river_flood", "urban_flood", "sea_level_rise")
each_peril = pytest.mark.parametrize("peril", PERILS.values(), ids=PERILS)
each_flood = pytest.mark.parametrize("key", FLOODS)
#: a loaded machine may be slow at drawing examples: that is no failure
property_test = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
STRUCTURES = (
    "철골철근콘크리트구조",
    "철근콘크리트구조",
    "벽돌구조",
    "일반철골구조",
    "경량철골구조",
    "일반목구조",
    "",
)
USES = (
    "업무시설",
    "판매시설",
    "숙박시설",
    "의료시설",
    "교육연구시설",
    "공장",
    "창고시설",
    "데이터센터",
    "공동주택",
    "",
)


def params(key, **changed):
    return Params(key, MappingProxyType({**PARAMETERS.params(key), **changed}))


@st.composite
def buildings(draw, **fixed):
    """Any building in Korea, known or not."""
    number = lambda low, high: st.just(float("nan")) | st.floats(low, high)  # noqa: E731
    count = lambda high: st.just(float("nan")) | st.integers(0, high).map(float)  # noqa: E731
    values = {
        "latitude": draw(st.floats(33.2, 38.5)),
        "longitude": draw(st.floats(126, 129.5)),
        "structure": draw(st.sampled_from(STRUCTURES)),
        "purpose": draw(st.sampled_from(USES)),
        "built_year": draw(st.just(float("nan")) | st.integers(1900, 2025).map(float)),
        "floors_above": draw(count(60)),
        "floors_below": draw(count(6)),
        "total_area": draw(number(10, 1e6)),
        "asset_value": draw(number(1e6, 1e13)),
        "elevation_m": draw(number(0, 60)),
        "coast_distance_m": draw(number(0, 20_000)),
        "river_distance_m": draw(number(0, 5_000)),
        "hand_m": draw(number(0, 20)),
        "forest_distance_m": draw(number(0, 3_000)),
        "urban_share": draw(number(0, 1)),
        "impervious": draw(number(0, 1)),
        "depression": draw(st.booleans()),
    }
    return Site(**{**values, **fixed})


def described(*sites):
    return asset.described(Sites.of(sites), 2025)


def cell(key, n=1):
    """What a nightly run might have stored of one cell, for *n* sites and one combination."""
    one = np.ones((1, n))
    mu, alpha, kappa = (1.3, 0.15, 0.0) if key == "sea_level_rise" else (120.0, 26.0, -0.114)
    details = {"mu": mu * one, "alpha": alpha * one, "kappa": kappa * one, "n": 30 * one}
    details |= {"baseline_mu": 0.95 * mu * one, "baseline_alpha": alpha * one}
    return CellValues(
        hazard=0.6 * one,
        hazard_status=np.zeros((1, n), np.int8),
        aal=0.08 * one,
        aal_p05=0.05 * one,
        aal_p95=0.12 * one,
        aal_status=np.zeros((1, n), np.int8),
        details=details,
    )


def at(key, *sites, p=None):
    """The risk of one peril at sites of one cell."""
    p = p or params(key)
    columns = described(*sites)
    exposed = assess_exposure(PERILS[key], columns, p)
    v = vulnerability.assess(PERILS[key], columns, p)
    return assess(PERILS[key], columns, cell(key, len(sites)), exposed, v, p)


# --- every peril, every building ----------------------------------------------------------------


@each_peril
@property_test
@given(site=buildings())
def test_every_site_is_within_its_bounds(peril, site):
    """§14.1: E, V, P in 0..1; final = site_base (1 + V), once to twice it; money follows; no number without status."""
    risk = at(peril.key, site)
    v, aal, final = risk.vulnerability.score[0], risk.loss.aal[0, 0], risk.scaled.final_aal[0, 0]

    assert 0 <= v <= 1
    if risk.status[0, 0] == Status.not_assessed:
        assert np.isnan([aal, final, risk.scaled.expected_loss[0, 0], risk.integrated[0, 0]]).all()
        return
    if risk.status[0, 0] == Status.not_applicable:
        assert (aal, final) == (0, 0)
        return
    assert 0 <= risk.exposure.proximity.value[0] <= 1
    assert 0 <= risk.exposure.score[0] <= 1
    assert 0 <= risk.exposure.normalized[0] <= 1
    assert 0 < risk.exposure.exposed_share[0] <= 1
    assert final == aal * (1 + v)
    assert aal <= final <= 2 * aal
    assert risk.scaled.insurance_rate[0, 0] == final / 100
    insured = 1e8 if np.isnan(risk.exposure.asset_value[0]) else risk.exposure.asset_value[0]
    share = risk.exposure.exposed_share[0] if peril.key in FLOODS else 1.0
    assert risk.scaled.expected_loss[0, 0] == pytest.approx(
        final / 100 * insured * share, rel=1e-12
    )
    hazard = risk.hazard[0, 0]  # of the site's own ground at the coast, else of its cell
    assert 0 <= hazard <= 1
    assert hazard == 0.6 or peril.hazard_of_site
    assert risk.integrated[0, 0] == pytest.approx(hazard * risk.exposure.score[0] * v, rel=1e-12)


@each_peril
@property_test
@given(site=buildings(), years=st.tuples(st.integers(1900, 2025), st.integers(1900, 2025)))
def test_age_never_lowers_vulnerability(peril, site, years):
    """§14.3."""
    older, younger = (site.corrected({"built_year": float(year)}) for year in sorted(years))
    v = at(peril.key, older, younger).vulnerability.score

    assert v[0] >= v[1]


@each_flood
@property_test
@given(site=buildings(), below=st.tuples(st.integers(0, 6), st.integers(0, 6)))
def test_a_basement_never_lowers_vulnerability_nor_the_exposed_share(key, site, below):
    """§14.3, and φ: storeys below ground are in reach of water."""
    less, more = (site.corrected({"floors_below": float(n)}) for n in sorted(below))
    risk = at(key, less, more)

    assert risk.vulnerability.score[0] <= risk.vulnerability.score[1]
    if min(below) != max(below):
        assert risk.vulnerability.score[0] < risk.vulnerability.score[1] or min(below) >= 2
    if site.floors_above >= 1:
        assert risk.exposure.exposed_share[0] <= risk.exposure.exposed_share[1] + 1e-12


@property_test
@given(
    site=buildings(asset_value=float("nan")),
    areas=st.tuples(st.floats(10, 1e6), st.floats(10, 1e6)),
)
def test_more_area_never_lowers_the_value(site, areas):
    """§14.3: value is linear in area, A is non-decreasing."""
    small, large = (site.corrected({"total_area": area}) for area in sorted(areas))
    exposed = assess_exposure(
        PERILS["extreme_heat"], described(small, large), params("extreme_heat")
    )

    assert exposed.normalized[0] <= exposed.normalized[1]
    assert exposed.asset_value[1] / exposed.asset_value[0] == pytest.approx(
        max(areas) / min(areas), rel=1e-9
    )


@each_peril
def test_an_unknown_building_is_average(peril):
    """§14.7: V = .5 with nothing known, scale 1.5, and the loss is the literature curve's."""
    risk = at(
        peril.key,
        Site(
            latitude=37.5,
            longitude=127.0,
            elevation_m=2.0,
            coast_distance_m=100.0,
            river_distance_m=10.0,
        ),
    )

    assert risk.vulnerability.score[0] == 0.5
    assert risk.vulnerability.known_weight[0] == 0
    assert risk.status[0, 0] == Status.low_confidence
    assert risk.scaled.vulnerability_scale[0, 0] == 1.5


@each_peril
@property_test
@given(site=buildings(), factor=st.floats(1.5, 50))
def test_loss_is_linear_in_the_value(peril, site, factor):
    """§14.5: twice the value, twice the loss; rates do not change."""
    small = site.corrected({"asset_value": 1e8})
    risk = at(peril.key, small, small.corrected({"asset_value": 1e8 * factor}))
    one, more = risk.scaled.expected_loss[0]
    if not np.isnan(one):
        assert more == pytest.approx(factor * one, rel=1e-9)
        assert risk.scaled.final_aal[0, 0] == risk.scaled.final_aal[0, 1]


@property_test
@given(
    losses=st.permutations(list(PERILS)),
    amounts=st.lists(st.none() | st.floats(0, 1e9), min_size=len(PERILS), max_size=len(PERILS)),
)
def test_totals_do_not_depend_on_the_order(losses, amounts):
    """§14.5 and §11: sums by kind, overlaps by their larger member, the unassessed listed and not summed."""
    amount = dict(zip(PERILS, amounts, strict=True))
    status = {key: Status.not_assessed if amount[key] is None else Status.ok for key in PERILS}
    ordered, mixed = (
        totals.totals(
            {k: totals.PerilLoss(status=status[k], expected_loss=amount[k]) for k in keys}, PERILS
        )
        for keys in (list(PERILS), losses)
    )
    known = {key: value or 0.0 for key, value in amount.items()}
    water = known["river_flood"] + known["urban_flood"] + known["sea_level_rise"]
    some = {
        kind: any(amount[key] is not None for key in PERILS if PERILS[key].kind == kind)
        for kind in ("physical", "operating")
    }
    sums = {
        kind: sum(known[key] for key in PERILS if PERILS[key].kind == kind)
        for kind in ("physical", "operating")
    }
    shortage = min(known["drought"], known["water_stress"])

    def equal(found: float | None, expected: float, kind: str) -> bool:
        return found == pytest.approx(expected) if some[kind] else found is None

    assert equal(ordered.physical, mixed.physical, "physical")
    assert equal(mixed.physical, sums["physical"], "physical")
    counted_once = sums["physical"] - min(known["typhoon"], water)
    assert equal(mixed.physical_no_overlap, counted_once, "physical")
    assert equal(mixed.operating, sums["operating"] - shortage, "operating")
    assert set(mixed.not_assessed) == {key for key, value in amount.items() if value is None}


# --- scores and scaling ---------------------------------------------------------------------------


def test_levels_are_closed_on_the_left():
    """§14.6: .2 is Low, just below it Very Low, and so on."""
    edges = params("drought")["level_edges"]
    for i, edge in enumerate((0.2, 0.4, 0.6, 0.8)):
        assert level(edge, edges) == LEVELS[i + 1]
        assert level(float(np.nextafter(edge, 0)), edges) == LEVELS[i]
    assert (level(0.0, edges), level(1.0, edges), level(float("nan"), edges)) == (
        "Very Low",
        "Very High",
        None,
    )


@each_peril
def test_anchors_score_their_fifths(peril):
    """§1.7: each anchor its own fifth, clipped outside."""
    p = params(peril.key)
    for statistic in peril.hazard:
        points = np.asarray(p[statistic.anchors], dtype=float)
        logarithmic = getattr(statistic, "logarithmic", False)
        found = through_anchors(points, points, logarithmic)
        np.testing.assert_allclose(found, np.arange(6) / 5, atol=1e-12)
        assert through_anchors(points[-1:] * 2 + 1, points, logarithmic)[0] == 1


@property_test
@given(share=st.floats(0, 1), value=st.floats(6, 14))
def test_exposure_between_three_tenths_and_all_of_proximity(share, value):
    """E = P (0.3 + 0.7 A)."""
    p = params("drought")
    score = exposure.score(np.array(share), exposure.normalized_value(np.array(10.0**value), p), p)
    assert 0.3 * share - 1e-12 <= score <= share + 1e-12


@property_test
@given(h=st.floats(0, 1), e=st.floats(0, 1), v=st.floats(0, 1))
def test_integrated_risk_is_a_score_again_after_its_root(h, e, v):
    """Between the smallest and the largest of the three."""
    score = float(
        scaling.integrated_score(scaling.integrated_risk(np.array(h), np.array(e), np.array(v)))
    )
    assert min(h, e, v) - 1e-9 <= score <= max(h, e, v) + 1e-9


@property_test
@given(n=st.integers(15, 60), count=st.integers(0, 60), tail=st.floats(0.01, 0.2))
def test_jeffreys_holds_the_frequency(n, count, tail):
    """Around k/n, mirrored by n − k, open to 0 and 1 at the ends."""
    count = min(count, n)
    low, high = (float(x) for x in jeffreys.interval(np.array(count), np.array(n), tail))
    other = [float(x) for x in jeffreys.interval(np.array(n - count), np.array(n), tail)]

    assert 0 <= low <= count / n <= high <= 1
    assert [1 - high, 1 - low] == pytest.approx(other, abs=1e-9)
    assert (low == 0) == (count == 0)
    assert (high == 1) == (count == n)
