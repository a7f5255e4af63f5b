"""The page of the data: the worst first, the latest load, rows of several sources."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from modelops_core.bootstrap.input_quality import InputQuality
from modelops_core.db.inputs.inventory import TableSize
from modelops_core.services.audit.quality import Check
from modelops_core.ui.data import checks, inputs
from modelops_core.ui.data.inputs import InputTable
from tests.answers import data_source
from tests.pages import as_read
from tests.unit.ui.screen import Screen, program


@pytest.fixture(autouse=True)
def english(monkeypatch):
    """The reader's language."""
    monkeypatch.setattr("modelops_core.ui.kit.i18n.language", lambda: "en")
    monkeypatch.setattr(inputs.labels, "language", lambda: "en")


def test_the_worst_kinds_of_checks_come_first(monkeypatch):
    """By the worst of each kind, whatever its others say."""
    drawn = []
    monkeypatch.setattr(checks, "st", Screen())
    monkeypatch.setattr(checks, "_card", lambda kind, found: drawn.append((kind, len(found))))
    given = [("gaps", "pass"), ("range", "warn"), ("spei", "unknown"), ("gaps", "fail")]
    checks._cards([Check(kind, "ta", verdict) for kind, verdict in given])
    assert drawn == [("gaps", 2), ("range", 1), ("spei", 1)]


class Inventory:
    """Tables of 3,200 cells; what is asked of the cells is kept."""

    def __init__(self):
        self.looked_at = []

    def grid_ids(self):
        return list(range(3200))

    def plausible(self, name, ids, summary):
        return name, ids

    def rain_days(self, ids):
        self.looked_at.append(ids)
        return {}

    def spei(self, window, mean, deviation, ids):
        return {"window": window}

    def warming(self, window, ids):
        return {"window": window}

    def sea_level(self, first, rise):
        return {}


def quality_of(inventory, sources=()):
    app = program()
    return InputQuality(inventory, SimpleNamespace(all=lambda: sources), app.perils, app.parameters)


def test_rows_of_several_sources_of_one_table_add_up():
    """Five and seven; only counted tables are compared with them."""
    sources = [data_source(name, row_count=rows) for name, rows in (("a", 5), ("b", 1), ("a", 7))]
    sizes = {"a": TableSize(12, True, 0), "b": TableSize(9, False, 0)}
    found = quality_of(Inventory(), sources).profiles(sizes, range(3200), {})
    assert found.registered == {"a": 12, "b": 1}
    assert found.rows == {"a": 12}


def test_a_fine_grid_is_sampled_evenly():
    """Every third of 3,200 cells; the baseline and the end of the century are the file's."""
    inventory = Inventory()
    found = quality_of(inventory).profiles({}, inventory.grid_ids(), {})
    assert (found.cells, found.grid) == (1067, 3200)
    assert inventory.looked_at[0] == list(range(0, 3200, 3))
    assert found.spei["window"] == (1991, 2020)
    assert list(found.warming["window"]) == [2081, 2100]


def test_the_latest_load_and_the_sum_of_rows(monkeypatch):
    """Of two data sets the later one; a table without a source is empty and no data set."""
    screen = Screen()
    drawn = []

    class Box:
        def metric(self, label, value, **more):
            drawn.append((value, more.get("help")))

    monkeypatch.setattr(inputs, "st", screen)
    monkeypatch.setattr(inputs.labels, "metric_places", lambda count: [Box() for _ in range(count)])
    moments = [datetime(2026, 1, day, tzinfo=UTC) for day in (5, 9)]
    observed = data_source("a", loaded_at=moments[0])
    synthetic_one = data_source("b", kind="synthetic", loaded_at=moments[1])
    rows = [
        InputTable("a", 1000, True, observed),
        InputTable("b", 500, True, synthetic_one),
        InputTable("c", 0, True),
    ]
    inputs._summary(rows)
    (sets, _), (total, _), (_, latest), (empty, names), (synthetic, _) = drawn
    assert (sets, total, latest) == ("2", "1,500", "2026-01-09 09:00")
    assert (empty, names, synthetic) == ("1", "c", "1")


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (
            Check(
                "plausible",
                "rn",
                "fail",
                {"value": 5e-4, "low": 200.0, "high": 6000.0},
                statistic="mean_year_total",
            ),
            "Precipitation: mean total of a year 0.000500 mm, allowed 200 to 6,000, rows outside: –",
        ),
        (
            Check(
                "plausible",
                "rhm",
                "fail",
                {"value": 0.81, "low": 1.5, "high": float("inf")},
                statistic="maximum",
            ),
            "Mean relative humidity: maximum of a scenario 0.810 %, allowed 1.50 to ∞, rows outside: –",
        ),
        (
            Check(
                "plausible",
                "wind_kt",
                "warn",
                {"value": 999, "low": 1, "high": 190, "rows": 2},
                statistic="value",
            ),
            "Maximum wind of typhoons (kt): value 999, allowed 1.00 to 190, rows outside: 2",
        ),
    ],
)
def test_what_a_table_may_not_hold_is_said(check, words):
    """Variable, statistic, value with its unit, allowed range and rows."""
    assert as_read(checks.worst_case_text("plausible", [check])) == words
