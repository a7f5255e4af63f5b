"""What the page of the data asks of the tables, against rows that were made to break each check."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from modelops_core.db.inputs.plausible import NAMES
from modelops_core.domain.plausible_tables import judged
from modelops_core.errors import InvalidInput
from modelops_core.services.audit.input_findings import input_findings

LOW, HIGH = -60.0, 60.0


@pytest.fixture
def rows(empty_app):
    """Fills a table of series: (cell, time, ssp1, ssp2, ssp3, ssp5) a row, in cells 1 to 3."""
    with empty_app.owner.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO modelops.location_grid (grid_id, latitude, longitude, land_fraction)"
            " SELECT n, 37, 126 + n / 10.0, 1 FROM generate_series(1, 3) AS n"
        )
        connection.exec_driver_sql(
            "INSERT INTO modelops.sea_level_grid (grid_id, latitude, longitude)"
            " SELECT grid_id, latitude, longitude FROM modelops.location_grid"
        )

    def fill(table, *values):
        time = "year" if isinstance(values[0][1], int) else "observation_date"
        statement = text(
            f"INSERT INTO modelops.{table} (grid_id, {time}, ssp1, ssp2, ssp3, ssp5)"
            " VALUES (:cell, :time, :ssp1, :ssp2, :ssp3, :ssp5)"
        )
        names = ("cell", "time", "ssp1", "ssp2", "ssp3", "ssp5")
        with empty_app.owner.begin() as connection:
            for row in values:
                connection.execute(statement, dict(zip(names, row, strict=True)))

    return empty_app.inventory, fill


NAN = float("nan")


def test_the_profile_of_a_table(rows):
    """Rows, years, known values, extremes, values beyond the limits, differences in the past."""
    inventory, fill = rows
    fill(
        "ta_data",
        (1, "2019-01-01", 1, 1, 1, 1),
        (1, "2020-12-01", 2, 2, 2, 2.5),  # ssp5 alone differs
        (1, "2021-01-01", 3, 4, 5, 6),
        (2, "2020-01-01", LOW, LOW, LOW, LOW),  # on the limit
        (2, "2020-02-01", HIGH, HIGH, HIGH, HIGH),
        (2, "2020-03-01", 1, 1, 2, 1),  # ssp3 alone differs
        (3, "2030-01-01", NAN, 7, None, LOW - 1),
        (3, "2031-01-01", 1, 1, 1, HIGH + 1),
    )
    whole = inventory.profile("ta", 2020)
    assert (whole["row_count"], whole["first"], whole["last"]) == (8, 2019, 2031)
    assert (whole["known"], whole["lowest"], whole["highest"]) == (30, LOW - 1, HIGH + 1)
    assert (whole["outside"], whole["history"], whole["unequal"]) == (2, 5, 2)
    one = inventory.profile("ta", 2020, [2])
    assert (one["row_count"], one["outside"], one["history"], one["unequal"]) == (3, 0, 3, 1)
    assert inventory.profile("ta", 2018, [1])["history"] == 0
    assert inventory.profile("cdd", 2020)["first"] is None


@pytest.mark.parametrize("scenario", range(4))
def test_days_of_rain_agree(rows, scenario):
    """In every scenario: no five days below a day, a heavy day from 80.0 mm on and not before."""
    inventory, fill = rows

    def but(value, usual):
        return tuple(value if n == scenario else usual for n in range(4))

    years = {2001: (80.0, 80.0, 1), 2002: (79.9, 90.0, 0), 2003: (50.0, 49.97, 0)}
    bad = {2011: (80.0, 90.0, 0), 2012: (79.9, 90.0, 1), 2013: (50.0, 49.9, 0)}
    for year, (one, five, days) in (years | bad).items():
        wrong = year in bad
        usual = (50.0, 60.0, 0)
        chosen = [
            but(value, normal) if wrong else (value,) * 4
            for value, normal in zip((one, five, days), usual, strict=True)
        ]
        for table, values in zip(("rx1day", "rx5day", "rain80"), chosen, strict=True):
            fill(f"{table}_data", (1, year, *values))
    found = inventory.rain_days()
    assert (found["compared"], found["less_than_a_day"], found["days_differ"]) == (6, 1, 2)
    assert inventory.rain_days([2])["compared"] == 0


def test_the_index_is_calibrated(rows):
    """Cells whose mean, or whose spread on either side, lies beyond the limits; unknown months are not 0."""
    inventory, fill = rows
    months = ("1991-01-01", "2020-12-01")
    for cell, values in {1: (-1, 1), 2: (-3, 3), 3: (-0.2, 0.2)}.items():
        fill("spei12_data", *((cell, m, 0, v, 0, 0) for m, v in zip(months, values, strict=True)))
    fill("spei12_data", (1, "1991-02-01", 0, NAN, 0, 0), (1, "2021-01-01", 0, 99, 0, 0))

    def outside(ids=None, mean=0.5, spread=(0.5, 2.0)):
        return inventory.spei((1991, 2020), mean, spread, ids)["outside"]

    assert [outside([cell]) for cell in (1, 2, 3)] == [0, 1, 1]
    assert outside() == 2
    found = inventory.spei((1991, 2020), 0.5, (0.5, 2.0))
    assert (found["cells"], found["mean"]) == (3, pytest.approx(0))
    assert (found["spread_low"], found["spread_high"]) == pytest.approx((0.2, 3))
    fill("spei12_data", (1, "2000-01-01", 0, 5, 0, 0))
    assert outside([1], spread=(0, 9)) == 1
    assert outside([1], mean=2, spread=(0, 9)) == 0


@pytest.mark.parametrize(
    ("values", "reversed_"),
    [((1, 2, 3, 4), 0), ((2, 1, 3, 4), 1), ((1, 3, 2, 4), 1), ((1, 2, 4, 3), 1), ((1, 1, 1, 1), 0)],
)
def test_scenarios_in_their_order(rows, values, reversed_):
    """Warmer in a stronger scenario, each step; over the years asked for."""
    inventory, fill = rows
    fill("ta_data", (1, "2081-01-01", *values), (1, "2080-12-01", 9, 8, 7, 6))
    fill("ta_data", (2, "2100-12-01", 10, 20, 30, 40))
    found = inventory.warming((2081, 2100))
    assert (found["cells"], found["reversed"]) == (2, reversed_)
    means = [(value + 10 * n) / 2 for n, value in enumerate(values, start=1)]
    assert [found[code] for code in ("ssp1", "ssp2", "ssp3", "ssp5")] == means
    assert inventory.warming((2081, 2100), [2])["reversed"] == 0


def test_the_sea_is_judged_by_its_last_year(rows):
    """Of each node, from the year asked for on; one below the rise of a full series is suspect."""
    inventory, fill = rows
    fill(
        "sea_level_data",
        (1, 2091, 1, 2, 3, 10),
        (1, 2100, 40, 50, 60, 80),
        (2, 2095, 20, 30, 40, 30),
        (2, 2080, 20, 30, 40, 90),
    )
    found = inventory.sea_level(2091, 40)
    assert (found["nodes"], found["year"], found["suspect"]) == (2, 2100, 1)
    assert (found["ssp1"], found["ssp5"], found["lowest"]) == (30, 55, 30)


def test_tables_are_counted_and_dated(site_app):
    """Rows of each table, when results were last written, runs with the latest first."""
    sizes = site_app.inventory.sizes(["location_grid", "api_buildings", "no_such_table"])
    assert {name: (size.rows, size.exact) for name, size in sizes.items()} == {
        "location_grid": (6, True),
        "api_buildings": (2, True),
    }
    written = site_app.inventory.last_written()
    assert written["exposure_results"] is None
    assert written["hazard_results"] is not None
    [run] = site_app.inventory.runs()
    assert (run.parameter_set, run.counts["cells"]) == ("central", 6)
    with site_app.owner.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO modelops.runs (batch_id, stages, method_version, parameter_hash)"
            " SELECT batch_id, '{hazard}', method_version, parameter_hash FROM modelops.runs"
        )
    latest, first = site_app.inventory.runs()
    assert (latest.finished_at, first.run_id) == (None, run.run_id)
    assert [r.run_id for r in site_app.inventory.runs(1)] == [latest.run_id]


def series(*years, of=lambda n: 100.0 + 7 * (n % 5), cell=1, scenario=None, usual=None):
    """A row for each year; *scenario* alone differs from the *usual* ones where it is given."""
    for n, year in enumerate(years):
        row = [of(n)] * 4 if scenario is None else [usual(n)] * 4
        if scenario is not None:
            row[scenario] = of(n)
        yield (cell, year, *row)


def rain(n):
    return 100.0 + 7 * (n % 5)


#: table, its rows, broken statistic → value that is said
IMPLAUSIBLE = [
    ("rx1day", list(series(*range(2001, 2011), of=rain)), {}),
    ("rx1day", list(series(*range(2001, 2011), of=lambda n: rain(n) / 10)), {"median": 11.4}),
    (
        "rx1day",  # one scenario in cm
        list(series(*range(2001, 2011), of=lambda n: rain(n) / 10, scenario=2, usual=rain)),
        {"median": 11.4},
    ),
    ("rx1day", [*series(*range(2001, 2011), of=rain), (1, 2011, 0, 110, 110, 110)], {"value": 0}),
    (
        "rx1day",
        [*series(*range(2001, 2011), of=rain), (2, 2001, NAN, 900, None, 110)],
        {"value": 900},
    ),
    (
        "rx1day",
        [*series(*range(2001, 2011), of=rain), (2, 2001, 999, 110, 110, 110)],
        {"value": 999, "code": 999},
    ),
    (
        "rx1day",
        [
            *series(*range(2001, 2011), of=rain),
            *series(*range(2001, 2011), of=lambda n: 120.0, cell=2),
        ],
        {"spread": 0},
    ),
    (
        "rx1day",
        [
            *series(*range(2001, 2011), of=rain),
            *series(*range(2001, 2011), of=lambda n: 0.0, cell=2),
        ],
        {"value": 0, "all_zero": 4},
    ),
    ("rx5day", list(series(*range(2001, 2011), of=lambda n: rain(n) / 10)), {"median": 11.4}),
    ("sea_level", list(series(*range(2015, 2101), of=lambda n: 0.8 * n)), {}),
    ("sea_level", list(series(*range(2015, 2101), of=lambda n: 8.0 * n)), {"rise_per_decade": 80}),
    ("wsdi", [(1, 2001, 99.9, 3, 4, 5)], {}),
    ("wsdi", [(1, 2001, -9.99, 3, 4, 5)], {"code": -9.99}),
    ("rn", [(1, f"2001-{m:02d}-01", *(110.0,) * 4) for m in range(1, 13)], {}),
    (
        "rn",
        [(1, f"2001-{m:02d}-01", *(4e-5,) * 4) for m in range(1, 13)],
        {"mean_year_total": 4.8e-4, "maximum": 4e-5},
    ),
    ("rhm", [(1, "2001-01-01", 0.4, 0.5, 0.6, 0.7)], {"maximum": 0.4}),
    ("ws", [(1, "2001-01-01", 2, 2, 2, 40)], {"maximum": 40}),
    ("si", [(1, "2001-07-01", *(18.0,) * 4), (1, "2001-01-01", *(90.0,) * 4)], {}),
    ("si", [(1, "2001-07-01", 18, 208, 18, 18)], {"july_median": 208}),
    ("spei12", [(1, "2001-07-01", 0, 0, 0, 5.01)], {"value": 5.01}),
    ("spei12", [(1, "2001-07-01", 0, 0, 0, -9.99)], {"value": -9.99, "code": -9.99}),
    ("ta", [(1, "2001-01-01", -9.99, 0, 0, NAN)], {}),
    ("ta", [(1, "2001-01-01", -99.9, 0, 0, NAN)], {"code": -99.9}),
]


@pytest.mark.parametrize(("variable", "values", "expected"), IMPLAUSIBLE)
def test_a_table_that_no_climate_can_be(rows, variable, values, expected):
    """Wrong units, codes and zeros among good values, in any scenario and cell; the cells asked for alone."""
    inventory, fill = rows
    fill(f"{variable}_data", *values)
    found = inventory.plausible(variable)
    broken = {one.rule.statistic: one.value for one in judged(variable, found) if not one.kept}

    assert broken == pytest.approx(expected, rel=1e-6)
    assert not inventory.plausible(variable, [3]).known or variable == "sea_level"


def test_an_empty_table_has_no_statistics(rows):
    """Nothing is judged of it."""
    inventory, _ = rows
    for variable in NAMES:
        assert not list(judged(variable, inventory.plausible(variable)))
    with pytest.raises(InvalidInput):
        inventory.plausible("sea")


def test_tracks_that_no_storm_can_have(empty_app):
    """Missing values are no fault; zeros, codes and impossible ones are counted."""
    with empty_app.owner.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO modelops.api_typhoon_list (storm_id, season) VALUES ('a', 2003)"
        )
        connection.exec_driver_sql(
            "INSERT INTO modelops.api_typhoon_tracks"
            " SELECT 'a', timestamptz '2003-09-12Z' + n * interval '6 hours', 30, 126, p, w"
            "   FROM (VALUES (0, 950, 80), (1, 0, 75), (2, NULL, 999), (3, 9999, -999),"
            "                (4, real 'NaN', NULL), (5, 1101, 60)) AS node (n, p, w)"
        )
    pressure, wind = (empty_app.inventory.plausible(name) for name in ("pressure_hpa", "wind_kt"))
    assert (pressure.known, pressure.below, pressure.above, pressure.coded) == (4, 1, 2, 1)
    assert (wind.known, wind.below, wind.above, wind.coded) == (5, 1, 1, 2)


def test_the_demonstration_data_are_plausible(site_app):
    """Every table that is loaded keeps every rule."""
    found = {name: site_app.inventory.plausible(name) for name in NAMES}
    said = {f.name: (f.ok, f.says) for f in input_findings(found)}
    assert len(said) > 10
    assert {name: says for name, (_, says) in said.items() if "rules are kept" not in says} == {}
