"""Loads of files as versions: staged, published at once, resumed, undone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from modelops_core.cli.shared import program
from modelops_core.domain.access import COMMAND_LINE
from modelops_core.domain.dataset import Provenance
from modelops_core.domain.source import Chunk, Given, Publication, Reject, Source
from modelops_core.errors import InvalidInput, LoadActive, SourceUnreadable
from modelops_core.services import load_files
from modelops_core.services.load_files import Request
from modelops_core.sources import kinds, unpacking
from modelops_core.sources.inbox import Inbox

STORMS, TRACKS = "api_typhoon_list", "api_typhoon_tracks"


def storms(first, count):
    return {
        STORMS: {
            "storm_id": [f"S{i:03}" for i in range(first, first + count)],
            "season": np.full(count, 2000),
            "source_row": np.arange(first, first + count),
        }
    }


class Reading:
    """Two storms a chunk; stops before *fails*, as a process that is killed."""

    def __init__(self, chunks=3, fails=None, changes=None, rejects=()):
        self.facts = {"format": "test"}
        self._count, self._fails, self._changes, self._rejects = chunks, fails, changes, rejects
        self.read = 0

    def chunks(self):
        for i in range(self._count):
            if i == self._fails:
                raise KeyboardInterrupt
            self.read += 1
            rows = storms(2 * i, 2)
            if self._changes:
                self._changes(i, rows)
            yield Chunk(rows=rows, read=2, rejects=self._rejects, share=(i + 1) / self._count)

    def provenance(self):
        one = Provenance(
            name="Test storms",
            provider="P",
            licence="L",
            version="1",
            kind="observed",
            file_name="a.csv",
            file_sha256="f" * 64,
        )
        return {STORMS: [one], TRACKS: [one]}


@pytest.fixture
def run(app, tmp_path):
    """Loads a reading into the small world; *text* is what the file holds."""

    def load(reading, text="a", **options):
        path = tmp_path / "a.csv"
        path.write_text(text)
        source = Source(
            kind="test",
            summary="",
            tables=(STORMS, TRACKS),
            open=lambda files, given: reading,
            publication=options.pop("publication", None),
        )
        request = Request(source=source, files=[unpacking.measured(path)], **options)
        return load_files.load(request, app.loads.versions, lambda *_: None)

    return load


def held(app, column="storm_id", table=STORMS):
    with app.owner.connect() as connection:
        return list(
            connection.exec_driver_sql(
                f"SELECT {column} FROM modelops.{table} ORDER BY 1"
            ).scalars()
        )


def leftovers(app):
    with app.owner.connect() as connection:
        return list(
            connection.exec_driver_sql(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'modelops_loads'"
            ).scalars()
        )


def test_a_load_is_a_version_that_can_be_undone(app, run):
    """Rows, tracks and the register change together, and come back together."""
    before, tracks = held(app), held(app, "track_time", TRACKS)
    named = {s.name for s in app.sources.all() if s.table_name == STORMS}
    report = run(Reading(), by="boss")
    assert held(app) == [f"S{i:03}" for i in range(6)]
    assert held(app, "track_time", TRACKS) == []
    assert (report.outcome, report.rows[STORMS], report.read) == ("loaded", 6, 6)
    [source] = [s for s in app.sources.all() if s.table_name == STORMS]
    assert (source.name, source.row_count) == ("Test storms", 6)
    [load] = app.loads.versions.all()
    assert (load.by, load.undoable, {s["name"] for s in load.sources}) == (
        "boss",
        True,
        {"Test storms"},
    )
    with pytest.raises(InvalidInput, match="replaced tables of load 99"):
        app.loads.versions.undo("test", expected=99)
    assert app.loads.versions.undo("test", "chief").load_id == report.load_id
    [load] = app.loads.versions.all()
    assert (load.undone_by, load.undoable) == ("chief", False)
    assert (held(app), held(app, "track_time", TRACKS)) == (before, tracks)
    assert {s.name for s in app.sources.all() if s.table_name == STORMS} == named
    assert leftovers(app) == []
    with pytest.raises(InvalidInput, match="nothing to undo"):
        app.loads.versions.undo("test")


def test_the_same_files_twice_change_nothing(app, run):
    """Other content, or other options, are another load."""
    first = run(Reading())
    again = Reading()
    report = run(again)
    assert (report.outcome, report.load_id, again.read) == ("unchanged", first.load_id, 0)
    assert run(Reading(), text="b").outcome == "loaded"
    assert run(Reading(), text="a").outcome == "loaded"
    assert run(Reading(), text="a", given=Given(version="2")).outcome == "loaded"


def test_a_load_that_is_cut_off_goes_on_behind_its_last_chunk(app, run):
    """Nothing is doubled, nothing is missing, and the tables wait for the end."""
    before = held(app)
    with pytest.raises(KeyboardInterrupt):
        run(Reading(fails=2))
    assert held(app) == before
    report = run(Reading())
    assert report.resumed == 2
    assert held(app) == [f"S{i:03}" for i in range(6)]


def test_from_scratch_forgets_what_was_staged(app, run):
    """And loads again what is loaded already."""
    with pytest.raises(KeyboardInterrupt):
        run(Reading(fails=2))
    assert run(Reading(), from_scratch=True).resumed == 0
    assert run(Reading(), from_scratch=True).outcome == "loaded"


def test_a_dry_run_touches_nothing(app, run):
    """It counts and says what it would do."""
    before = held(app)
    report = run(Reading(), dry_run=True)
    assert (report.outcome, report.rows[STORMS]) == ("recognised", 6)
    assert (held(app), leftovers(app), app.loads.versions.all()) == (before, [], [])


def test_too_many_rejects_refuse_the_file(app, run):
    """One line names the first of them; a share may be allowed."""
    before = held(app)
    wrong = Reject("a.csv", 7, "latitude", "127.1", "out_of_range", "33 to 39 °", True)
    with pytest.raises(SourceUnreadable) as raised:
        run(Reading(rejects=[wrong]))
    assert "row 7, column latitude: '127.1'; allowed: 33 to 39 °" in str(raised.value)
    assert held(app) == before
    assert run(Reading(rejects=[wrong]), most_rejects=0.5).dropped == 3


def test_a_key_twice_is_refused_unless_the_rows_are_alike(app, run):
    """Downloads joined at their ends repeat days; rows that differ are somebody's mistake."""

    def alike(i, rows):
        rows[STORMS]["storm_id"][0] = "S000"
        rows[STORMS]["season"][:] = 2000

    run(Reading(changes=alike))
    assert held(app) == ["S000", "S001", "S003", "S005"]

    def differ(i, rows):
        alike(i, rows)
        rows[STORMS]["season"][:] = 2000 + i

    with pytest.raises(SourceUnreadable) as raised:
        run(Reading(changes=differ), text="b")
    assert "a.csv, api_typhoon_list: rows 0 and 4 have the same storm_id (S000)" in str(
        raised.value
    )
    assert held(app) == ["S000", "S001", "S003", "S005"]


