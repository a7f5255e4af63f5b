"""Makes Mapbox vector tiles by ST_AsMVT: buildings, climate grid, districts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine

from modelops_core.db import queries
from modelops_core.db.engine import translated_errors
from modelops_core.db.queue import claims
from modelops_core.domain.job import Step, StepKind
from modelops_core.domain.result import HEADLINE
from modelops_core.errors import InvalidInput
from modelops_core.ports import Progress, Row

#: layer names
LAYERS = ("buildings", "grid", "admin")
#: deepest zoom
MAX_ZOOM = 20
#: up to the first zoom tiles show counts of buildings in squares; up to the second they are stored
MAX_COUNTED_ZOOM, MAX_STORED_ZOOM = 10, 13
#: squares along the edge of a tile
SQUARES_PER_EDGE = 64
#: part of the stored tiles' version: tiles of another scheme are made anew
SCHEME = f"{MAX_COUNTED_ZOOM}/{MAX_STORED_ZOOM}/{SQUARES_PER_EDGE}"
#: districts are drawn by province, district and town up to these zooms
DISTRICT_LEVELS = ((7, "sido"), (10, "sigungu"), (MAX_ZOOM, "emd"))
#: outline kept within a quarter of a pixel of 256 [° at zoom 0]
TOLERANCE = 360 / 256 / 4


def check_tile(layer: str, z: int, x: int, y: int) -> None:
    """Raise InvalidInput for a tile that does not exist."""
    if layer not in LAYERS:
        raise InvalidInput("not_one_of", field="layer", value=layer, known=list(LAYERS))
    if not 0 <= z <= MAX_ZOOM:
        raise InvalidInput("out_of_range", field="z", value=z, low=0, high=MAX_ZOOM, unit="")
    for name, value in (("x", x), ("y", y)):
        if not 0 <= value < 1 << z:
            raise InvalidInput(
                "tile_out_of_range", field=name, value=value, high=(1 << z) - 1, zoom=z
            )


class Tiles:
    """Reads tiles (as reader) and makes the stored tiles of the buildings (as writer)."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader = reader
        self._writer = writer

    def tile(self, layer: str, z: int, x: int, y: int, **chosen: str) -> bytes:
        """
        One tile as MVT bytes, empty where nothing lies; raises InvalidInput for an impossible one.

        *chosen*, of the layer ``grid``: ssp_scenario and horizon; risk_type and how its return
        ``levels`` are stored (``fitted``, ``stored`` or ``""``), neither of all perils together.
        """
        check_tile(layer, z, x, y)
        make: dict[str, Callable[..., bytes]] = {
            "buildings": self._buildings,
            "grid": self._grid,
            "admin": self._admin,
        }
        return make[layer]({"z": z, "x": x, "y": y}, **chosen)

    def _buildings(self, at: Row, **_: str) -> bytes:
        if at["z"] > MAX_STORED_ZOOM:
            return self._read("buildings_tile", **at)
        if self.due() is None:
            return self._read("stored_tile", **at)
        if at["z"] > MAX_COUNTED_ZOOM:
            return self._read("buildings_tile", **at)
        return self._read("counted_tile", **at, per_tile=SQUARES_PER_EDGE)

    def _grid(self, at: Row, **chosen: str) -> bytes:
        if "risk_type" not in chosen:
            return self._read("total_tile", **at, **chosen)
        return self._read("grid_tile", **at, **chosen, periods=list(HEADLINE))

    def _admin(self, at: Row, **_: str) -> bytes:
        level = next(name for last, name in DISTRICT_LEVELS if at["z"] <= last)
        return self._read("admin_tile", **at, level=level, tolerance=TOLERANCE / (1 << at["z"]))

    def _read(self, query: str, **values: Any) -> bytes:
        with translated_errors(), self._reader.connect() as connection:
            found = queries.row(connection, query, **values)
        return bytes(found["mvt"] or b"") if found else b""

    def _state(self) -> Row:
        with translated_errors(), self._reader.connect() as connection:
            found = queries.row(connection, "buildings_version")
        assert found is not None
        return found

    def due(self) -> str | None:
        """The version (load and scheme) that stored tiles lack; None where they are up to date."""
        state = self._state()
        if state["loaded"] is None:
            return None
        version = f"{state['loaded']} {SCHEME}"
        return version if version != state["made_from"] else None

    def make(self, version: str, progress: Progress) -> int:
        """Make all stored tiles of the buildings anew, in one transaction; return their number."""
        with translated_errors(), claims.fenced(self._writer) as connection:
            queries.run(connection, "clear_tiles")
            progress(0, Step(StepKind.buildings))
            queries.run(connection, "tile_squares", z=MAX_COUNTED_ZOOM, per_tile=SQUARES_PER_EDGE)
            for z in range(MAX_STORED_ZOOM + 1):
                progress(5 + 90 * z // MAX_STORED_ZOOM, Step(StepKind.zoom_tiles, str(z)))
                if z <= MAX_COUNTED_ZOOM:
                    queries.run(
                        connection,
                        "make_counted_tiles",
                        z=z,
                        shift=MAX_COUNTED_ZOOM - z,
                        per_tile=SQUARES_PER_EDGE,
                    )
                else:
                    queries.run(connection, "make_whole_tiles", z=z)
            made = queries.row(connection, "tiles_made", made_from=version)
        assert made is not None
        return int(made["tiles"])
