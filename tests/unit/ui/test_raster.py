"""Scores as a picture: values first, then colour."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
import shapely
from PIL import Image

from modelops_core.domain.grid import spacing
from modelops_core.ui.kit import maps, raster
from modelops_core.ui.kit.theme import RAMP, SCALES

LATITUDE = np.array([36.0, 36.0, 36.1, 36.1])
LONGITUDE = np.array([127.0, 127.1, 127.0, 127.1])
LAND = shapely.box(126.95, 35.95, 127.15, 36.15)
GREY, STRIPE = (1, 2, 3), (9, 8, 7)
KEYS = raster.Keys(GREY, STRIPE)
OK = np.zeros(4, dtype=np.int64)


def picture(values, status=OK, smooth=False, land=LAND):
    """RGBA array of the four cells."""
    frame = raster.frame(LATITUDE, LONGITUDE, land, pixels=100)
    url = raster.png(
        frame, np.asarray(values, float), status, SCALES["hazard"], KEYS, smooth=smooth
    )
    return opened(url)


def opened(url):
    """RGBA array of a data URL."""
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))))


def test_north_is_up_and_cells_keep_their_values():
    """Low in the south-west, high in the north-east: the picture's corners have the ramp's ends."""
    shown = picture([0.0, 0.5, 0.5, 1.0])

    assert tuple(shown[-2, 1, :3]) == RAMP[0]
    assert tuple(shown[1, -2, :3]) == RAMP[-1]
    assert shown.shape[:2] == (25, 20)  # 0.2° × 0.2°, a degree of latitude is longer on the map


def test_a_smooth_surface_stays_between_its_cells():
    """Interpolated values, not interpolated colours: no pixel is lighter or darker than its neighbours' range."""
    at = np.linspace(0.4, 0.6, 200)
    allowed = {tuple(c) for c in SCALES["hazard"].colours(at)[:, :3]}
    shown = picture([0.4, 0.5, 0.5, 0.6], smooth=True)[..., :3].reshape(-1, 3)
    low, high = (np.array(sorted(allowed)).min(axis=0), np.array(sorted(allowed)).max(axis=0))

    assert (shown >= low.astype(int) - 1).all()
    assert (shown <= high.astype(int) + 1).all()
    assert len({tuple(c) for c in shown}) > 4


def test_a_cell_has_its_own_value_at_its_centre():
    """Of the smooth surface, too; halfway to a neighbour it has half of both, an excluded one has no say."""
    centre = {0: (-6, 5), 1: (-6, 15), 2: (6, 5), 3: (6, 15)}
    value, status = np.array([0.2, 0.8, 0.5, 0.0]), np.array([0, 0, 0, 3])
    shown = picture(value, status, smooth=True)

    for cell, (row, column) in centre.items():
        wanted = SCALES["hazard"].colours(value[cell : cell + 1])[0, :3]
        away = np.abs(shown[row, column, :3].astype(int) - wanted.astype(int)).max()
        assert away <= 12 if status[cell] == 0 else tuple(shown[row, column, :3]) == STRIPE
    between = shown[-6, 9:11, :3].astype(float).mean(axis=0)
    assert between == pytest.approx(SCALES["hazard"].colours(np.array([0.5]))[0, :3], abs=12)


def test_a_mask_leaves_the_known_land_open():
    """Opaque at sea, in cells without a number and in a margin around all; it lies where it says."""
    land = shapely.box(126.95, 35.95, 127.05, 36.15)
    frame = raster.frame(LATITUDE, LONGITUDE, land, pixels=100)
    found = raster.mask(frame, np.array([True, True, False, True]), margin=0.1)
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(found.image.split(",")[1]))))[..., 3]

    assert shown.shape == (45, 40)
    assert (shown[23:34, 11:19] == 0).all()  # the south-western cell
    assert (shown[:21] == 255).all()
    assert (shown[:, 21:] == 255).all()
    assert found.bounds == pytest.approx((126.85, 35.87, 127.25, 36.23), abs=0.003)


