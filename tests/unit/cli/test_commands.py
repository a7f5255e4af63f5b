"""What the commands ask of the program, and how they end; nothing behind them is real."""

from __future__ import annotations

import io
import sys
import threading
from contextlib import nullcontext
from datetime import UTC, datetime
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest
from typer.testing import CliRunner

import modelops_core.cli as commands
from modelops_core.cli import database, jobs, keys, night, program, site
from modelops_core.domain.access import COMMAND_LINE
from modelops_core.domain.job import Job, JobStatus
from modelops_core.errors import InvalidInput, NoResults, RunAlreadyActive
from modelops_core.perils import PERILS
from modelops_core.services.night.nightly import Report
from modelops_core.settings import Settings
from modelops_core.sources import series
from tests.waiting import PATIENCE

MODULES = (database, jobs, keys, night, site)


@pytest.fixture
def fake(monkeypatch):
    """An App that notes what it is asked for."""
    made = MagicMock()
    made.perils = PERILS
    for module in MODULES:
        monkeypatch.setattr(module, "app", lambda: made)
    return made


def run(*args):
    """A command that ends well; its output."""
    ended = CliRunner().invoke(program, [str(arg) for arg in args])
    assert ended.exit_code == 0, (ended.output, ended.exception)
    return ended.output


def refused(*args):
    """The error that a command raises."""
    return CliRunner().invoke(program, [str(arg) for arg in args]).exception


# --- how commands end --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "code"), [(RunAlreadyActive(), 3), (NoResults(), 2), (InvalidInput("own_server"), 2)]
)
def test_errors_on_purpose_end_with_their_code(monkeypatch, capsys, error, code):
    """One line on stderr; 3 for a second nightly run, 2 for all others."""

    def ended():
        raise error

    monkeypatch.setattr(commands, "program", ended)
    with pytest.raises(SystemExit) as end:
        commands.main()
    said = capsys.readouterr()
    assert end.value.code == code
    assert (said.out, said.err) == ("", f"error: {error}\n")


# --- nightly -----------------------------------------------------------------------------------


@pytest.fixture
def nights(fake):
    """The nightly runs that were asked for: on which ports, with which request."""
    asked = []

    def ran(caller, ports, request, _progress):
        assert caller is COMMAND_LINE
        asked.append((ports, request))
        return Report(7, cells=6, tiles=2, skipped=1, changed={"a": 3, "b": 4}, seconds={"wall": 1})

    fake.nightly_ports_on = lambda dask: f"on {dask}"
    fake.nightly_request = lambda **options: options
    fake.operations.run_night = ran
    return asked


BOTH = ("hazard", "probability")


@pytest.mark.parametrize(
    ("given", "ports", "request_"),
    [
        ((), "on None", {"stages": BOTH, "force": False, "set_name": "central"}),
        (
            ("--all", "--stage", "hazard", "--parameters", "high", "--dask", "tcp://x:1"),
            "on tcp://x:1",
            {"stages": ("hazard",), "force": True, "set_name": "high"},
        ),
    ],
)
def test_what_a_nightly_run_is_asked_for(nights, given, ports, request_):
    """Stages, all tiles or the changed ones, the parameter set and the cluster."""
    assert "run 7: 6 cells in 2 tiles, 1 unchanged, 7 rows changed" in run("nightly", *given)
    assert nights == [(ports, request_)]


@pytest.mark.parametrize(
    "given", [("--stage", "exposure"), ("--stage", "hazard", "--stage", "x"), ("--parameters", "x")]
)
def test_unknown_stages_and_sets_are_refused(nights, given):
    """Before anything is run."""
    assert isinstance(refused("nightly", *given), InvalidInput)
    assert nights == []


# --- sites -------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["12억", "1.2 bn", "1,200,000,000", "1.2e9"])
def test_an_amount_is_typed_as_on_the_page(fake, monkeypatch, typed):
    """In Korean or English units, or as a program writes a number."""
    monkeypatch.setattr(site, "assessment", lambda found: "an answer")
    run("assess", 37.5, 127, "--asset-value", typed)
    assert fake.assess.call_args.args[0]["corrections"] == {"asset_value": 1.2e9}


