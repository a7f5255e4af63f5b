"""A tenth peril is one file and one golden file: hail, written to a folder and nothing else touched."""

from __future__ import annotations

import inspect
import sys
from itertools import product

import pytest

from modelops_core.db.connection import DatabaseConnection
from modelops_core.db.migrate import migrate
from modelops_core.perils import PERILS, discover
from modelops_core.services.night import nightly
from modelops_core.settings import Settings
from tests import world
from tests.contract import test_perils as contract

pytest_plugins = ("tests.database", "tests.apps")

#: a key of no shipped peril, even while hail itself is tried as one (scripts/try_peril.py)
KEY = "hail" if "hail" not in PERILS else "invented"
HAIL = '''"""Hail, invented for this test: stones grow with the wettest day [1]_."""

import numpy as np

from modelops_core.domain.peril import Counted, Factor, Limit, Mean, Peril, Vulnerability


def entry(value, unit, **more):
    """A parameter of this file."""
    return {"value": value, "unit": unit, "source": "[1], invented", "provenance": "A", "grade": "D", **more}


def indices(climate, p):
    """Largest stone of the year [mm], (scenario, year, cell)."""
    return {"stone": p["stone_per_rain"] * climate["rx1day"]}


def damage(x, p, curve=""):
    """Nothing up to the onset, then linear in the stone, capped."""
    beyond = np.maximum(0.0, x - p["onset"])
    return np.minimum(p["most"], beyond * p["damage_per_mm"] / (1 + p["reference_vulnerability"]))


def proximity(sites, p):
    """Hail falls anywhere."""
    return Factor(np.ones(len(sites)))


PERIL = Peril(
    key="KEY",
    label="Hail",
    label_ko="우박",
    intensity="largest stone of the year",
    intensity_ko="한 해의 가장 큰 우박",
    unit="mm",
    kind="physical",
    grade="D",
    requires=frozenset({"rx1day"}),
    indices=indices,
    frequency=Counted("stone"),
    hazard=(Mean("stone", unit="mm", anchors="anchors"),),
    damage=damage,
    proximity=proximity,
    vulnerability=Vulnerability(structure="wind"),
    references=("[1] nobody: a toy.",),
    limits=(Limit("Invented for a test.", "시험용으로 지어낸 위험입니다."),),
    verified=False,
    parameters={
        "bins": entry([15, 30, 50], "mm"),
        "anchors": entry([0, 10, 20, 40, 60, 80], "mm"),
        "stone_per_rain": entry(0.2, "mm/mm"),
        "onset": entry(10, "mm"),
        "damage_per_mm": entry(1.5e-4, "share of value per mm", low=1e-4, high=3e-4),
        "most": entry(0.5, "share of value"),
        "vulnerability_weights": entry({"structure": 0.6, "age": 0.4}, "1"),
    },
)
'''.replace("KEY", KEY)
#: stones of 20 and 40 mm, ten years each: half of 0.001 and half of 0.003
GOLDEN = """# source: by hand
# expect: aal=0.2 hazard=0.5 p=0,.5,.5,0 dr=0,.001,.003,.004 stone=30
# tolerance: 1e-9
year,rx1day
""" + "\n".join(f"{year},{100 if year % 2 else 200}" for year in range(2021, 2041))


@pytest.fixture
def folder(tmp_path):
    """What the author of a peril delivers."""
    (tmp_path / f"{KEY}.py").write_text(HAIL, "utf-8")
    (tmp_path / f"{KEY}.csv").write_text(GOLDEN, "utf-8")
    yield tmp_path
    sys.modules.pop(f"modelops_core.perils.{KEY}", None)


def checks():
    """Every test of the contract with each set of its own arguments."""
    for name, check in vars(contract).items():
        if not name.startswith("test_"):
            continue
        own = [
            m.args
            for m in getattr(check, "pytestmark", [])
            if m.name == "parametrize" and m.args[0] != "peril"
        ]
        for values in product(*(options for _, options in own)):
            arguments = dict(zip((argument for argument, _ in own), values, strict=True))
            yield pytest.param(check, arguments, id="-".join([name, *map(str, values)]))


def test_the_contract_is_about_perils_and_not_about_nine():
    """All its checks take a peril; there are many of them."""
    assert len(list(checks())) >= 15
    assert all("peril" in inspect.signature(case.values[0]).parameters for case in checks())


@pytest.mark.parametrize(("check", "arguments"), list(checks()))
def test_hail_keeps_the_contract(check, arguments, folder, monkeypatch):
    """The same checks, its own golden file included."""
    hail = discover(folder)[KEY]
    monkeypatch.setattr(
        contract, "PARAMETERS", contract.PARAMETERS.with_section(KEY, hail.parameters)
    )
    monkeypatch.setattr(contract, "GOLDEN", folder)

    check(peril=hail, **arguments)


def test_discovery_adds_and_keeps_the_nine(folder):
    """Ten with the folder, nine without, and the shipped ones are the same objects."""
    found = discover(folder)

    assert set(found) - set(PERILS) == {KEY}
    assert all(found[key] is peril for key, peril in PERILS.items())
    assert KEY not in discover()


def test_hail_lives_through_a_night_and_an_assessment(make_app, folder, monkeypatch):
    """Enumeration, nightly run over two processes, assessment, totals, the requirements' door."""
    app = make_app(MODELOPS_PERILS=str(folder), MODELOPS_PROCESSES=2, MODELOPS_TILE_CELLS=3)
    assert migrate(app.owner, tuple(app.perils)).perils == (KEY,)
    world.fill(app.owner)
    report = nightly.run(app.nightly_ports, app.nightly_request())
    answer = app.assess({"latitude": world.SEOUL[0], "longitude": world.SEOUL[1], "as_of": 2025})

    assert report.tiles == 2
    rows = [row for row in answer["results"] if row["risk_type"] == KEY]
    assert len(rows) == 4 * 5
    assert len(answer["results"]) == world.SITE_ROWS + 4 * 5
    for row in rows:
        assert row["status"] == "ok"
        assert row["base_aal"] > 0
        assert row["final_aal"] == pytest.approx(row["base_aal"] * (1 + row["vulnerability_score"]))
        [total] = [
            t
            for t in answer["totals"]
            if (t["ssp_scenario"], t["horizon"]) == (row["ssp_scenario"], row["horizon"])
        ]
        physical = [
            r["expected_loss"]
            for r in answer["results"]
            if app.perils[r["risk_type"]].kind == "physical"
            and (r["ssp_scenario"], r["horizon"]) == (row["ssp_scenario"], row["horizon"])
        ]
        assert row["expected_loss"] in physical
        assert total["physical"] == pytest.approx(sum(filter(None, physical)))
    with app.reader.connect() as connection:
        stored = connection.exec_driver_sql(
            f"SELECT count(*) FROM modelops.hazard_results WHERE risk_type = '{KEY}'"
        ).scalar()
    assert stored == 6 * 4 * 5

    monkeypatch.setenv("MODELOPS_PERILS", str(folder))
    monkeypatch.setattr(DatabaseConnection, "_bound", app.reader)
    assert set(DatabaseConnection.fetch_hazard_results(*world.SEOUL)) == set(app.perils)
    assert set(
        DatabaseConnection.fetch_climate_data(*world.SEOUL, risk_type=KEY)["climate_data"]
    ) == {"rx1day"}
    assert Settings().peril_path == str(folder)
