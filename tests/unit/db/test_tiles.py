"""Which query makes which vector tile; the queries themselves are tested over a database."""

from __future__ import annotations

import pytest

from modelops_core.db.maps import vector_tiles
from modelops_core.db.maps.vector_tiles import SCHEME, Tiles, check_tile
from modelops_core.errors import InvalidInput


class Asked(Tiles):
    """Notes the query and its values instead of asking the database."""

    def __init__(self, loaded="1", made_from=f"1 {SCHEME}"):
        super().__init__(None, None)
        self.asked = []
        self._now = {"loaded": loaded, "made_from": made_from}

    def _read(self, query, **values):
        self.asked.append((query, values))
        return b""

    def _state(self):
        return self._now


def query(layer, z, tiles=None):
    tiles = tiles or Asked()
    tiles.tile(layer, z, 0, 0)
    [(name, values)] = tiles.asked
    return name, values


@pytest.mark.parametrize(
    ("z", "level"),
    [(0, "sido"), (7, "sido"), (8, "sigungu"), (10, "sigungu"), (11, "emd"), (20, "emd")],
)
def test_districts_by_zoom(z, level):
    """Provinces, districts, towns; a quarter of a pixel of tolerance at each zoom."""
    name, values = query("admin", z)
    assert (name, values["level"]) == ("admin_tile", level)
    assert values["tolerance"] * 2**z == pytest.approx(360 / 256 / 4)


@pytest.mark.parametrize(
    ("z", "stored", "live"),
    [
        (0, "stored_tile", "counted_tile"),
        (10, "stored_tile", "counted_tile"),
        (11, "stored_tile", "buildings_tile"),
        (13, "stored_tile", "buildings_tile"),
        (14, "buildings_tile", "buildings_tile"),
    ],
)
def test_buildings_by_zoom(z, stored, live):
    """Made ahead up to zoom 13; of another load counted up to zoom 10, drawn from 11 on."""
    assert query("buildings", z)[0] == stored
    assert query("buildings", z, Asked(loaded="2"))[0] == live


@pytest.mark.parametrize(
    ("loaded", "made_from", "due"),
    [
        ("1", f"1 {SCHEME}", None),
        ("2", f"1 {SCHEME}", f"2 {SCHEME}"),
        ("1", "1 9/12/64", f"1 {SCHEME}"),
        ("1", None, f"1 {SCHEME}"),
        (None, None, None),
    ],
)
def test_tiles_of_another_load_or_scheme_are_due(loaded, made_from, due):
    """Nothing is due without buildings."""
    assert Asked(loaded, made_from).due() == due


@pytest.mark.parametrize(
    ("layer", "z", "x", "y", "known"),
    [
        ("grid", 0, 0, 0, True),
        ("grid", 3, 7, 7, True),
        ("grid", 3, 8, 0, False),
        ("grid", 3, 0, 8, False),
        ("grid", 3, -1, 0, False),
        ("grid", 20, 0, 2**20 - 1, True),
        ("grid", 21, 0, 0, False),
        ("grid", -1, 0, 0, False),
        ("roads", 0, 0, 0, False),
    ],
)
def test_tiles_that_there_are(layer, z, x, y, known):
    """2^z in each direction, counted from 0."""
    if known:
        check_tile(layer, z, x, y)
    else:
        with pytest.raises(InvalidInput):
            check_tile(layer, z, x, y)


def test_every_zoom_is_made_once(monkeypatch):
    """Squares up to zoom 10 from those of zoom 10, whole buildings above; progress up to 95."""
    ran, told = [], []
    monkeypatch.setattr(
        vector_tiles.queries, "run", lambda connection, name, **v: ran.append((name, v))
    )
    monkeypatch.setattr(vector_tiles.queries, "row", lambda *_, **v: {"tiles": 7, **v})

    class Engine:
        def begin(self):
            return self

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

    tiles = Tiles(None, Engine())
    assert tiles.make("1", lambda progress, step: told.append((progress, step.of))) == 7
    assert [name for name, _ in ran[:2]] == ["clear_tiles", "tile_squares"]
    assert [(v["z"], v.get("shift")) for _, v in ran[2:]] == [
        *((z, 10 - z) for z in range(11)),
        *((z, None) for z in (11, 12, 13)),
    ]
    assert told[0] == (0, None)
    assert (told[1], told[-1]) == ((5, "0"), (95, "13"))
    assert [progress for progress, _ in told] == sorted(progress for progress, _ in told)
