"""The commands ``db``, ``demo``, ``up`` and ``serve``: database, demonstration data, server."""

from __future__ import annotations

import socket
import sys
import time
from typing import Annotated

import typer

from modelops_core.bootstrap import App, app, sign_in
from modelops_core.cli.shared import (
    Json,
    console,
    print_json,
    print_line,
    progress_bar,
    step_progress_bar,
)
from modelops_core.db.cluster.private import Cluster
from modelops_core.db.inputs.table_names import DEMO_TABLES
from modelops_core.db.migrate import check, migrate
from modelops_core.domain.access import COMMAND_LINE
from modelops_core.errors import DatabaseUnavailable, InvalidInput, NoResults, SchemaNewer
from modelops_core.services.night.code_version import code_version
from modelops_core.settings import FILES

PORT = 8501
#: said loudly where no one is asked for a key or an account
OPEN = (
    "MODELOPS_ACCESS=off: everybody who reaches {address} is an administrator of pages and API."
    " Only behind a gateway that checks them; else set it to auto or on (docs/access.md)."
)
LOOPBACK = ("127.0.0.1", "localhost", "::1")
BUILDINGS = 200_000
verbs = typer.Typer(help="The database: start, stop, look, bring up to date.", no_args_is_help=True)


def register(program: typer.Typer) -> None:
    """Add the commands."""
    program.add_typer(verbs, name="db")
    program.command()(up)
    program.command(name="demo")(demo_data)
    program.command()(serve)


@verbs.command(name="up")
def db_up() -> None:
    """Start the private cluster (or check DATABASE_URL) and migrate."""
    _start(app())
    bring_up_to_date(app())


@verbs.command(name="down")
def db_down() -> None:
    """Stop the private cluster."""
    cluster = app().cluster
    if cluster is None:
        raise InvalidInput("own_server")
    print_line("stopped" if cluster.stop() else "was not running")


@verbs.command(name="status")
def db_status(as_json: Json = False) -> None:
    """Whether the database runs, and what it holds."""
    cluster = app().cluster
    status: dict[str, object] = {"private_cluster": cluster is not None}
    if cluster is not None:
        found = cluster.status()
        status |= {"running": found.running, "pid": found.pid, "directory": str(found.directory)}
    if cluster is None or cluster.status().running:
        status["datasets"] = [source.to_row() for source in app().sources.all()]
        last = app().runs.last()
        status["last_night"] = last and last.to_row()
    if as_json:
        print_json(status)
        return
    for name, value in status.items():
        print_line(f"{name:16} {len(value) if isinstance(value, list) else value}")


@verbs.command(name="migrate")
def db_migrate() -> None:
    """Bring the schema up to this program's."""
    bring_up_to_date(app())


def demo_data(
    buildings: Annotated[
        int, typer.Option(min=0, max=2_000_000, help="How many buildings to invent.")
    ] = BUILDINGS,
) -> None:
    """Fill empty tables with the demo data set; loaded tables are left alone."""
    _demo(app(), buildings)


def up(
    with_demo: Annotated[
        bool, typer.Option("--demo/--no-demo", help="Fill empty tables with demo data.")
    ] = True,
    buildings: Annotated[
        int, typer.Option(min=0, max=2_000_000, help="How many buildings to invent.")
    ] = BUILDINGS,
) -> None:
    """Database, schema, demo data and a finished nightly run: everything before `serve`."""
    a = app()
    _start(a)
    bring_up_to_date(a)
    if with_demo:
        _demo(a, buildings)
    if not a.tables.present("location_grid"):
        console.print(
            "no climate grid is loaded: load data, then run `python -m modelops_core nightly`"
        )
    elif a.runs.outdated(a.parameters.digest(), code_version(a.perils)):
        _night(a)
    else:
        console.print("night      up to date")