def test_options_of_a_site_are_corrections(fake, monkeypatch):
    """Each under its field; zero is a value, what is not given is not sent."""
    monkeypatch.setattr(site, "assessment", lambda found: "an answer")
    monkeypatch.setattr(site, "korean_year", lambda: 2026)
    given = {
        "--asset-value": ("asset_value", 0.0),
        "--structure": ("structure", "RC"),
        "--purpose": ("purpose", "office"),
        "--built": ("built_year", 1999.0),
        "--floors-above": ("floors_above", 12.0),
        "--floors-below": ("floors_below", 0.0),
        "--area": ("total_area", 800.0),
        "--value-basis": ("value_basis", "standard"),
        "--location-index": ("location_index", 120.0),
        "--river-distance": ("river_distance_m", 0.0),
        "--river-class": ("river_class", "local"),
        "--river-name": ("river_name", "한강"),
        "--hand": ("hand_m", 0.0),
        "--elevation": ("elevation_m", -1.5),
        "--forest-distance": ("forest_distance_m", 30.0),
    }
    words = [word for option, (_, value) in given.items() for word in (option, value)]
    assert run("assess", 37.5, 127, *words, "--peril", "typhoon", "--parameters", "low") == (
        "an answer\n"
    )
    run("assess", 35.1, 129)
    (full,), (bare,) = (call.args for call in fake.assess.call_args_list)
    assert full == {
        "latitude": 37.5,
        "longitude": 127.0,
        "as_of": 2026,
        "corrections": dict(given.values()),
        "risk_types": ["typhoon"],
        "parameter_set": "low",
    }
    assert (bare["corrections"], bare["risk_types"]) == ({}, [])
    assert bare["parameter_set"] == "central"


def test_an_own_series_has_its_own_baseline(fake, monkeypatch, tmp_path):
    """Two files, the place and the building; each reaches its argument."""
    read, answered = [], []
    monkeypatch.setattr(
        series, "read", lambda path, names, optional: read.append(sorted(names)) or path.name
    )
    monkeypatch.setattr(site.own_series, "placed", lambda peril, climate, place: (climate, place))
    monkeypatch.setattr(
        site.own_series, "answer", lambda *args: answered.append(args) or {"x": None}
    )
    monkeypatch.setattr(site, "korean_year", lambda: 2026)
    files = [tmp_path / name for name in ("own.csv", "before.csv")]
    for path in files:
        path.write_text("")
    place = ("--latitude", 37.5, "--longitude", 127, "--basin", "Han", "--elevation", 12)
    run("calc", "extreme_heat", files[0], "--baseline", files[1], *place, "--built", 2001, "--json")
    run("calc", "extreme_heat", files[0], "--json")
    (peril, own, _, before, where, building, year), alone = answered
    at = {
        "latitude": 37.5,
        "longitude": 127.0,
        "basin_code": "Han",
        "elevation_m": 12.0,
        "coast_distance_m": None,
    }
    assert peril is PERILS["extreme_heat"]
    assert (own, before) == (("own.csv", at), ("before.csv", at))
    assert (where, building, year) == (at, {"built_year": 2001.0}, 2026)
    assert alone[3] is None
    assert read[0] == sorted(PERILS["extreme_heat"].series or PERILS["extreme_heat"].requires)
    fake.parameters.params.assert_called_with("extreme_heat", "central")


def test_an_explanation_is_of_the_named_number(fake, monkeypatch):
    """Scenario, horizon and river in their places; the defaults where none is named."""
    asked, answer = [], SimpleNamespace(to_row=dict)
    monkeypatch.setattr(site.explaining, "explain", lambda *args: asked.append(args) or answer)
    run("explain", 37.5, 127, "typhoon", "--json")
    run(
        *("explain", 37.5, 127, "drought", "--scenario", "ssp5"),
        *("--horizon", "2090s", "--river-name", "한강", "--json"),
    )
    assert [args[1:] for args in asked] == [
        (37.5, 127.0, "typhoon", "ssp2", "2050s", ""),
        (37.5, 127.0, "drought", "ssp5", "2090s", "한강"),
    ]


# --- jobs --------------------------------------------------------------------------------------


def job(**values):
    """A job's row."""
    return Job(
        **{
            "batch_id": "b1",
            "job_type": "a",
            "status": JobStatus.running,
            "created_at": datetime(2026, 1, 31, 9, 5, tzinfo=UTC),
            "progress": 7,
            **values,
        }
    )


def test_jobs_are_listed_by_status(fake):
    """As many as asked for, of the status asked for."""
    fake.jobs.recent.return_value = [job()]
    listed = run("jobs", "list")
    assert listed.split() == ["b1", "running", "7", "%", "a", "2026-01-31", "09:05:00"]
    run("jobs", "list", "--limit", 3, "--status", "failed")
    assert [call.args for call in fake.jobs.recent.call_args_list] == [
        (20, None),
        (3, JobStatus.failed),
    ]


