"""Sums over sites: what may not change them, what they leave out, and how they are shared out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelops_core.domain.result import KEPT, Status
from modelops_core.perils import PERILS
from modelops_core.services.portfolio import concentration, loss_sums, summary
from modelops_core.services.portfolio.allocation import allocation
from modelops_core.services.portfolio.at_sites import detailed
from modelops_core.stages.site import MANY, AtSites
from modelops_core.stages.totals import SUBTOTALS, PerilLoss, subtotals, totals
from tests import portfolios

COMBINATIONS = 2
KEYS = np.array(["11", "26", "41"], dtype=object)


def results(seed, sites, money=1.0):
    """Invented results of all perils: every status, losses over six decades."""
    rng = np.random.default_rng(seed)
    value = 10 ** rng.uniform(8, 12, sites) * money
    value[rng.random(sites) < 0.1] = np.nan
    made = {}
    for key in PERILS:
        status = rng.choice(4, (COMBINATIONS, sites), p=[0.5, 0.2, 0.2, 0.1]).astype(np.int8)
        rate = 10 ** rng.uniform(-6, 0, (COMBINATIONS, sites))
        rate = np.where(status == Status.not_applicable, 0.0, rate)
        rate = np.where(status == Status.not_assessed, np.nan, rate)
        exposed = np.nan_to_num(value, nan=1e9 * money)
        known = np.where(rng.random(sites) < 0.2, np.nan, 1.0)  # elsewhere no interval, no spread
        numbers = dict.fromkeys(MANY, rate)
        made[key] = AtSites(
            exposure=np.full(sites, 0.5),
            vulnerability=np.full(sites, 0.5),
            exposed_value=exposed,
            status=status,
            return_losses=rare_losses(rate / 100 * exposed) if detailed(PERILS[key]) else None,
            flags={},
            **{
                **numbers,
                "aal_p05": rate / 2 * known,
                "aal_p95": rate * 3 * known,
                "expected_loss": rate / 100 * exposed,
                "deviation": rate / 10 * exposed * known,
            },
        )
    districts = KEYS[rng.integers(0, len(KEYS), sites)]
    return made, value, {"all": np.full(sites, "", dtype=object), "sido": districts}


def rare_losses(loss):
    """Losses at KEPT that grow with the period, (period, combination, site)."""
    return loss * np.array(KEPT, dtype=float)[:, None, None] / 3


def at(made, positions):
    """The same results of some sites only."""
    kept = {}
    for key, one in made.items():
        parts = {
            name: getattr(one, name)[..., positions]
            for name in ("exposure", "vulnerability", "exposed_value", "status", *MANY)
        }
        rare = None if one.return_losses is None else one.return_losses[..., positions]
        kept[key] = AtSites(**parts, return_losses=rare, flags={})
    return kept


def summed(made, value, dimensions, positions=None):
    chosen = np.arange(value.size) if positions is None else positions
    keys = {name: column[chosen] for name, column in dimensions.items()}
    return loss_sums.of_sites(at(made, chosen), PERILS, value[chosen], keys)


def assert_equal(one, other, factor=1.0):
    for name, group in one.groups.items():
        assert group.keys == other.groups[name].keys
        for i, measure in enumerate(loss_sums.MEASURES):
            power = {"sites": 0, "interval_sites": 0, "variance": 2}.get(measure, 1)
            expected = group.values[:, i] * factor**power
            np.testing.assert_allclose(other.groups[name].values[:, i], expected, rtol=1e-9)
    assert other.value == pytest.approx(one.value * factor, rel=1e-9)
    assert (other.sites, other.unknown_value) == (one.sites, one.unknown_value)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 2**32), st.integers(1, 40), st.data())
def test_order_and_splitting_change_no_sum(seed, sites, data):
    """The rows in another order, and any two parts added, give the sums of the whole."""
    made = results(seed, sites)
    whole = summed(*made)
    order = np.array(data.draw(st.permutations(range(sites))))
    cut = data.draw(st.integers(0, sites))

    assert_equal(whole, summed(*made, order))
    assert_equal(whole, summed(*made, order[:cut]).plus(summed(*made, order[cut:])))


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 2**32), st.sampled_from([1e-8, 1e-6, 1e-3, 1300.0]))
def test_the_currency_unit_changes_the_scale_only(seed, money):
    """100 M KRW instead of KRW: every amount by that factor, rates and coverage not at all."""
    here, there = summed(*results(seed, 25)), summed(*results(seed, 25, money))
    assert_equal(here, there, money)
    for quantity in here.quantities:
        np.testing.assert_allclose(here.rate("sido", quantity), there.rate("sido", quantity))
        np.testing.assert_allclose(here.coverage("all", quantity), there.coverage("all", quantity))


def test_values_by_status_are_the_whole_value():
    """Assessed, weak, not assessed and not applicable values are all there is, for every quantity."""
    made, value, dimensions = results(3, 200)
    sums = summed(made, value, dimensions)
    for quantity in sums.quantities:
        parts = [sums.of("all", name, quantity)[0] for name in loss_sums.BY_STATUS]
        np.testing.assert_allclose(sum(parts), np.nansum(value))
        assert (sums.of("all", "not_assessed_value", quantity)[0] < np.nansum(value)).all()


def test_a_subtotal_is_partial_where_one_of_its_perils_lacks():
    """The value of such sites, added site by site; a peril that is assessed nowhere makes all so."""
    made, value, dimensions = results(9, 60)
    object.__setattr__(made["river_flood"], "status", np.full((COMBINATIONS, 60), 2, np.int8))
    object.__setattr__(made["river_flood"], "expected_loss", np.full((COMBINATIONS, 60), np.nan))
    sums = summed(made, value, dimensions)
    operating = [key for key, peril in PERILS.items() if peril.kind == "operating"]
    expected, with_number = 0.0, 0.0
    for i in np.flatnonzero(~np.isnan(value)):
        lacks = {key: made[key].status[1, i] == Status.not_assessed for key in PERILS}
        own = [lacks[key] for key in operating]
        expected += value[i] * (any(own) and not all(own))
        with_number += value[i] * (not all(lacks.values()))

    partly = {q: sums.of("all", "partly_assessed_value", q)[0, 1] for q in sums.quantities}
    assert partly["operating"] == pytest.approx(expected)
    assert partly["grand"] == pytest.approx(with_number)
    assert all(partly[key] == 0 for key in PERILS)
    share = sums.partial("all", "grand")[0, 1]
    assert share == pytest.approx(with_number / np.nansum(value))


def test_what_is_not_assessed_is_in_no_sum_and_what_is_worth_nothing_known_neither():
    """A loss is the sum of the known ones at sites of known value; the others are counted apart."""
    made, value, dimensions = results(8, 120)
    sums = summed(made, value, dimensions)
    known = ~np.isnan(value)
    for key, one in made.items():
        assessed = known & ~np.isnan(one.expected_loss)
        np.testing.assert_allclose(
            sums.of("all", "loss", key)[0],
            [math.fsum(row[on]) for row, on in zip(one.expected_loss, assessed, strict=True)],
        )
        np.testing.assert_array_equal(sums.of("all", "sites", key)[0], assessed.sum(axis=1))
    assert sums.unknown_value == (~known).sum() > 0


def test_an_unknown_interval_is_in_no_end_of_a_sum():
    """Ends are of the loss whose interval is known; the centre never stands for an unknown end."""
    made, value, dimensions = results(4, 3)
    value = np.full(3, 1e9)
    for key, one in made.items():
        loss, known = np.full((COMBINATIONS, 3), 1e6), np.array([1.0, np.nan, 1.0])
        own = known if key == "sea_level_rise" else np.ones(3)
        for name, column in (
            ("expected_loss", loss),
            ("exposed_value", value),
            ("status", np.zeros((COMBINATIONS, 3), np.int8)),
            ("aal_p05", 0.05 * own + 0 * loss),
            ("aal_p95", 0.3 * own + 0 * loss),
            ("deviation", 2e6 * own + 0 * loss),
        ):
            object.__setattr__(one, name, column)
    sums = summed(made, value, dimensions)

    def of(measure, quantity):
        return sums.of("all", measure, quantity)[0, 0]

    low, high = (end[0, 0] for end in sums.interval("all", "sea_level_rise"))
    assert (low, high) == pytest.approx((2 * 0.5e6, 2 * 3e6))
    assert (of("loss", "sea_level_rise"), of("interval_loss", "sea_level_rise")) == (3e6, 2e6)
    assert of("interval_sites", "sea_level_rise") == of("interval_sites", "grand") == 2
    assert of("interval_sites", "operating") == 3
    # fire and the three floods; without the coast's part at one site
    assert of("loss", "physical_no_overlap") - of("interval_loss", "physical_no_overlap") == 1e6
    assert sums.without("all", "interval_loss", "sea_level_rise")[0, 0] == pytest.approx(1 / 3)
    assert of("deviation_loss", "sea_level_rise") == 2e6
    nothing = summed(made, value, dimensions, np.array([1]))
    for ends in (nothing.interval, nothing.volatility):
        assert np.isnan(ends("all", "sea_level_rise")).all()
        assert np.isfinite(ends("all", "grand")).all()


def test_subtotals_of_arrays_are_those_of_one_site():
    """Overlaps are taken out site by site, by the rule of a single answer."""
    made, _, _ = results(5, 30)
    loss = np.stack([one.expected_loss for one in made.values()])
    found = subtotals(loss, list(PERILS.values()))
    for c, site in np.ndindex(COMBINATIONS, 30):
        own = {
            key: PerilLoss(
                status=Status(int(one.status[c, site])),
                expected_loss=None
                if np.isnan(one.expected_loss[c, site])
                else float(one.expected_loss[c, site]),
            )
            for key, one in made.items()
        }
        single = totals(own, PERILS)
        for name in SUBTOTALS:
            expected = getattr(single, name)
            assert found[name][c, site] == pytest.approx(
                math.nan if expected is None else expected, nan_ok=True
            )
        flood = ("river_flood", "urban_flood", "sea_level_rise")
        alone = [k for k, p in PERILS.items() if p.kind == "physical" and p.overlap is None]
        water, storm, others = (
            sum(own[key].expected_loss or 0.0 for key in keys)
            for keys in (flood, ("typhoon",), alone)
        )
        if single.physical is not None:
            assert single.physical == pytest.approx(water + storm + others)
            assert single.physical_no_overlap == pytest.approx(others + max(storm, water))


def test_rates_are_weighted_by_value():
    """Two sites of 1 % and 3 %, one worth nine times the other: 1.2 %, not 2 %."""
    made, value, dimensions = results(1, 2)
    value = np.array([9e9, 1e9])
    one = made["typhoon"]
    loss = np.array([[9e7, 3e7]] * COMBINATIONS)
    for name, column in (("expected_loss", loss), ("status", np.zeros((COMBINATIONS, 2), np.int8))):
        object.__setattr__(one, name, column)
    object.__setattr__(one, "exposed_value", value)
    sums = summed(made, value, dimensions)
    np.testing.assert_allclose(sums.rate("all", "typhoon"), 1.2)


def test_a_rate_is_of_the_value_that_has_a_number_and_coverage_says_how_much_that_is():
    """3 of 4 billion are assessed: the fourth is below no rate, of a peril or of a subtotal."""
    made, _, dimensions = results(1, 4)
    value = np.full(4, 1e9)
    known = np.array([1.0, 1.0, 1.0, np.nan])
    status = np.where(np.isnan(known), Status.not_assessed, Status.ok).astype(np.int8)
    for one in made.values():
        object.__setattr__(one, "expected_loss", np.full((COMBINATIONS, 4), 1e6) * known)
        object.__setattr__(one, "exposed_value", value)
        object.__setattr__(one, "status", np.tile(status, (COMBINATIONS, 1)))
    sums = summed(made, value, dimensions)
    operating = sums.of("all", "loss", "operating")

    np.testing.assert_allclose(sums.rate("all", "typhoon"), 0.1)
    np.testing.assert_allclose(sums.rate("all", "operating"), 100 * operating / 3e9)
    for quantity in ("typhoon", "operating"):
        np.testing.assert_allclose(sums.coverage("all", quantity), 0.75)


def test_volatility_has_two_bounds():
    """n equal sites: the independent one grows with √n, the dependent one with n."""
    made, _, dimensions = results(1, 16)
    for one in made.values():
        object.__setattr__(one, "deviation", np.full((COMBINATIONS, 16), 5.0))
    sums = summed(made, np.full(16, 1e9), dimensions)
    low, high = sums.volatility("all", "drought")
    np.testing.assert_allclose((low, high), (np.full((1, 2), 20.0), np.full((1, 2), 80.0)))


def test_rare_years_of_all_sites_together_are_the_sum_of_each():
    """An upper bound, of perils with a distribution; no subtotal and no counted peril has one."""
    made, _, dimensions = results(1, 400)
    for one in made.values():
        object.__setattr__(one, "expected_loss", np.full((COMBINATIONS, 400), 1.0))
        if one.return_losses is not None:
            own = rare_losses(np.full((COMBINATIONS, 400), 1.0))
            object.__setattr__(one, "return_losses", own)
    sums = summed(made, np.full(400, 1e9), dimensions)

    together = sums.of("all", "rare_loss_250", "typhoon")[0, 0]
    assert together == pytest.approx(400 * 250 / 3)
    assert sums.of("all", "rare_part", "typhoon")[0, 0] == 400
    rows = [row for row in summary.rows(sums, PERILS) if row["dimension"] == "all"]
    without = {row["quantity"] for row in rows if row["rare_loss_250"] is None}
    assert without == {*SUBTOTALS, *(key for key in PERILS if not detailed(PERILS[key]))}


def test_concentration():
    """One key of four with everything; four equal ones; the Lorenz curve and its area."""
    even, one = np.ones(4), np.array([0.0, 0.0, 7.0, 0.0])
    assert concentration.herfindahl(even) == pytest.approx(0.25)
    assert concentration.herfindahl(one) == pytest.approx(1.0)
    assert (concentration.gini(even), concentration.gini(one)) == pytest.approx((0.0, 0.75))
    np.testing.assert_allclose(concentration.lorenz(even, 5), [0, 0.25, 0.5, 0.75, 1])
    np.testing.assert_allclose(concentration.lorenz(one, 5), [0, 0, 0, 0, 1])
    first, *_ = found = concentration.shares(list("abcd"), np.array([1.0, 6.0, 1.0, 2.0]))
    assert (first.key, first.share, first.cumulative) == ("b", 0.6, 0.6)
    assert found[-1].cumulative == pytest.approx(1.0)
    assert [share.key for share in found] == ["b", "d", "a", "c"]
    assert concentration.shares(["a", "b"], np.zeros(2)) == ()
    assert math.isnan(concentration.herfindahl(np.zeros(2)))


def test_several_loans_share_a_collateral_by_their_exposures():
    """3 : 1 on a shared site, all of an own one; nobody gets what an unknown exposure shares."""
    made = portfolios.loans([3e8, 1e8, math.nan], [(0, 0), (1, 0), (1, 1), (2, 2), (0, 2)])
    shared = allocation(made, sites=4)
    loss = np.array([[4.0, 10.0, 6.0, 99.0]])

    np.testing.assert_allclose(shared.share, [0.75, 0.25, 1.0, np.nan, np.nan])
    np.testing.assert_allclose(shared.of_loans(loss), [[np.nan, 11.0, np.nan]])
    assert shared.unshared(4).tolist() == [False, False, True, False]
    unsecured = allocation(portfolios.loans([3e8, 1e8], [(0, 0)]), 1)
    np.testing.assert_allclose(unsecured.of_loans(np.array([4.0])), [4.0, np.nan])
    two = allocation(portfolios.loans([3e8, 1e8], [(0, 0), (1, 0), (1, 1)]), 2)
    np.testing.assert_allclose(two.of_loans(np.array([4.0, 10.0])), [3.0, 11.0])
    np.testing.assert_allclose(two.of_loans(np.array([4.0, 10.0])).sum(), 14.0)
