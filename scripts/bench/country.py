"""
A country of any number of cells for the benchmarks, in a cluster of its own.

The demonstration data set is the base; more cells are copies of its cells, moved by less
than half a cell and with every series changed a little, so that no two cells are equal.
Fewer are an even choice of it.
"""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from measure import tell

from modelops_core.bootstrap import App
from modelops_core.db.migrate import migrate
from modelops_core.domain.dataset import Dataset
from modelops_core.services import loading
from modelops_core.settings import Settings
from modelops_core.sources import demo

SEED = 7
GOLDEN = 0.6180339887498949
#: how far a copy is moved at most [°]: half a cell, and a little less
REACH = 0.049
#: spread of the logarithm of the factor on a copy's series
FACTOR = 0.02
CLIMATE = frozenset(f"{n}_data" for n in (*demo.climate.MONTHLY, *demo.climate.YEARLY))


@contextmanager
def app(
    cells: int,
    folder: Path | None = None,
    buildings: int = 0,
    keep: Path | None = None,
    **settings: object,
) -> Iterator[App]:
    """
    Give an App over a cluster of its own with *cells* cells.

    Both are removed afterwards, unless *keep* names a folder in which they stay.
    """
    with cluster(folder, keep, **settings) as made:
        if not made.tables.present("location_grid"):
            tell(f"loading {cells:,} cells")
            loading.fill(
                datasets(cells, buildings),
                made.tables,
                lambda table, rows: tell(f"  {table}: {rows:,} rows"),
            )
        yield made


@contextmanager
def cluster(
    folder: Path | None = None, keep: Path | None = None, **settings: object
) -> Iterator[App]:
    """
    Give an App over a migrated cluster of its own.

    It is a new one in *folder* that is removed afterwards, or the one in *keep*.
    """
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(143)
    )  # a stopped benchmark leaves no server behind
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
    place = keep or Path(tempfile.mkdtemp(prefix="bench-", dir=folder))
    place.chmod(0o755)
    made = App(Settings(MODELOPS_VAR=place, **settings))
    try:
        assert made.cluster is not None, (
            "unset DATABASE_URL: a benchmark fills a cluster of its own"
        )
        made.cluster.ensure()
        migrate(made.owner, tuple(made.perils))
        yield made
    finally:
        made.dispose()
        if made.cluster is not None:
            made.cluster.stop(immediate=keep is None)
        if keep is None:
            shutil.rmtree(place)


def datasets(cells: int, buildings: int = 0) -> Iterator[Dataset]:
    """The demonstration data set over *cells* cells."""
    base: np.ndarray | None = None
    for dataset in demo.datasets(buildings=buildings):
        if dataset.table == "location_grid":
            base = np.asarray(dataset.columns["grid_id"])
            yield replace(dataset, columns=_grid(dataset.columns, _copies(base.size, cells)))
        elif dataset.table in CLIMATE:
            assert base is not None
            yield replace(dataset, columns=_series(dataset.columns, base, cells))
        else:
            yield dataset


def _copies(base: int, cells: int) -> tuple[np.ndarray, np.ndarray]:
    """For each new cell: which base cell it copies, and which copy of it this is."""
    if cells <= base:
        return np.linspace(0, base - 1, cells).astype(int), np.zeros(cells, int)
    number = np.arange(cells)
    return number % base, number // base


def _grid(columns: Mapping[str, Any], copies: tuple[np.ndarray, np.ndarray]) -> dict[str, Any]:
    of, copy = copies
    grown = {
        name: [column[i] for i in of] if isinstance(column, list) else np.asarray(column)[of]
        for name, column in columns.items()
    }
    grown["grid_id"] = np.arange(1, of.size + 1)
    for axis, name in enumerate(("latitude", "longitude")):
        step = (copy * GOLDEN * (1 + axis / np.pi)) % 1.0
        grown[name] = np.asarray(grown[name], float) + np.where(
            copy > 0, REACH * (2 * step - 1), 0.0
        )
    return grown


def _series(columns: Mapping[str, Any], base: np.ndarray, cells: int) -> dict[str, Any]:
    """Blocks of one cell's steps, chosen or copied."""
    of, copy = _copies(base.size, cells)
    steps = len(columns["grid_id"]) // base.size
    changed = np.random.default_rng(SEED).normal(size=int(copy.max()) + 1)
    changed[0] = 0.0
    grown: dict[str, Any] = {"grid_id": np.repeat(np.arange(1, cells + 1, dtype=np.int32), steps)}
    for name, column in columns.items():
        if name == "grid_id":
            continue
        blocks = np.asarray(column).reshape(base.size, steps)[of]
        if blocks.dtype.kind == "f":
            blocks *= np.exp(FACTOR * changed[copy]).astype(blocks.dtype)[:, None]
        grown[name] = blocks.ravel()
    return grown