def test_results_of_a_job_are_left_to_json(fake):
    """They fill pages; a job without results says None."""
    fake.jobs.get.return_value = job(results={"long": "answer"})
    assert "results            (see --json)" in run("jobs", "show", "b1")
    assert '"long": "answer"' in run("jobs", "show", "b1", "--json")
    fake.jobs.get.return_value = job()
    assert "results            None" in run("jobs", "show", "b1")


@pytest.mark.parametrize(
    ("status", "said"),
    [("cancelled", "cancelled\n"), ("running", "will stop at its next step\n")],
)
def test_what_becomes_of_a_cancelled_job(fake, status, said):
    """One that waited has ended, one that runs has not."""
    fake.job_access.cancel.return_value = JobStatus(status)
    assert run("jobs", "cancel", "b1") == said
    fake.job_access.cancel.assert_called_once_with("b1", COMMAND_LINE)


def test_a_repeated_job_prints_the_new_id(fake):
    """Not the old one."""
    fake.job_access.retry.return_value = "b2"
    assert run("jobs", "retry", "b1") == "b2\n"


@pytest.mark.parametrize(("given", "threads"), [((), 1), (("--threads", 4), 4)])
def test_a_worker_has_the_threads_asked_for(fake, monkeypatch, given, threads):
    """It starts them, then waits; signals stop it."""
    handled = {}
    monkeypatch.setattr(jobs.signal, "signal", lambda number, act: handled.update({number: act}))
    monkeypatch.setattr(jobs.logs, "configure", lambda: None)
    run("jobs", "worker", *given)
    pool = fake.worker_pool
    pool.assert_called_once_with(threads)
    assert [name for name, *_ in pool.return_value.method_calls] == ["start", "join"]
    assert {number.name for number in handled} == {"SIGTERM", "SIGINT"}


def test_a_worker_beside_a_server_stops_with_its_input(fake, monkeypatch):
    """The server closes it, or dies."""
    monkeypatch.setattr(jobs.signal, "signal", lambda *_: None)
    monkeypatch.setattr(jobs.logs, "configure", lambda: None)
    stopped = threading.Event()
    pool = fake.worker_pool.return_value
    pool.stop = stopped.set
    pool.join = lambda: stopped.wait(PATIENCE)
    monkeypatch.setattr(jobs.sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    run("jobs", "worker", "--until-input-ends")
    assert stopped.is_set()


# --- keys --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "scopes", "days"),
    [((), ["read"], None), (("--scope", "run", "--days", 30), ["run"], 30)],
)
def test_a_new_key_is_printed_and_never_logged(fake, monkeypatch, given, scopes, days):
    """The least scope unless more is asked for; the audit log has its id, not its secret."""
    store = MagicMock()
    store.add.return_value = "mo_0123abcd_the-secret"
    monkeypatch.setattr(keys, "Keys", lambda engine: store)
    assert "mo_0123abcd_the-secret\n" in run("keys", "add", "GIS", *given)
    store.add.assert_called_once_with("GIS", scopes, days, None)
    fake.audit.note.assert_called_once_with(
        "command line", "add key", "0123abcd", None, name="GIS", scopes=scopes, person=None
    )


def test_a_revoked_key_is_noted(fake, monkeypatch):
    """By its id."""
    store = MagicMock()
    monkeypatch.setattr(keys, "Keys", lambda engine: store)
    assert run("keys", "revoke", "0123abcd") == "revoked\n"
    store.revoke.assert_called_once_with("0123abcd")
    fake.audit.note.assert_called_once_with("command line", "revoke key", "0123abcd")


# --- database ----------------------------------------------------------------------------------


@pytest.fixture
def steps(fake, nights, monkeypatch):
    """The steps of ``up`` in their order, with tables that may be filled."""
    done, filled = [], set()
    monkeypatch.setattr(database, "_start", lambda a: done.append("start"))
    monkeypatch.setattr(database, "bring_up_to_date", lambda a: done.append("migrate"))
    monkeypatch.setattr(database, "code_version", lambda perils: "code")
    monkeypatch.setattr(database, "_night", lambda a: done.append("night"))
    monkeypatch.setattr(database, "progress_bar", lambda label: nullcontext(lambda *report: None))
    fake.operations.load = lambda caller, made, listener: (
        done.append(f"fill {made}") or filled.add("all") or 1
    )
    from modelops_core.sources import demo

    monkeypatch.setattr(demo, "datasets", lambda buildings: buildings)
    fake.tables.present = lambda table: bool({"all", table} & filled)
    fake.runs.outdated.return_value = True
    return done, filled, fake


