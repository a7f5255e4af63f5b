"""Climate series of files in the database: a scenario a column, years that others filled stay."""

from __future__ import annotations

import numpy as np

from modelops_core.bootstrap.load_job import Loads
from modelops_core.db.inputs.signals import Signals
from modelops_core.domain.access import COMMAND_LINE
from modelops_core.domain.source import Given
from modelops_core.domain.warming import OBSERVED_SPREAD
from modelops_core.services.night import signals
from tests.world import CELLS


def load(app, tmp_path, name, years, value, members=5, **given):
    """Load one value for all cells and *years* from a table of points."""
    path = tmp_path / name
    lines = [f"{y},{x},{year},{value + year % 7}" for y, x, *_ in CELLS.values() for year in years]
    path.write_text("lat,lon,year,RX1DAY (mm)\n" + "\n".join(lines) + "\n")
    loads: Loads = app.loads
    about = Given(members=members, **given)
    return loads.load(COMMAND_LINE, "climate", [path], about, lambda *_: None)


def held(app, year):
    with app.owner.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT ssp1, ssp2, ssp3, ssp5 FROM modelops.rx1day_data WHERE grid_id = 1 AND year = %s",
            (year,),
        ).first()
    return None if found is None else tuple(found)


def sources(app):
    return {s.name: s.period for s in app.sources.all() if s.table_name == "rx1day_data"}


def test_scenarios_and_history_are_loaded_one_after_the_other(app, tmp_path):
    """Each fills its column in its years; a longer series takes the place of a shorter one; undone, it is back."""
    load(app, tmp_path, "ssp245.csv", range(2021, 2031), 100)
    assert held(app, 1995) is None
    assert held(app, 2024) == (None, 101, None, None)
    load(app, tmp_path, "obs.csv", range(2001, 2011), 90, members=0)
    load(app, tmp_path, "ssp585.csv", range(2021, 2041), 120)
    assert held(app, 2004) == (92,) * 4
    assert held(app, 2024) == (None, 101, None, 121)
    assert held(app, 2035) == (None, None, None, 125)
    load(app, tmp_path, "ssp245_long.csv", range(2021, 2041), 200)
    assert held(app, 2024) == (None, 201, None, 121)
    assert sources(app) == {
        "rx1day history of all scenarios: obs.csv": "2001-2010",
        "rx1day SSP5-8.5: ssp585.csv": "2021-2040",
        "rx1day SSP2-4.5: ssp245_long.csv": "2021-2040",
    }
    app.loads.versions.undo("climate")
    assert held(app, 2024) == (None, 101, None, 121)
    assert "rx1day SSP2-4.5: ssp245.csv" in sources(app)


def test_a_mean_of_models_takes_its_spread_from_stations(app, tmp_path):
    """Mean, spread and flag of yearly rain are those of stations; one model's run has its own."""
    years = [*range(1991, 2021), *range(2021, 2101)]
    found = {}
    for members in (5, 1):
        load(app, tmp_path, f"ssp245_{members}.csv", years, 100, members=members)
        store = Signals(app.owner)
        assert store.members("rx1day") == members
        found[members] = signals.find(store, app.parameters, app.perils.values()).columns["rx1day"]
    assert found[5].flags[OBSERVED_SPREAD].all()
    assert (found[5].columns["level"] > 110).all()
    assert (found[5].columns["spread"] > 0.15).all()
    assert OBSERVED_SPREAD not in found[1].flags
    assert np.isnan(found[1].columns["level"]).all()
    assert (found[1].columns["spread"] < 0.02).all()
