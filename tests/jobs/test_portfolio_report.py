"""The report of a run that is stored: its control totals, its files, and who sees it."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner

from modelops_core.cli import portfolio_report
from modelops_core.cli.portfolio import verbs
from modelops_core.domain.access import COMMAND_LINE, Caller
from modelops_core.errors import InvalidInput, NotAllowed, NotStored
from modelops_core.services.report.portfolio.gather import Choice
from tests import portfolios
from tests.jobs.test_portfolio_run import FULL, SEA, calculated
from tests.world import BUSAN, SEOUL

CHOICE = Choice(reporting_date=date(2027, 12, 31))
#: a signature of a second person in the database, but for the tables that they sign
SIGNED = (
    "UPDATE modelops.portfolio_report_versions SET signed_by = 'b', signed_person = 'b@b.kr',"
    " signed_at = now(), signed_note = '', "
)
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

    storms = found.table("T13").values("name", dimension="storm")
    assert len(storms) > 1  # of the world's catalogue, by their names
    assert all(storms)

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


def command(*given):
    """A command of portfolios: its exit code and output."""
    ended = CliRunner().invoke(verbs, [str(one) for one in given])
    return ended.exit_code, ended.output


def test_a_version_is_made_by_one_person_signed_by_another_and_stays(
    site_app, tmp_path, monkeypatch
):
    """Its files are the same later; what is not is said; the database refuses what the program does."""
    analyst, boss, stranger = (
        Caller(f"{name}@b.kr", f"{name}@b.kr", role, kind="person")
        for name, role in (("a", "analyst"), ("b", "admin"), ("c", "analyst"))
    )
    run_id = calculated(site_app, portfolios.portfolio([SEOUL, BUSAN]), owner=analyst).results[
        "run_id"
    ]
    reports = site_app.report_versions
    first = reports.make(run_id, CHOICE, analyst, note="초안")
    second = reports.make(run_id, replace(CHOICE, threshold=0.5), analyst)
    assert [one.number for one in reports.all(run_id, boss)] == [2, 1]
    assert first.content_hash != second.content_hash
    with pytest.raises(NotStored):
        reports.all(run_id, stranger)
    with pytest.raises(NotStored):
        reports.get(run_id, 3, boss)
    with pytest.raises(NotAllowed, match="your own"):
        reports.sign(run_id, 1, analyst)
    signed = reports.sign(run_id, 1, boss, "확인")
    with pytest.raises(InvalidInput, match=r"signed already, by b@b\.kr"):
        reports.sign(run_id, 1, Caller("d@b.kr", "d@b.kr", "admin", kind="person"))
    assert (signed.settings, signed.content_hash) == (first.settings, first.content_hash)

    monkeypatch.setattr(portfolio_report, "app", lambda: site_app)
    files = ("--kind", "xlsx", "--out", tmp_path)
    assert command("report", run_id, "--keep", *files)[0] == 0
    said = command("versions", run_id)[1].splitlines()
    assert ["made by command line, not signed" in line for line in said] == [True, False, False]
    assert said[-1].endswith("made by a@b.kr, signed by b@b.kr")
    with pytest.raises(NotAllowed, match="Nobody had signed in"):
        reports.sign(run_id, 3, boss)

    with site_app.owner.begin() as connection:  # a later load changes no version
        connection.execute(text("UPDATE modelops.data_sources SET version = 'later'"))
    content, changed = reports.content(run_id, 1, analyst)
    assert changed == []
    assert "b@b.kr" in dict(content.table("T0").rows)["서명자"]
    for change in (
        "UPDATE modelops.portfolio_report_versions SET content_hash = 'x' WHERE number = 2",
        "UPDATE modelops.portfolio_report_versions SET signed_note = 'x' WHERE number = 1",
        "UPDATE modelops.portfolio_report_versions SET signed_by = 'a', signed_person = 'a@b.kr',"
        " signed_at = now(), signed_note = '', signed_tables = tables WHERE number = 2",
        SIGNED + "signed_tables = jsonb_set(tables, '{T12}', '\"0\"') WHERE number = 2",
        SIGNED + "signed_tables = NULL WHERE number = 2",
    ):
        with pytest.raises(DBAPIError), site_app.owner.begin() as connection:
            connection.execute(text(change))
    with site_app.owner.begin() as connection:
        connection.execute(text("UPDATE modelops.portfolio_run_sites SET asset_value = 7e9"))
    _, changed = reports.file(run_id, 1, "xlsx", boss)
    assert "T12" in changed
    with pytest.raises(InvalidInput, match="T12") as refused:
        reports.sign(run_id, 2, boss)
    assert refused.value.code == "report_changed"
    assert reports.get(run_id, 2, boss).signed_at is None
    code, said = command("report", run_id, "--version", 1, *files)
    assert code == portfolio_report.WRONG
    assert said.count("T12") == 1
    assert "Version 1 cannot be signed" in said


def test_a_reader_of_the_views_sees_the_runs_that_they_were_given(site_app):
    """Of one owner, of everybody, or none; by all views, whatever role is set."""
    owner = Caller("a@b.kr", "a@b.kr", "analyst", kind="person")
    for who in (owner, COMMAND_LINE):
        calculated(site_app, portfolios.portfolio([SEOUL]), owner=who)
    views = ("runs", "sites", "results", "rare_years", "sums")
    with site_app.owner.connect() as connection:  # rolled back, the roles too
        for reader, given in (("one", ["a@b.kr"]), ("all", ["*"]), ("none", [])):
            connection.execute(text(f"CREATE USER rpt_{reader} IN ROLE modelops_reports"))
            for name in given:
                values = {"reader": f"rpt_{reader}", "owner": name}
                add = "INSERT INTO modelops.report_readers VALUES (:reader, :owner)"
                connection.execute(text(add), values)
        for reader, runs in (("one", 1), ("all", 2), ("none", 0)):
            connection.execute(text(f"SET SESSION AUTHORIZATION rpt_{reader}"))
            connection.execute(text("SET ROLE modelops_reports"))
            for view in views:
                count = f"SELECT count(DISTINCT run_id) FROM rpt.portfolio_{view}"
                assert connection.execute(text(count)).scalar() == runs, (reader, view)
            connection.execute(text("RESET SESSION AUTHORIZATION"))
        connection.rollback()
