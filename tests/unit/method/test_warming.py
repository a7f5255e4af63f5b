"""What the response to warming promises, method 2 §12, and where its input comes from."""

from __future__ import annotations

import numpy as np
import pytest

from modelops_core.db.inputs.climate import catalogue, catalogue_years
from modelops_core.domain.climate import Climate
from modelops_core.domain.warming import Warming
from modelops_core.indicators.lmoments import l_moments
from modelops_core.perils import PERILS
from modelops_core.stages import regional, response
from modelops_core.stages.evaluate import cell_risks
from tests.parameters import PARAMETERS
from tests.warming import warmed

CODES = ("ssp1", "ssp2", "ssp3", "ssp5")
FOLLOWING = ("river_flood", "urban_flood", "drought")
each_following = pytest.mark.parametrize("key", FOLLOWING)


def tile(cells=2, **more):
    """Rain and SPEI-12 of some cells; all scenarios share their weather."""
    years, rng = np.arange(1991, 2101), np.random.default_rng(3)
    rain = 140 * np.exp(0.3 * rng.normal(size=(1, years.size, cells)))
    spei = rng.normal(size=(1, years.size, 12, cells))
    values = {
        "rx1day": rain.repeat(4, axis=0),
        "spei12": spei.repeat(4, axis=0),
        "latitude": np.full(cells, 37.5),
        "longitude": np.full(cells, 127.0),
    }
    return warmed(Climate(CODES, years, np.arange(cells), values, shared_years=30), **more)


def found(key, climate):
    risks = cell_risks(PERILS[key], climate, PARAMETERS.params(key))
    return {risk.horizon: risk.estimate for risk in risks}


@each_following
def test_equal_warming_gives_equal_numbers(key):
    """Two scenarios with the same W in a window, and a window as warm as another."""
    kelvin = {(s, h): 1.5 for s in CODES for h in ("2030s", "2050s", "2070s", "2090s")}
    by = found(key, tile().with_values(warming=Warming(kelvin)))

    for estimate in by.values():
        np.testing.assert_allclose(estimate.aal, estimate.aal[:1].repeat(4, axis=0), rtol=1e-12)
    np.testing.assert_allclose(by["2030s"].aal, by["2090s"].aal, rtol=1e-12)


@each_following
def test_no_warming_is_the_baseline(key):
    """W = 0 everywhere: every window is the baseline."""
    kelvin = {(s, h): 0.0 for s in CODES for h in ("2030s", "2050s", "2070s", "2090s")}
    by = found(key, tile().with_values(warming=Warming(kelvin)))

    np.testing.assert_allclose(by["2090s"].aal, by["baseline"].aal, rtol=1e-12)


@each_following
def test_loss_never_falls_as_the_warming_rises(key):
    """The responses of the tile make rain and drought worse."""
    by = found(key, tile())
    rising = np.stack([by["baseline"].aal[1], *(by[h].aal[1] for h in list(by)[1:])])

    assert (np.diff(rising, axis=0) > 0).all()


@each_following
def test_an_estimate_lies_inside_its_interval(key):
    """In every window, of AAL and of each class."""
    for estimate in found(key, tile(spread=0.17, worth=30.0)).values():
        assert (estimate.aal_p05 <= estimate.aal).all()
        assert (estimate.aal <= estimate.aal_p95).all()
        assert (estimate.p_low <= estimate.p + 1e-12).all()
        assert (estimate.p <= estimate.p_high + 1e-12).all()


@pytest.mark.parametrize("key", ["river_flood", "urban_flood"])
def test_shuffled_years_inside_a_window_change_nothing(key):
    """The future counts through its window means alone."""
    climate = tile()
    order = np.concatenate(
        [np.arange(50), 50 + np.random.default_rng(1).permutation(20), np.arange(70, 110)]
    )
    other = climate.with_values(rx1day=np.asarray(climate["rx1day"])[:, order])
    before, after = found(key, climate), found(key, other)

    for horizon, estimate in before.items():
        np.testing.assert_array_equal(estimate.aal, after[horizon].aal)


def test_a_grid_of_equal_cells_is_its_own_mean():
    """Pooled = own, whatever the distances."""
    p = PARAMETERS.params("river_flood")
    about = response.neighbourhood(np.linspace(34, 38, 9), np.linspace(126, 129, 9), p)

    np.testing.assert_allclose(about.mean(np.full(9, 0.065)), 0.065, rtol=1e-12)


def test_too_few_windows_have_no_slope():
    """Two points, or a range below half a kelvin."""
    p = PARAMETERS.params("river_flood")
    for kelvin in ([0.0, 2.0], [0.0, 0.2, 0.4]):
        n = len(kelvin)
        points = response.Points(
            np.array(kelvin), np.arange(n), np.zeros((n, 1)), np.full((n, 1), 20.0)
        )
        assert np.isnan(response.slopes(points, p).slope).all()


