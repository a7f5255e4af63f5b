"""
NetCDF grids of any form (classic, 64-bit, HDF5), read block by block.

Recognised is the only variable of time, latitude and longitude; coordinates have one or two
dimensions. The bytes may lie in a gzip or tar: they are unpacked into a temporary file then.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np
import numpy.typing as npt

from modelops_core.domain.climate import Array
from modelops_core.errors import SourceUnreadable
from modelops_core.sources import unpacking
from modelops_core.sources.climate.cells import Block
from modelops_core.sources.climate.steps import Axis
from modelops_core.sources.unpacking import Member

MAGIC = (b"CDF", b"\x89HDF\r\n\x1a\n")
TIME, LATITUDE, LONGITUDE = (
    ("time", "t"),
    ("latitude", "lat", "nav_lat", "xlat", "y"),
    ("longitude", "lon", "long", "nav_lon", "xlong", "x"),
)
#: the same of dimensions only: ocean models number their rows and columns
ROWS, COLUMNS = (*LATITUDE, "j", "nj", "eta_rho"), (*LONGITUDE, "i", "ni", "xi_rho")
#: bytes of values that are read at once
BLOCK = 48 << 20
#: written for unknown besides what the file declares; anything beyond HUGE is a fill value too
UNDECLARED = -9990.0
HUGE = 1e19
#: attributes of the file that may say what it holds
TELLING = ("title", "scenario", "experiment", "experiment_id", "source", "source_id", "comment")
#: what the library raises for a file that is cut off or damaged
BROKEN = (OSError, RuntimeError, IndexError, ValueError)


def is_netcdf(head: bytes) -> bool:
    """Whether these first bytes are those of a NetCDF or HDF5 file."""
    return head.startswith(MAGIC)


@dataclass(frozen=True, slots=True, weakref_slot=True)
class NetcdfGrid:
    """
    What a file says of itself; ``latitude`` and ``longitude`` are of each point, (point,).

    ``shape`` is (step, row, column); ``path`` the plain file, ``name`` what it is called.
    """

    name: str
    path: Path
    variable: str
    unit: str | None
    axis: Axis
    latitude: Array
    longitude: Array
    shape: tuple[int, int, int]
    chunk: tuple[int, int, int]
    itemsize: int
    attributes: str
    provider: str | None

    @property
    def form(self) -> str:
        """What the file is."""
        return f"NetCDF, {self.shape[1]} × {self.shape[2]} points"

    def place(self, step: int, point: int) -> str:
        """Where a value stands: its indices."""
        return f"{self.variable}[{step}, {point // self.shape[2]}, {point % self.shape[2]}]"

    def blocks(self) -> Iterator[Block]:
        """All values in blocks of whole chunks of the file; raises SourceUnreadable."""
        with _opened(self.path, self.name) as data:
            variable = data.variables[self.variable]
            for first, last, top, bottom in _plan(self.shape, self.chunk, self.itemsize):
                try:
                    raw = variable[first:last, top:bottom, :]
                except BROKEN as error:
                    raise SourceUnreadable(
                        "grid_broken", file=self.name, index=first, why=error
                    ) from None
                values = _known(raw, variable).reshape(last - first, -1)
                yield Block(first, top * self.shape[2], values)


def of_file(path: Path, member: Member) -> NetcdfGrid:
    """The grid in *member* of the file at *path*, which is unpacked only where it is packed."""
    with path.open("rb") as stream:
        plain = is_netcdf(stream.read(8))
    return recognise(member, path if plain else None)


def recognise(member: Member, whole: Path | None) -> NetcdfGrid:
    """The grid in *member*, which is the plain file *whole* where it needs no unpacking."""
    if whole is not None:
        return _described(member.name, whole)
    folder = Path(tempfile.mkdtemp(prefix="modelops-grid-"))
    try:
        path = folder / "grid.nc"
        with unpacking.complete(member.name), member.open() as stream, path.open("wb") as plain:
            shutil.copyfileobj(stream, plain, unpacking.BLOCK)
        found = _described(member.name, path)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(found, shutil.rmtree, folder, ignore_errors=True)
    return found


@contextmanager
def _opened(path: Path, name: str) -> Iterator[Any]:
    try:
        data = netCDF4.Dataset(path)
    except BROKEN as error:
        raise SourceUnreadable("grid_broken", file=name, index=0, why=error) from None
    try:
        data.set_auto_maskandscale(False)
        yield data
    finally:
        data.close()


def _described(name: str, path: Path) -> NetcdfGrid:
    with _opened(path, name) as data:
        variable = _variable(data, name)
        shape: tuple[int, int, int] = variable.shape
        _refuse_length(data, path, name)
        latitude, longitude = _coordinates(data, variable, name)
        chunk = variable.chunking()
        attributes = [str(data.getncattr(a)) for a in data.ncattrs() if a.lower() in TELLING]
        attributes += [str(getattr(variable, "long_name", ""))]
        provider = getattr(data, "institution", None)
        return NetcdfGrid(
            name=name,
            path=path,
            variable=variable.name,
            unit=getattr(variable, "units", None),
            axis=_axis(data, variable),
            latitude=latitude,
            longitude=longitude,
            shape=shape,
            chunk=(1, *shape[1:]) if chunk in (None, "contiguous") else tuple(chunk),
            itemsize=variable.dtype.itemsize,
            attributes=" ".join(attributes),
            provider=None if provider is None else str(provider),
        )


def _variable(data: Any, name: str) -> Any:
    """The only variable with three dimensions, which are time, latitude and longitude."""
    found = [v for v in data.variables.values() if v.ndim == 3 and v.dtype.kind in "iuf"]
    if len(found) != 1:
        listed = [f"{v.name}({', '.join(v.dimensions)})" for v in data.variables.values()]
        raise SourceUnreadable("no_grid_variable", file=name, count=len(found), found=listed[:8])
    (variable,) = found
    expected = (TIME, ROWS, COLUMNS)
    if any(d.lower() not in e for d, e in zip(variable.dimensions, expected, strict=True)):
        raise SourceUnreadable(
            "grid_dimensions", file=name, variable=variable.name, found=list(variable.dimensions)
        )
    if 0 in variable.shape:
        raise SourceUnreadable("table_empty", file=name)
    return variable


def _refuse_length(data: Any, path: Path, name: str) -> None:
    """Raise SourceUnreadable for a classic file that holds fewer bytes than its variables need."""
    if not data.data_model.startswith("NETCDF3"):
        return
    needed = sum(int(v.size) * v.dtype.itemsize for v in data.variables.values())
    size = path.stat().st_size
    if size < needed:
        reason = f"{size} bytes of {needed} or more"
        raise SourceUnreadable("grid_broken", file=name, index=0, why=reason)


def _coordinates(data: Any, variable: Any, name: str) -> tuple[Array, Array]:
    """Latitude and longitude of each point of a plane, (point,)."""
    _, rows, columns = variable.shape
    latitude = _coordinate(data, LATITUDE, "latitude", name)
    longitude = _coordinate(data, LONGITUDE, "longitude", name)
    if latitude.ndim == longitude.ndim == 1:
        shapes = (latitude.size, longitude.size)
        if shapes == (rows, columns):
            return np.repeat(latitude, columns), np.tile(longitude, rows)
    elif latitude.shape == longitude.shape == (rows, columns):
        return latitude.ravel(), longitude.ravel()
    raise SourceUnreadable(
        "grid_shape",
        file=name,
        variable=variable.name,
        found=list(variable.shape),
        latitude=list(latitude.shape),
        longitude=list(longitude.shape),
    )


def _coordinate(data: Any, names: tuple[str, ...], what: str, name: str) -> Array:
    by_name = {v.name.lower(): v for v in data.variables.values() if v.ndim in (1, 2)}
    found = next((by_name[n] for n in names if n in by_name), None)
    if found is None:
        raise SourceUnreadable("axis_missing", file=name, axis=what, found=list(data.variables))
    values: Array = np.asarray(found[...], dtype=float)
    if not np.isfinite(values).all():
        at = int(np.flatnonzero(~np.isfinite(values))[0])
        raise SourceUnreadable("axis_unknown", file=name, axis=what, index=at)
    return values


def _axis(data: Any, variable: Any) -> Axis:
    length = variable.shape[0]
    time = data.variables.get(variable.dimensions[0])
    if time is None or time.ndim != 1 or time.dtype.kind not in "iuf":
        return Axis(length)
    values = np.asarray(time[...], dtype=float)
    units, calendar = (getattr(time, n, None) for n in ("units", "calendar"))
    return Axis(length, values, units, None if calendar is None else str(calendar).lower())


def _plan(
    shape: tuple[int, int, int], chunk: tuple[int, int, int], itemsize: int
) -> Iterator[tuple[int, int, int, int]]:
    """First and last step and row of each block: whole chunks, at most about BLOCK bytes."""
    steps, rows, columns = shape
    plane = rows * columns * itemsize
    deep, high = chunk[0], rows
    if deep * plane > BLOCK:
        high = max(BLOCK // (deep * columns * itemsize) // chunk[1], 1) * chunk[1]
    else:
        deep = BLOCK // (deep * plane) * deep
    for first in range(0, steps, deep):
        for top in range(0, rows, high):
            yield first, min(first + deep, steps), top, min(top + high, rows)


def _known(raw: npt.NDArray[Any], variable: Any) -> npt.NDArray[np.float32]:
    """Values with scale and offset, NaN where the file or usage says unknown."""
    values = np.array(raw, dtype=np.float32)
    fills = _fills(variable)
    scale, offset = (
        float(getattr(variable, n, d)) for n, d in (("scale_factor", 1), ("add_offset", 0))
    )
    missing = np.zeros(raw.shape, dtype=bool)
    for fill in fills:
        missing |= raw == fill
    if (scale, offset) != (1, 0):
        values = (values * np.float32(scale) + np.float32(offset)).astype(np.float32)
    with np.errstate(invalid="ignore"):
        missing |= (np.abs(values) > HUGE) | (values == np.float32(UNDECLARED))
    values[missing] = np.nan
    return values


def _fills(variable: Any) -> list[Any]:
    """What the file declares as unknown, in the type of its values."""
    attributes: Mapping[str, Any] = {n: variable.getncattr(n) for n in variable.ncattrs()}
    declared = [attributes[n] for n in ("_FillValue", "missing_value") if n in attributes]
    usual = netCDF4.default_fillvals.get(variable.dtype.str[1:])
    return [
        np.asarray(value).astype(variable.dtype).item()
        for value in [*declared, *([] if usual is None or declared else [usual])]
        if np.size(value) == 1 and np.asarray(value).dtype.kind in "iuf"
    ]
