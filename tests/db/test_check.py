"""`check` over the small world."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from modelops_core.cli import check as command
from modelops_core.cli.shared import program
from modelops_core.db.results.check import CheckTables
from modelops_core.errors import NoResults
from modelops_core.services.audit import check


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
    causes = CheckTables(nightly_app.worker).causes({4: 1.0, 5: 0.0})
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


def test_without_results_there_is_nothing_to_check(app):
    """The command that helps is named."""
    with pytest.raises(NoResults, match="nightly"):
        CheckTables(app.worker).cells()
