"""Means over the cells of the product's grid of points that lie closer than its cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from modelops_core.domain import grid
from modelops_core.domain.climate import Array, IntArray
from modelops_core.domain.window_means import Places
from modelops_core.errors import SourceUnreadable

#: coordinates as whole numbers: float32 is 2e-6° off near 132° E
PER_DEGREE = 10_000
Values = npt.NDArray[np.float32]


class Block(NamedTuple):
    """Values of some steps and of neighbouring points, (step, point), NaN where unknown."""

    first_step: int
    first_point: int
    values: Values


def whole(degrees: Array) -> IntArray:
    """Degrees as whole ten-thousandths."""
    found: IntArray = np.rint(np.asarray(degrees, dtype=float) * PER_DEGREE).astype(np.int64)
    return found


def of_points(latitude: Array, longitude: Array, cells: Places, file: str) -> IntArray:
    """
    The position in *cells* of the cell in which each point lies, −1 outside all, (point,).

    A cell reaches half a step to the south and west of its centre and less than that to the north
    and east, so that each point lies in one cell. Raises SourceUnreadable for swapped axes, for
    points that lie in no cell, and for those that lie wider apart than the cells.
    """
    refuse_swapped(latitude, longitude, file)
    found, step = located(latitude, longitude, cells)
    if not (found >= 0).any():
        raise SourceUnreadable("outside_grid", file=file, extent=_extent(latitude, longitude))
    _refuse_wide(latitude, longitude, step, file)
    return found


def located(latitude: Array, longitude: Array, cells: Places) -> tuple[IntArray, int]:
    """The same without a refusal, and the step of the cells in ten-thousandths of a degree."""
    step = int(whole(np.array(grid.spacing(cells.latitude, cells.longitude))))
    south, west = whole(cells.latitude), whole(cells.longitude)
    row, column = ((south - south.min()) // step, (west - west.min()) // step)
    table = np.full((int(row.max()) + 1, int(column.max()) + 1), -1, dtype=np.int64)
    table[row, column] = np.arange(cells.ids.size)
    y = (whole(latitude) - south.min() + step // 2) // step
    x = (whole(longitude) - west.min() + step // 2) // step
    inside = (y >= 0) & (y < table.shape[0]) & (x >= 0) & (x < table.shape[1])
    found = np.full(y.shape, -1, dtype=np.int64)
    found[inside] = table[y[inside], x[inside]]
    return found, step


def _extent(latitude: Array, longitude: Array) -> str:
    return (
        f"{np.nanmin(latitude):g} … {np.nanmax(latitude):g} °N,"
        f" {np.nanmin(longitude):g} … {np.nanmax(longitude):g} °E"
    )


def refuse_swapped(latitude: Array, longitude: Array, file: str) -> None:
    """Raise SourceUnreadable where latitudes are longitudes and the other way round."""
    if (np.abs(latitude) > 90).any() and (np.abs(longitude) <= 90).all():
        at = int(np.flatnonzero(np.abs(latitude) > 90)[0])
        raise SourceUnreadable(
            "axes_swapped", file=file, index=at, value=f"{latitude[at]:g}, {longitude[at]:g}"
        )


def _refuse_wide(latitude: Array, longitude: Array, step: int, file: str) -> None:
    """Raise SourceUnreadable for a regular grid that is coarser than the cells."""
    for axis in (latitude, longitude):
        lines = np.unique(whole(axis))
        if 1 < lines.size < axis.size and (wide := int(np.diff(lines).min())) > step:
            raise SourceUnreadable(
                "grid_too_coarse",
                file=file,
                value=f"{wide / PER_DEGREE:g}",
                limit=f"{step / PER_DEGREE:g}",
            )


class Band(NamedTuple):
    """The points of a stretch that lie in cells, in the order of these: see numpy's reduceat."""

    points: IntArray
    starts: IntArray
    cells: IntArray


@dataclass(slots=True)
class Bands:
    """Which points of a block lie in which cells; remembered by the block's stretch of points."""

    cell_of_point: IntArray
    _known: dict[tuple[int, int], Band] = field(init=False, default_factory=dict)

    def of(self, block: Block) -> Band:
        """The points of the block's stretch that lie in cells."""
        key = block.first_point, block.values.shape[1]
        if key not in self._known:
            own = self.cell_of_point[key[0] : key[0] + key[1]]
            inside = np.flatnonzero(own >= 0)
            order = inside[np.argsort(own[inside], kind="stable")]
            cells, starts = np.unique(own[order], return_index=True)
            self._known[key] = Band(order, starts, cells)
        return self._known[key]


@dataclass(slots=True)
class CellMeans:
    """Sums and counts by step and cell, filled block by block."""

    steps: int
    cells: int
    total: Array = field(init=False)
    count: npt.NDArray[np.int32] = field(init=False)

    def __post_init__(self) -> None:
        self.total = np.zeros((self.steps, self.cells))
        self.count = np.zeros((self.steps, self.cells), dtype=np.int32)

    def add(self, first_step: int, band: Band, values: Array) -> None:
        """Add *values* (step, point of the band), NaN where unknown."""
        if not band.points.size:
            return
        known = ~np.isnan(values)
        at = slice(first_step, first_step + len(values))
        sums = np.add.reduceat(np.where(known, values, 0.0), band.starts, axis=1)
        counts = np.add.reduceat(known, band.starts, axis=1, dtype=np.int32)
        self.total[at, band.cells] += sums
        self.count[at, band.cells] += counts

    def add_points(self, steps: IntArray, cells: IntArray, values: Array) -> None:
        """Add one value (row,) at each step and cell, NaN where unknown."""
        known = ~np.isnan(values)
        np.add.at(self.total, (steps[known], cells[known]), values[known])
        np.add.at(self.count, (steps[known], cells[known]), 1)

    def means(self) -> Array:
        """The mean of each step and cell, NaN where no point is known."""
        return self.total / np.where(self.count > 0, self.count, np.nan)


def rows(columns: Sequence[Values], size: int) -> Iterator[tuple[IntArray, IntArray]]:
    """
    Positions of cells and steps of *columns* (step, cell) in stretches of about *size* rows.

    They are in the order of cells. A cell of which no column knows anything, as at sea, has none.
    """
    known = np.flatnonzero(np.any([(~np.isnan(c)).any(axis=0) for c in columns], axis=0))
    steps = len(columns[0])
    many = max(size // steps, 1)
    for start in range(0, known.size, many):
        part = known[start : start + many]
        yield np.repeat(part, steps), np.tile(np.arange(steps), part.size)