def test_up_fills_and_runs_what_is_missing(steps):
    """All of it the first time, nothing of it when a nightly run of all that is there ended."""
    done, _, fake = steps
    run("up", "--buildings", 5)
    assert done == ["start", "migrate", "fill 5", "night"]
    fake.runs.outdated.assert_called_once_with(fake.parameters.digest(), "code")
    fake.runs.outdated.return_value = False
    run("up", "--buildings", 5)
    assert done[4:] == ["start", "migrate"]


def test_up_without_demo_data_leaves_the_tables_empty(steps):
    """Nor does it run a night over no grid."""
    done, filled, _ = steps
    run("up", "--no-demo")
    assert done == ["start", "migrate"]
    filled.add("location_grid")
    run("up", "--no-demo")
    assert done[2:] == ["start", "migrate", "night"]


def test_demo_data_fill_what_is_not_filled_yet(steps):
    """A load that was cut off goes on."""
    done, filled, _ = steps
    filled.add("location_admin")
    run("demo", "--buildings", 5)
    assert done == ["fill 5"]
    run("demo")
    assert done == ["fill 5"]


@pytest.mark.parametrize(
    ("address", "settings", "warned"),
    [
        ("127.0.0.1", {}, ""),
        ("0.0.0.0", {}, "MODELOPS_LOGIN"),
        ("0.0.0.0", {"MODELOPS_LOGIN": True}, ""),
        ("0.0.0.0", {"MODELOPS_ACCESS": "on"}, ""),
        ("127.0.0.1", {"MODELOPS_ACCESS": "off"}, ""),
        ("0.0.0.0", {"MODELOPS_ACCESS": "off"}, "OPEN TO ALL"),
    ],
)
def test_an_open_address_is_warned_of(fake, monkeypatch, capsys, address, settings, warned):
    """Where nothing keeps others from reading; the server gets address and port."""
    from streamlit.web import cli as streamlit

    fake.settings = Settings(**settings)
    monkeypatch.setattr(database, "_ready", lambda a: None)
    monkeypatch.setattr(database.sign_in, "secrets", lambda settings: None)
    monkeypatch.setattr(database.socket, "socket", lambda: nullcontext(MagicMock()))
    monkeypatch.setattr(streamlit, "main", lambda: None)
    monkeypatch.setattr(sys, "argv", [])
    said = []
    monkeypatch.setattr(database, "console", SimpleNamespace(print=said.append))
    database.serve(8600, address)
    assert len(said) == (2 if warned else 1)
    assert warned in said[-1]
    options = dict(zip(sys.argv[3::2], sys.argv[4::2], strict=True))
    assert (options["--server.port"], options["--server.address"]) == ("8600", address)


# --- assess --report -----------------------------------------------------------------------------


def test_assess_writes_the_report_of_its_own_job(fake, monkeypatch, tmp_path):
    """The bytes of that job in the choices given, beside the words on the terminal."""
    monkeypatch.setattr(site, "assessment", lambda results: f"job {results['batch_id']}")
    fake.assess.return_value = {"batch_id": "b1"}
    fake.site_report.return_value = b"%PDF"
    file = tmp_path / "site.pdf"
    chosen = ("--language", "en", "--scenario", "ssp5", "--horizon", "2090s", "--name", "Main")
    said = run("assess", 37.5, 127, "--report", file, *chosen)

    assert file.read_bytes() == b"%PDF"
    assert said == "job b1\n"
    fake.site_report.assert_called_once_with(
        "b1", COMMAND_LINE, language="en", scenario="ssp5", horizon="2090s", name="Main"
    )


@pytest.mark.parametrize(
    "wrong", [("--language", "fr"), ("--scenario", "ssp4"), ("--horizon", "2060s")]
)
def test_assess_refuses_a_report_before_it_calculates(fake, tmp_path, wrong):
    """A value that no report has is refused at once."""
    error = refused("assess", 37.5, 127, "--report", tmp_path / "site.pdf", *wrong)
    assert isinstance(error, InvalidInput)
    assert fake.assess.mock_calls == []