def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where it listens.")] = PORT,
    address: Annotated[
        str, typer.Option(help="Keep to loopback unless access control is set up.")
    ] = "127.0.0.1",
) -> None:
    """Serve the dashboard."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise InvalidInput(
                "port_taken", port=port, address=address, reason=error.strerror
            ) from None
    sign_in.secrets(app().settings)  # raises where signing in lacks a part
    _ready(app())
    from streamlit.web import cli as streamlit

    console.print(f"dashboard  http://{address}:{port}")
    if address not in LOOPBACK and not app().settings.login and app().settings.access == "auto":
        console.print(
            "access     pages and API answer this machine only; MODELOPS_LOGIN or MODELOPS_ACCESS"
            " open them (docs/access.md)"
        )
    if sign_in.open_to_all(app().settings, address):
        console.print(f"[bold white on red] OPEN TO ALL [/] {OPEN.format(address=address)}")
    sys.argv = [
        "streamlit",
        "run",
        str(FILES / "app.py"),
        "--server.port",
        str(port),
        "--server.address",
        address,
        "--server.headless",
        "true",
    ]
    streamlit.main()


def _ready(a: App) -> None:
    """
    Start and migrate the private cluster; of another server only check that it fits.

    A database that a newer program migrated is served for reading, where it says so.
    """
    try:
        notice = check(a.owner, tuple(a.perils)) if a.cluster is None else _own_ready(a, a.cluster)
    except DatabaseUnavailable as error:
        if a.cluster is not None:
            raise
        console.print(
            f"database   {error} Serving all the same: the pages say so until it is back."
        )
        return
    if notice is not None:
        console.print(f"schema     {notice}")


def _own_ready(a: App, cluster: Cluster) -> SchemaNewer | None:
    """Start the private cluster and migrate it; a notice where it is newer and only read."""
    cluster.ensure()
    try:
        migrate(a.owner, tuple(a.perils))
    except SchemaNewer as error:
        if error.code != "schema_newer_reads":
            raise
        return error
    return None


def _start(a: App) -> None:
    if a.cluster is None:
        console.print("database   DATABASE_URL")
        return
    ensured = a.cluster.ensure()
    did = "created" if ensured.created else "started" if ensured.started else "running"
    console.print(f"database   {did}, PostGIS {ensured.postgis} ({ensured.seconds:.1f} s)")


def bring_up_to_date(a: App) -> None:
    """Migrate, and say what was done."""
    began = time.perf_counter()
    report = migrate(a.owner, tuple(a.perils))
    done = (
        "up to date"
        if not (report.ran or report.perils)
        else f"{len(report.ran)} files run, {len(report.perils)} perils added"
    )
    console.print(f"schema     {done} ({time.perf_counter() - began:.1f} s)")


def _demo(a: App, buildings: int) -> None:
    began = time.perf_counter()
    if all(a.tables.present(table) for table in DEMO_TABLES):
        console.print("data       present")
        return
    from modelops_core.sources import demo  # slow to import, needed here only

    with progress_bar("data") as progress:
        done = 0

        def listener(table: str, rows: int) -> None:
            nonlocal done
            done += 1
            progress(done, len(DEMO_TABLES), table)
            if not console.is_terminal:
                console.print(
                    f"data       {table}: {rows:,} rows ({time.perf_counter() - began:.0f} s)"
                )

        rows = a.operations.load(COMMAND_LINE, demo.datasets(buildings=buildings), listener)
    console.print(f"data       {rows:,} rows of demo data ({time.perf_counter() - began:.0f} s)")


def _night(a: App) -> None:
    with step_progress_bar("nightly run") as progress:
        report = a.operations.run_night(
            COMMAND_LINE, a.nightly_ports, a.nightly_request(), progress
        )
    console.print(
        f"night      {report.cells:,} cells, {report.skipped} of {report.tiles} tiles unchanged,"
        f" {sum(report.changed.values()):,} rows ({report.seconds['wall']:.1f} s)"
    )


def require_results(a: App) -> None:
    """Raise NoResults before the first finished nightly run."""
    if a.runs.last() is None:
        raise NoResults
