"""The report of a run that is stored: its control totals, its files, and who sees it."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from sqlalchemy import text

from modelops_core.cli import portfolio_report
from modelops_core.domain.access import COMMAND_LINE, Caller
from modelops_core.errors import NotStored
from modelops_core.services.report.portfolio.gather import Choice
from tests import portfolios
from tests.jobs.test_portfolio_run import FULL, SEA, calculated
from tests.world import BUSAN, SEOUL

CHOICE = Choice(reporting_date=date(2027, 12, 31))
STRANGER = Caller("b@example.kr", "b@example.kr", "analyst")


def test_a_stored_run_gives_a_report_whose_totals_hold(site_app, tmp_path):
    """Equal to the database's sums; a sum that is changed there makes a check fail."""
    own = portfolios.portfolio(
        [SEOUL, BUSAN, SEOUL, SEA],
        [FULL, {**FULL, "asset_value": 2e9}, {}, {"asset_value": 1e9}],
        loans=portfolios.loans([1e8, 2e8], [(0, 0), (1, 1), (1, 2)]),
    )
    job = calculated(site_app, own)
    run_id = job.results["run_id"]
    reports = site_app.portfolio_reports
    found = reports.content(run_id, CHOICE, COMMAND_LINE, former_id=run_id)

    assert reports.failed(found) == []
    total = next(
        row
        for row in job.results["totals"]
        if (row["quantity"], row["ssp_scenario"], row["horizon"]) == ("grand", "ssp2", "2050s")
    )
    assert found.table("T3").total("expected_loss") == pytest.approx(total["loss"])
    assert set(found.table("T17").values("difference")) <= {0.0, None}

    paths = reports.write(found, tmp_path, portfolio_report.KINDS)
    assert [path.read_bytes()[:4] for path in paths] == [b"PK\3\4", b"%PDF", b"PK\3\4"]
    book = openpyxl.load_workbook(io.BytesIO(paths[0].read_bytes()))
    assert [name.split()[0] for name in book.sheetnames] == [table.key for table in found.tables]

    with site_app.owner.begin() as connection:
        connection.execute(
            text(
                "UPDATE modelops.portfolio_run_sums SET loss[12] = loss[12] + 1000"
                " WHERE run_id = :id AND dimension = 'sido' AND quantity = 'grand'"
            ),
            {"id": run_id},
        )
    assert len(reports.failed(reports.content(run_id, Choice(scenario="ssp3", horizon="2030s",
               reporting_date=date(2027, 12, 31)), COMMAND_LINE))) == 1  # fmt: skip


def test_a_run_of_somebody_else_is_none(site_app):
    """Neither listed nor read."""
    run_id = calculated(site_app, portfolios.portfolio([SEOUL])).results["run_id"]
    reports = site_app.portfolio_reports
    assert run_id in [row["run_id"] for row in reports.runs(COMMAND_LINE)]
    assert reports.runs(STRANGER) == []
    with pytest.raises(NotStored):
        reports.content(run_id, CHOICE, STRANGER)