@pytest.mark.parametrize(
    ("stated", "years"),
    [
        ("1980-2024", (1980, 2024)),
        ("1951–2024", (1951, 2024)),
        ("1945-2024", (1951, 2024)),
        ("1980-01 to 2025-07", (1980, 2024)),
        ("invented", None),
    ],
)
def test_the_catalogue_covers_the_years_that_it_states(stated, years):
    """Whole seasons only; a long one from 1951 on."""
    assert catalogue_years(stated) == years


def test_a_lone_storm_does_not_stretch_the_catalogue():
    """One of 1951 among those of 1980–2024 is left out; a pressure of 0 follows from the wind."""
    listed = [{"storm_id": "B", "season": 1951}, {"storm_id": "A", "season": 2003}]
    nodes = [
        {
            "storm_id": s,
            "hour": h,
            "latitude": 33.0,
            "longitude": 126.0,
            "pressure": q,
            "wind": 75.0,
        }
        for s in ("A", "B")
        for h, q in ((0.0, 950.0), (6.0, 0.0))
    ]
    fill = {"reference": 1010.0, "divisor": 6.7, "exponent": 0.644, "ten_minute_ratio": 0.93}
    storms = catalogue(listed, nodes, fill, (1980, 2024))

    assert storms.ids == ("A",)
    assert storms.years.size == 45
    assert storms.pressure[1] == pytest.approx(1010 - (75 / 0.93 / 6.7) ** (1 / 0.644))


def region(maxima):
    """The spread of cells so near to each other that the kernel weighs them alike."""
    cells = maxima.shape[1]
    at = np.linspace(37.0, 37.01, cells)
    about = response.neighbourhood(at, np.full(cells, 127.0), PARAMETERS.params("river_flood"))
    return regional.of_region(maxima, 15, about)


def test_records_that_are_alike_are_worth_one():
    """However many cells a fine grid has: neighbours that share their years bring nothing new."""
    one = np.random.default_rng(5).gumbel(130, 30, (30, 1))

    assert region(one.repeat(40, axis=1)).worth == pytest.approx(1)


def test_independent_records_are_worth_their_number():
    """Twenty cells of independent years, within what thirty years tell of it."""
    maxima = np.random.default_rng(5).gumbel(130, 30, (30, 20))

    assert 10 < region(maxima).worth.mean() < 40


def test_a_missing_year_is_not_a_left_out_one():
    """A cell that lacks years counts with those it has."""
    maxima = np.random.default_rng(5).gumbel(130, 30, (30, 3))
    gaps = maxima.copy()
    gaps[4:9, 0] = np.nan
    found = region(gaps)

    l1, l2, _ = l_moments(gaps)
    assert found.lcv == pytest.approx((l2 / l1).mean(), rel=1e-4)
    assert np.isfinite(found.worth).all()


#: a storm over Busan: (hour, pressure [hPa], 10-minute wind [kt])
TRACK = ((0.0, 945.0, 90.0), (6.0, 950.0, 85.0), (12.0, 965.0, 75.0), (18.0, 970.0, 65.0))
FILL = {"reference": 1010.0, "divisor": 6.7, "exponent": 0.644, "ten_minute_ratio": 0.93}
MISSING = [0.0, -1.0, -999.0, 9999.0, 1200.0, np.nan]


def pressures(*track):
    """Central pressures of the storm that the catalogue keeps."""
    nodes = [
        {"storm_id": "A", "hour": h, "latitude": 33.0, "longitude": 126.0} | one
        for (h, q, v) in track
        for one in ({"pressure": q, "wind": v},)
    ]
    return catalogue([{"storm_id": "A", "season": 2003}], nodes, FILL).pressure.tolist()


@pytest.mark.parametrize("code", MISSING)
@pytest.mark.parametrize("place", range(4))
def test_a_pressure_that_is_none_follows_from_the_wind(code, place):
    """At every node of a track, by the 1-minute wind; the other pressures stay."""
    track = list(TRACK)
    hour, _, wind = track[place]
    track[place] = (hour, code, wind)
    found = pressures(*track)

    expected = [q for _, q, _ in TRACK]
    expected[place] = 1010 - (wind / 0.93 / 6.7) ** (1 / 0.644)
    assert found == pytest.approx(expected)


@pytest.mark.parametrize("code", MISSING)
@pytest.mark.parametrize("wind", [0.0, -999.0, 999.0, 9999.0, np.nan])
def test_a_node_of_which_nothing_is_known(code, wind):
    """Between two nodes it lies on the line between them; at an end it is left out."""
    first, second, third, last = TRACK
    assert pressures(first, (6.0, code, wind), third, last) == pytest.approx([945, 955, 965, 970])
    assert pressures((0.0, code, wind), second, third, (18.0, code, wind)) == [950.0, 965.0]
    assert pressures(*((h, code, wind) for h, _, _ in TRACK)) == []