def test_unknown_is_grey_and_excluded_is_hatched():
    """not_assessed has its own colour, not_applicable stripes over the land; neither is a low score."""
    shown = picture([0.5, np.nan, 0.5, 0.0], np.array([0, 2, 0, 3]))

    assert tuple(shown[-2, -2]) == (*GREY, 255)
    assert shown[-2, 1, 3] == 255
    excluded = shown[:12, 10:]
    assert (excluded[..., :3] == STRIPE).all()
    assert 0.1 < excluded[..., 3].mean() / 255 < 0.4
    assert (excluded[..., 3] == 0).mean() > 0.4  # the land between
    along = excluded[1:11, :-1, 3] == excluded[0:10, 1:, 3]
    assert along.all()  # slanting


def test_stripes_lie_where_they_are_asked_for():
    """In the north only; their pixels are where the frame says that these lie."""
    frame = raster.frame(LATITUDE, LONGITUDE, LAND, pixels=100)
    latitude, longitude = raster.positions(frame)
    assert (latitude.min(), latitude.max()) == pytest.approx((35.95, 36.15), abs=0.01)
    assert (longitude.min(), longitude.max()) == pytest.approx((126.955, 127.145))
    shown = opened(raster.hatch(frame, latitude > 36.05, STRIPE))
    assert shown[:12, :, 3].any()
    assert not shown[13:, :, 3].any()


def test_the_sea_is_clear():
    """Only land is drawn; what a browser mixes with its edge is of its colour, not black."""
    shown = picture([0.5] * 4, land=shapely.box(126.95, 35.95, 127.05, 36.15))

    assert (shown[:, 12:, 3] == 0).all()
    assert (shown[:, :8, 3] == 255).all()
    assert (shown[:, 10, :3] == shown[:, 8, :3]).all()


def test_a_grid_knows_its_spacing():
    """0.1° here; a single cell counts as a tenth."""
    assert spacing(LATITUDE, LONGITUDE) == pytest.approx(0.1)
    assert spacing(LATITUDE[:1], LONGITUDE[:1]) == 0.1


def test_a_deck_asks_nobody_else():
    """Every address in the description of a map is this server's own."""
    layers = [
        *maps.ground("light"),
        maps.image_layer("data:image/png;base64,x", (1, 2, 3, 4), 0.8),
        *maps.borders("dark"),
        *maps.choropleth("light", 0.5),
    ]
    layers += maps.pins([maps.Pin(127.0, 36.0, "서울"), maps.Pin(128.0, 35.0, chosen=True)], "dark")
    spec = maps.MapView(maps.deck(layers)).spec()

    assert "http" not in spec
    assert '"image":"data:image/png;base64,x"' in spec
    assert (
        "서울" in spec.encode().decode("unicode_escape", errors="ignore")
        or "\\uc11c\\uc6b8" in spec
    )


def test_a_fine_cell_has_a_pixel_of_its_own():
    """0.01°: every cell of a checkerboard keeps its colour, none is passed over."""
    latitude, longitude = (axis.ravel() for axis in np.mgrid[36:36.195:0.01, 127:127.195:0.01])
    values = (np.arange(400) // 20 + np.arange(400)) % 2.0
    frame = raster.frame(latitude, longitude, shapely.box(126, 35, 128, 37))
    assert set(frame.cells[:, 0].tolist()) == set(range(400))
    assert frame.shape[1] == 20
    url = raster.png(
        frame, values, np.zeros(400, dtype=np.int64), SCALES["hazard"], KEYS, smooth=False
    )
    shown = opened(url)
    row = shown[-1, :, :3]
    assert (row[::2] == RAMP[int(values[0]) * -1]).all()
    assert (row[1::2] == RAMP[int(values[1]) * -1]).all()