def test_part_of_a_table_is_replaced(app, run):
    """Rows of the scope go, the others and their source stay; undone, all are back."""
    run(Reading())
    scope = Publication((STORMS,), scope={STORMS: ("season", ("1999",))})

    def other(i, rows):
        rows[STORMS]["storm_id"] = [f"T{i}{j}" for j in range(2)]
        rows[STORMS]["season"][:] = 1999

    run(Reading(changes=other, chunks=1), text="b", publication=lambda _: scope)
    run(Reading(changes=other, chunks=2), text="c", publication=lambda _: scope)
    assert held(app) == [*(f"S{i:03}" for i in range(6)), "T00", "T01", "T10", "T11"]


def test_one_load_of_a_kind_at_a_time(app, run):
    """The second is told so; what the first does goes on."""
    with app.loads.versions.lock("test"), pytest.raises(LoadActive):
        run(Reading())
    assert run(Reading()).outcome == "loaded"


def test_one_scenario_is_filled_beside_the_others(app, run):
    """A table of a demonstration is replaced whole; a later load leaves the other columns."""
    [grid_id, *_] = held(app, "grid_id", "location_grid")

    class Series(Reading):
        def __init__(self, column, value, years):
            super().__init__(1)
            self._row = {
                "grid_id": [grid_id] * len(years),
                "year": years,
                column: [value] * len(years),
            }

        def chunks(self):
            yield Chunk(rows={"cdd_data": self._row}, read=1)

        def provenance(self):
            return {"cdd_data": super().provenance()[STORMS]}

    def fill(column, value, years, text):
        what = Publication(("cdd_data",), fills=(column,))
        run(Series(column, value, years), text=text, publication=lambda _: what)
        with app.owner.connect() as connection:
            return connection.exec_driver_sql(
                "SELECT year, ssp1, ssp2 FROM modelops.cdd_data ORDER BY 1"
            ).fetchall()

    assert fill("ssp1", 1, [2021, 2022], "a") == [(2021, 1, None), (2022, 1, None)]
    assert fill("ssp2", 2, [2022, 2023], "b") == [(2021, 1, None), (2022, 1, 2), (2023, None, 2)]
    assert fill("ssp1", 3, [2022], "c") == [(2021, None, None), (2022, 3, 2), (2023, None, 2)]


