"""Population and projections: ends of a ranking, rows of files, places that were typed."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from modelops_core.services.night.tiles import METHOD_VERSION
from modelops_core.services.series.population import YEARS
from modelops_core.services.series.projections import Summary
from modelops_core.ui.population import charts
from modelops_core.ui.population import files as population_files
from modelops_core.ui.population.population_cache import People
from modelops_core.ui.projections import files as projection_files
from modelops_core.ui.projections import place
from tests.unit.ui.screen import Screen

NAN = float("nan")


def people(count):
    """District i has i persons and one more every five years, on ten km²."""
    rows = [
        {"admin_code": str(i), "admin_name": f"{i}동", "admin_name_en": f"no. {i}"}
        for i in range(count)
    ]
    persons = 100.0 * np.arange(1, count + 1)[:, None] + 10.0 * np.arange(len(YEARS))
    return People(rows, persons, np.full(count, 10.0))


@pytest.fixture
def ranked(monkeypatch):
    """Draws a ranking; the places of the districts by the end that they are drawn at."""
    drawn = {}
    monkeypatch.setattr(charts, "st", Screen())
    monkeypatch.setattr(charts, "t", lambda key, **_: key)
    monkeypatch.setattr(charts, "_bars", lambda *a: list(a[3]))
    monkeypatch.setattr(charts, "_draw_bars", lambda bars, _, end, title: drawn.update({end: bars}))

    def rank(count):
        charts.ranking(people(count), "population", 2030, None)
        return drawn

    return rank


def test_both_ends_of_a_long_ranking(ranked):
    """Ten of thirty at each end, the larger first."""
    assert ranked(30) == {"top": list(range(29, 19, -1)), "bottom": list(range(9, -1, -1))}


def test_a_short_ranking_is_shown_whole(ranked):
    """Twenty in one column."""
    assert ranked(20) == {"all": list(range(19, -1, -1))}


def test_density_and_change_in_a_file_are_of_the_chosen_year():
    """110 on ten km² in 2025, a tenth more than in 2020; persons are whole."""
    [row] = population_files._rows(people(1), 2025)
    assert (row["density"], row["change_percent"], row["area_km2"]) == (11.0, 10.0, 10.0)
    assert (row["population_2020"], row["population_2025"]) == (100, 110)
    assert isinstance(row["population_2020"], int)


def summary(**values):
    given = {
        "scenario": "ssp2",
        "horizon": "2050s",
        "first": 2041,
        "last": 2060,
        "years": 20,
        "mean": 12.0,
        "deviation": 3.0,
        "change": 2.0,
        "relative": 20.0,
        "significant": True,
        "status": "ok",
    }
    return Summary(**{**given, **values})


def test_windows_of_a_file():
    """Each number in its column; whether an unknown change is clear is unknown."""
    unknown = summary(mean=NAN, deviation=NAN, change=NAN, relative=NAN, significant=False)
    columns, (known, none) = projection_files._windows(
        SimpleNamespace(summaries=[summary(significant=False), unknown])
    )
    assert set(columns) == set(known)
    names = ("mean", "deviation", "change", "change_percent", "change_clear")
    assert [known[name] for name in names] == [12.0, 3.0, 2.0, 20.0, False]
    assert [none[name] for name in names] == [None] * 5
    assert (known["first_year"], known["last_year"]) == (2041, 2060)


def test_a_file_names_the_version_of_the_method(monkeypatch):
    """The method's, as every other file does; not that of the parameter file."""
    monkeypatch.setattr(projection_files.reads, "source", lambda variable: [])
    area = SimpleNamespace(name="Seoul", unit="sido", latitude=37.5, longitude=127.0)
    view = SimpleNamespace(
        area=area,
        series=SimpleNamespace(variable="ta", cells=4),
        variable="temperature",
        axis=SimpleNamespace(unit="°C"),
        reference=SimpleNamespace(first=1991, last=2020),
        node=None,
    )
    assert dict(projection_files.head(view))["method_version"] == METHOD_VERSION


def test_months_and_years_of_a_file():
    """January is month 1; each scenario in its own column, its running mean beside it."""
    values = np.arange(4 * 2 * 12, dtype=float).reshape(4, 2, 12)
    series = SimpleNamespace(values=values, years=np.array([2021, 2022]))
    yearly = values.mean(axis=2)
    view = SimpleNamespace(series=series, yearly=yearly, running=yearly + 0.5)
    _, months = projection_files._months(view)
    _, years = projection_files._years(view)

    assert [(row["year"], row["month"]) for row in months[10:14]] == [
        (2021, 11),
        (2021, 12),
        (2022, 1),
        (2022, 2),
    ]
    assert (months[0]["ssp1"], months[0]["ssp5"], months[12]["ssp1"]) == (0.0, 72.0, 12.0)
    assert (years[1]["ssp1"], years[1]["ssp1_mean20"]) == (17.5, 18.0)


@pytest.mark.parametrize(
    ("words", "went"),
    [
        ("37.5, 127.25", (37.5, 127.25, None)),
        ("127.25, 37.5", (37.5, 127.25, None)),
        ("37.5°N 127.25°E", (37.5, 127.25, None)),
        ("11", (37.6, 127.0, "sido")),
    ],
)
def test_where_a_search_goes(monkeypatch, words, went):
    """Latitude is the smaller number in Korea, whichever was typed first; a name has its level."""
    gone = []
    monkeypatch.setattr(place, "st", Screen(**{place.SEARCH: words}))
    known = {"11": ("sido", "서울", "Seoul", 37.6, 127.0)}
    monkeypatch.setattr(place.reads, "names", lambda loaded: known)
    monkeypatch.setattr(place, "_go", lambda *where: gone.append(where))
    place._searched("loaded")
    assert gone == [went]
