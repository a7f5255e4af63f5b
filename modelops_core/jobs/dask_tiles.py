"""
Runs the tiles of a nightly run on a Dask cluster instead of on this machine.

Each worker reads and writes PostgreSQL itself; only the plan and the tiles' reports pass
the scheduler. Dask is imported when a nightly run asks for it. Before a tile is sent,
scheduler and workers are asked whether they have this package, in the version of this process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from modelops_core.errors import InvalidInput, ModelOpsError
from modelops_core.ports import Tile
from modelops_core.services.night.code_version import code_version
from modelops_core.services.night.tiles import Plan, TileReport

CONNECT_TIMEOUT = 10  # seconds until a scheduler has answered
WORKERS_TIMEOUT = 60  # seconds until a first worker has joined
PACKAGE = __name__.partition(".")[0]
#: name of what every worker does first; a second nightly run replaces it
PREPARATION = "modelops"
Prepare = Callable[[Any], object]
Work = Callable[[Any, Plan, Tile], TileReport]


@dataclass(frozen=True)
class DaskTiles:
    """
    A nightly.Mapper over the cluster whose scheduler listens at *address*.

    ``prepare(settings)`` runs once in every worker, ``work(settings, plan, tile)`` once a
    tile; both must be importable there.
    """

    address: str
    settings: Any
    prepare: Prepare
    work: Work

    def start(self) -> None:
        """Do nothing: the workers run already."""

    def __call__(self, plan: Plan, tiles: Sequence[Tile]) -> Iterator[TileReport]:
        with _client(self.address) as client:
            _require_package(client, self.address)
            # perils of other folders must be importable before a plan arrives
            client.register_plugin(_preparation(self.prepare, self.settings), name=PREPARATION)
            _require_version(client, sorted(plan.perils))
            sent = client.scatter(plan, broadcast=True, hash=False)
            # pure=False: a tile writes to the database, so Dask must not reuse an earlier result
            futures = [
                client.submit(self.work, self.settings, sent, tile, pure=False) for tile in tiles
            ]
            try:
                for future in _dask().as_completed(futures, loop=client.loop):
                    yield future.result()
            finally:
                client.cancel(futures)


@contextmanager
def _client(address: str) -> Iterator[Any]:
    """A connection to the scheduler; raises InvalidInput where none answers."""
    dask = _dask()
    try:
        client = dask.Client(address, timeout=CONNECT_TIMEOUT, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InvalidInput("dask_no_scheduler", address=address, reason=reason) from None
    with client:
        try:
            yield client
        except dask.KilledWorker as error:
            raise ModelOpsError("dask_workers_died", reason=error) from None
        except (CancelledError, dask.comm.CommClosedError) as error:
            raise ModelOpsError("dask_went_away", reason=type(error).__name__) from None


def _require_package(client: Any, address: str) -> None:
    """Raise InvalidInput where no worker joins, or scheduler or a worker lacks this package."""
    try:
        client.wait_for_workers(1, timeout=WORKERS_TIMEOUT)
    except TimeoutError:
        raise InvalidInput("dask_no_workers", address=address, seconds=WORKERS_TIMEOUT) from None
    found = {address: client.run_on_scheduler(_probe()), **client.run(_probe())}
    if lacking := sorted(where for where, has in found.items() if not has):
        raise InvalidInput("dask_package_missing", package=PACKAGE, where=lacking)


def _probe() -> Callable[[], bool]:
    """A function that can be sent to a process without this package: nested, so sent as code."""
    name = PACKAGE

    def found() -> bool:
        from importlib.util import find_spec

        return find_spec(name) is not None

    return found


def _require_version(client: Any, perils: Iterable[str]) -> None:
    """Raise InvalidInput where a worker would calculate by other code than this process."""
    here = code_version(perils)
    if others := sorted(
        where for where, version in client.run(code_version, perils).items() if version != here
    ):
        raise InvalidInput("dask_other_version", where=others)


def _dask() -> Any:
    """The library, untyped, imported when asked for; raises InvalidInput where it is missing."""
    try:
        return import_module("distributed")
    except ModuleNotFoundError:
        raise InvalidInput("dask_missing") from None


def _preparation(prepare: Prepare, settings: Any) -> Any:
    """A plugin that runs *prepare* in every worker, those that join later included."""

    class Preparation(_dask().WorkerPlugin):  # type: ignore[misc]
        def setup(self, worker: Any) -> None:
            prepare(settings)

    return Preparation()