def test_scenarios_of_the_sea_share_their_nodes(app, tmp_path):
    """One file after the other fills its column; another grid is refused beside what stays."""

    def fill(scenario, latitude, rise):
        path = tmp_path / f"slr_{scenario}.csv"
        lines = [f"{latitude},128.5,{year},{rise * (year - 2014)}" for year in range(2015, 2071)]
        path.write_text("lat,lon,year,slr(cm)\n" + "\n".join(lines))
        request = Request(source=kinds.get("sea-level"), files=[unpacking.measured(path)])
        load_files.load(request, app.loads.versions, lambda *_: None)
        with app.owner.connect() as connection:
            return connection.exec_driver_sql(
                "SELECT ssp1, ssp5 FROM modelops.sea_level_data WHERE year = 2016"
            ).fetchall()

    assert fill("ssp126", 34.5, 0.5) == [(1.0, None)]
    assert fill("ssp585", 34.5, 1.0) == [(1.0, 2.0)]
    with pytest.raises(SourceUnreadable, match="holds other places than the file"):
        fill("ssp585", 35.5, 1.0)


def test_the_command_loads_lists_and_undoes(app, monkeypatch, tmp_path):
    """Best tracks by the command line; a wrong kind is refused."""
    monkeypatch.setattr("modelops_core.cli.load.app", lambda: app)
    path = tmp_path / "ibtracs.csv"
    path.write_text(
        "SID,SEASON,NAME,ISO_TIME,LAT,LON,WMO_WIND,WMO_PRES\n"
        "2003A,2003,MAEMI,2003-12-12 06:00:00,33.0,127.0,90,945\n"
    )
    run = CliRunner().invoke
    said = run(program, ["load", "typhoon", str(path), "--dry-run"]).output
    assert "would load api_typhoon_list 1" in said
    assert "replaces   api_typhoon_list" in said
    assert "load 1" in run(program, ["load", "typhoon", str(path)]).output
    assert held(app) == ["2003A"]
    assert "unchanged" in run(program, ["load", "typhoon", str(path)]).output
    assert "published" in run(program, ["load", "--list"]).output
    assert "undone" in run(program, ["load", "typhoon", "--undo"]).output
    assert held(app) != ["2003A"]
    before = held(app)
    for wrong in (["load", "weather", str(path)], ["load", "typhoon", str(path), "--crs", "x"]):
        assert isinstance(run(program, wrong).exception, InvalidInput)
    path.write_text(path.read_text().replace("33.0", "933.0"))
    refused = run(program, ["load", "typhoon", str(path)]).exception
    assert isinstance(refused, SourceUnreadable)
    assert "ibtracs.csv: row 2, column latitude: '933.0'; allowed: -90 to 90" in str(refused)
    assert held(app) == before


def test_a_worker_loads_with_progress(app, tmp_path):
    """The job of the page: its steps go to the job's row, its report is the job's result."""
    app.__dict__["loads"] = replace(app.loads, folder=tmp_path, inbox=Inbox(tmp_path, tmp_path))
    path = tmp_path / "ibtracs.csv"
    path.write_text(
        "SID,SEASON,NAME,ISO_TIME,LAT,LON,WMO_WIND,WMO_PRES\n"
        "2003A,2003,MAEMI,2003-12-12 06:00:00,33.0,127.0,90,945\n"
    )
    given = {"period": "2003-2003"}
    batch_id = app.loads.submit(COMMAND_LINE, "typhoon", [path], given)
    app.worker_loop().step()
    job = app.jobs.get(batch_id)
    assert (job.status, job.results["outcome"]) == ("completed", "loaded")
    assert {"loading", "publishing"} <= set(job.durations)
    assert held(app) == ["2003A"]
