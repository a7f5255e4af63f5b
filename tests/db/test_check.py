"""`check` over the small world."""

from __future__ import annotations

import json
import re

import pytest
from typer.testing import CliRunner

from modelops_core.cli import check as command
from modelops_core.cli.shared import program
from modelops_core.db.results.check import CheckTables
from modelops_core.domain.horizons import SCENARIOS
from modelops_core.errors import NoResults
from modelops_core.services.audit import check
from modelops_core.services.night import nightly


def test_results_and_stock_are_read_as_they_are_stored(nightly_app):
    """The cells' medians of the report are those of the table; both buildings are in it."""
    found = check.run(
        CheckTables(nightly_app.worker), nightly_app.perils, nightly_app.parameters, 2025
    )

    assert found["buildings"] == {"looked_at": 2, "in_the_register": 2}
    assert set(found["perils"]) == set(nightly_app.perils)
    with nightly_app.reader.connect() as connection:
        stored = connection.exec_driver_sql(
            "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY aal), min(aal), max(aal) FROM modelops.probability_results"
            " WHERE risk_type = 'extreme_heat' AND ssp_scenario = 'ssp3' AND horizon = '2070s'"
        ).one()
    [row] = [
        r
        for r in found["perils"]["extreme_heat"]["rows"]
        if (r["ssp_scenario"], r["horizon"]) == ("ssp3", "2070s")
    ]
    assert (row["median"], row["minimum"], row["maximum"]) == pytest.approx(
        tuple(stored), rel=1e-12
    )


def test_causes_are_weighted_by_value(nightly_app):
    """All the weight on one cell: its own statistic."""
    key = ("extreme_heat", "ssp2", "2050s")
    causes = CheckTables(nightly_app.worker).mean_drivers({4: 1.0, 5: 0.0})
    with nightly_app.reader.connect() as connection:
        wsdi = connection.exec_driver_sql(
            "SELECT (statistic ->> 'wsdi')::float8 FROM modelops.hazard_results WHERE grid_id = 4"
            " AND risk_type = 'extreme_heat' AND ssp_scenario = 'ssp2' AND horizon = '2050s'"
        ).scalar()
    assert causes[key]["mean wsdi"] == pytest.approx(wsdi, rel=1e-12)


@pytest.mark.parametrize("as_json", [True, False])
def test_the_command_ends_with_1_where_a_check_fails(site_app, monkeypatch, as_json):
    """One peril made constant: exit code 1, and the check is named."""
    monkeypatch.setattr(command, "app", lambda: site_app)
    with site_app.owner.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE modelops.probability_results SET aal = 0.05 WHERE risk_type = 'typhoon'"
        )
    ended = CliRunner().invoke(program, ["check", *(["--json"] if as_json else [])])

    assert ended.exit_code == 1, ended.output
    if as_json:
        failed = {f["name"] for f in json.loads(ended.output)["findings"] if not f["ok"]}
        assert "spread:typhoon" in failed
    else:
        assert "FAIL spread:typhoon" in ended.output


@pytest.mark.parametrize(
    ("statement", "name", "ok", "says"),
    [
        (
            "UPDATE modelops.rn_data SET ssp3 = ssp3 / 2.6e6",
            "rn",
            False,
            "rn_data: mean year total .* mm, allowed 200 to 6000: another unit",
        ),
        (
            "UPDATE modelops.rhm_data SET ssp1 = ssp1 / 100, ssp2 = ssp2 / 100",
            "rhm",
            False,
            "rhm_data: maximum 0\\..* %, allowed 1.5 or more: a fraction",
        ),
        (
            "UPDATE modelops.rx1day_data SET ssp5 = 999 WHERE year = 2050 AND grid_id = 2",
            "rx1day",
            False,
            "rx1day_data: code 999 mm in 1 rows: a code for missing",
        ),
        (
            "UPDATE modelops.si_data SET ssp1 = ssp1 / 0.0864",
            "si",
            True,
            "si_data: july median .* allowed 5 to 60: not MJ/m² a day",
        ),
        (
            "UPDATE modelops.api_typhoon_tracks SET pressure_hpa = 0"
            " WHERE track_time = (SELECT min(track_time) FROM modelops.api_typhoon_tracks)",
            "pressure_hpa",
            True,
            "api_typhoon_tracks.pressure_hpa: value 0, allowed 860 to 1100 in 1 rows",
        ),
    ],
)
def test_the_command_names_implausible_tables(site_app, monkeypatch, statement, name, ok, says):
    """Table, statistic, value and allowed range; a refusal fails, a doubt is said."""
    monkeypatch.setattr(command, "app", lambda: site_app)
    with site_app.owner.begin() as connection:
        connection.exec_driver_sql(statement)
    ended = CliRunner().invoke(program, ["check", "--json"])
    found = [f for f in json.loads(ended.output)["findings"] if f["name"].startswith("plausible:")]
    [broken] = [f for f in found if "rules are kept" not in f["says"] and re.match(says, f["says"])]

    assert (broken["name"], broken["ok"]) == (f"plausible:{name}", ok)
    assert {f["name"] for f in found if "rules are kept" not in f["says"]} == {f"plausible:{name}"}


def judged(app):
    """Finding → whether it holds."""
    found = check.run(CheckTables(app.worker), app.perils, app.parameters, 2025)
    return {f["name"]: f["ok"] for f in found["findings"]}


@pytest.mark.parametrize(
    ("change", "failing"),
    [
        # years in another order: the window means of another climate
        (
            "UPDATE modelops.rx1day_data AS d SET ssp5 = o.ssp5 FROM modelops.rx1day_data AS o"
            " WHERE o.grid_id = d.grid_id AND o.year = 2021 + (2100 - d.year) AND d.year > 2020",
            {"data:response:river_flood", "data:response:urban_flood"},
        ),
        # another seed's temperature
        (
            "UPDATE modelops.ta_data SET ssp3 = ssp3 + 0.01 WHERE observation_date >= '2081-01-01'",
            {f"data:warming:{key}" for key in ("river_flood", "urban_flood", "drought")},
        ),
    ],
    ids=["years", "seed"],
)
def test_results_of_other_data_are_noticed(site_app, change, failing):
    """Data that were loaded after the nightly run: what the results followed is not there any more."""
    before = judged(site_app)
    with site_app.owner.begin() as connection:
        connection.exec_driver_sql(change)
    after = judged(site_app)

    assert all(before[name] for name in failing)
    assert failing <= {name for name in after if before[name] and not after[name]}


def test_an_average_called_a_single_model_is_noticed(app):
    """Yearly maxima with a third of their spread, stated as one run: the L-CV is no station's."""
    with app.owner.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE modelops.rx1day_data AS d SET"
            + ", ".join(f" {c} = m.{c} + (d.{c} - m.{c}) / 3" for c in SCENARIOS)
            + " FROM (SELECT grid_id,"
            + ", ".join(f" avg({c}) AS {c}" for c in SCENARIOS)
            + " FROM modelops.rx1day_data GROUP BY 1) AS m WHERE m.grid_id = d.grid_id"
        )
    nightly.run(app.nightly_ports, app.nightly_request())

    assert not judged(app)["lcv:river_flood"]


def test_without_results_there_is_nothing_to_check(app):
    """The command that helps is named."""
    with pytest.raises(NoResults, match="nightly"):
        CheckTables(app.worker).cells()
