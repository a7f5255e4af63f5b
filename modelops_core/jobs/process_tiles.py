"""Runs the tiles of a nightly run in a pool of processes on this machine."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import forkserver
from typing import Any

from modelops_core.errors import ModelOpsError
from modelops_core.jobs.parent_watch import die_with_parent
from modelops_core.ports import Tile
from modelops_core.services.night.tiles import Plan, TileReport

Prepare = Callable[[Any], object]
Work = Callable[[Any, Plan, Tile], TileReport]


@dataclass(frozen=True)
class ProcessTiles:
    """
    A nightly.Mapper over *processes* of this machine; each reads and writes the database itself.

    ``prepare(settings)`` runs once in every process, ``work(settings, plan, tile)`` once a
    tile; both must be importable there, and inherit what importing the module *preload* made.
    Where one process is enough, *here* calculates the tiles in this one.
    """

    processes: int
    settings: Any
    prepare: Prepare
    work: Work
    here: Callable[[Plan, Tile], TileReport]
    preload: str

    def start(self) -> None:
        """Start the server that the processes are forked from; its imports take seconds."""
        if self.processes > 1:
            forkserver.set_forkserver_preload([self.preload])
            forkserver.ensure_running()

    def __call__(self, plan: Plan, tiles: Sequence[Tile]) -> Iterator[TileReport]:
        count = min(self.processes, len(tiles))
        if count == 1:
            yield from (self.here(plan, tile) for tile in tiles)
            return
        with self._pool(count) as pool:
            futures = [pool.submit(self.work, self.settings, plan, tile) for tile in tiles]
            try:
                for future in as_completed(futures):
                    yield future.result()
            except BrokenProcessPool:
                raise ModelOpsError("process_killed") from None
            finally:
                for future in futures:
                    future.cancel()

    @contextmanager
    def _pool(self, count: int) -> Iterator[ProcessPoolExecutor]:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([self.preload])
        with ProcessPoolExecutor(
            count, context, initializer=_begin, initargs=(self.prepare, self.settings)
        ) as pool:
            yield pool


def _begin(prepare: Prepare, settings: Any) -> None:
    die_with_parent()
    prepare(settings)
