"""
Draws values of cells as a coloured picture for the map.

A frame says, once, which cells each land pixel of the map shows; a value array then
becomes a PNG whose rows are spaced as Web Mercator wants them.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from PIL import Image
from scipy.ndimage import distance_transform_edt
from scipy.spatial import cKDTree

from modelops_core.domain.climate import Array, BoolArray, IntArray
from modelops_core.domain.grid import spacing
from modelops_core.domain.result import Status
from modelops_core.ui.kit.theme import RGB, Scale

#: least pixels of a degree of longitude; a 0.1° cell is eight of them, a finer one at least one
PIXELS = 80
#: most pixels of a degree: a picture of some 1,500 × 1,700
FINEST = 200
#: cells that a pixel of the smooth surface looks at
NEIGHBOURS = 4
#: how far the land may lie from the centre of a cell, in cells
REACH = 1.0
#: statuses without a number: no nightly run has looked, or the data do not allow one
UNKNOWN = (-1, int(Status.not_assessed))
#: stripes of the hatch: from one to the next [°], and how wide of that
HATCH_STEP, HATCH_WIDTH = 0.1, 0.22
#: of the nearest cell, where no other has any
LEAST_WEIGHT = 1e-6
#: so far beyond the land clear pixels have its colour [pixels]: a browser that enlarges the picture
#: mixes neighbours, and would darken the shore with what is clear and black
SHORE = 1.5


@dataclass(frozen=True, slots=True)
class Frame:
    """Land pixels of a Mercator picture: nearest cells with their weights, (pixel, neighbour)."""

    shape: tuple[int, int]
    #: west, south, east, north [°]
    bounds: tuple[float, float, float, float]
    pixels: IntArray
    cells: IntArray
    weights: Array


def frame(latitude: Array, longitude: Array, land: shapely.Geometry, pixels: int = PIXELS) -> Frame:
    """
    The frame of a regular grid of cells [°], clipped to *land*; no cell is narrower than a pixel.
    """
    step = spacing(latitude, longitude)
    pixels = max(pixels, min(round(1 / step), FINEST))
    west, east = longitude.min() - step / 2, longitude.max() + step / 2
    south, north = latitude.min() - step / 2, latitude.max() + step / 2
    width = round((east - west) * pixels)
    top, bottom = _mercator(np.array([north, south]))
    height = round((top - bottom) / np.radians(1 / pixels))
    x = west + (np.arange(width) + 0.5) * (east - west) / width
    y = _latitude(top - (np.arange(height) + 0.5) * (top - bottom) / height)
    lon, lat = (grid.ravel() for grid in np.meshgrid(x, y))
    shapely.prepare(land)
    on_land = np.flatnonzero(shapely.contains_xy(land, lon, lat))
    found = _nearest(latitude, longitude, lat[on_land], lon[on_land], step)
    near = np.isfinite(found.distance[:, 0])
    return Frame(
        (height, width),
        (west, south, east, north),
        on_land[near],
        found.cells[near],
        found.weights[near],
    )


@dataclass(frozen=True, slots=True)
class Keys:
    """Colours of cells without a number: not assessed, and the stripes of what is excluded."""

    unknown: RGB
    hatch: RGB


def png(
    frame: Frame, values: Array, status: IntArray, scale: Scale, keys: Keys, *, smooth: bool
) -> str:
    """
    A data URL; cells that are not assessed in one colour, not applicable ones hatched.
    """
    nearest = frame.cells[:, 0]
    values = np.where(status == Status.not_applicable, np.nan, values)
    shown = _smooth(frame, values) if smooth else values[nearest]
    colours = scale.colours(np.where(np.isnan(values[nearest]), np.nan, shown))
    colours[np.isin(status[nearest], UNKNOWN)] = (*keys.unknown, 255)
    excluded = status[nearest] == Status.not_applicable
    colours[excluded] = _stripes(frame, frame.pixels[excluded], keys.hatch)
    return _picture(frame, frame.pixels, colours)


def hatch(frame: Frame, drawn: BoolArray, colour: RGB) -> str:
    """Stripes over the land pixels *drawn* (pixel,), as a data URL."""
    pixels = frame.pixels[drawn]
    return _picture(frame, pixels, _stripes(frame, pixels, colour))


def _stripes(frame: Frame, pixels: IntArray, colour: RGB) -> npt.NDArray[np.uint8]:
    """RGBA of *pixels*: slanting stripes, clear between them, with soft edges."""
    row, column = np.divmod(pixels, frame.shape[1])
    west, _, east, _ = frame.bounds
    step = HATCH_STEP * frame.shape[1] / (east - west)
    away = np.abs((row + column) % step - step / 2)
    share = np.clip(HATCH_WIDTH * step / 2 + 0.5 - away, 0.0, 1.0)
    made = np.empty((pixels.size, 4), dtype=np.uint8)
    made[:, :3], made[:, 3] = colour, np.round(255 * share)
    return made


def _picture(frame: Frame, pixels: IntArray, colours: npt.NDArray[np.uint8]) -> str:
    picture = np.zeros((*frame.shape, 4), dtype=np.uint8)
    row, column = np.divmod(pixels, frame.shape[1])
    picture[row, column] = colours
    clear = np.ones(frame.shape, dtype=bool)
    clear[row, column] = False
    apart, (near_row, near_column) = distance_transform_edt(clear, return_indices=True)
    shore = clear & (apart <= SHORE)
    picture[shore, :3] = picture[near_row[shore], near_column[shore], :3]
    return data_url(picture)


def positions(frame: Frame) -> tuple[Array, Array]:
    """Latitude and longitude of the land pixels' centres, each (pixel,)."""
    height, width = frame.shape
    west, south, east, north = frame.bounds
    row, column = np.divmod(frame.pixels, width)
    top, bottom = _mercator(np.array([north, south]))
    latitude = _latitude(top - (row + 0.5) * (top - bottom) / height)
    return latitude, west + (column + 0.5) * (east - west) / width


@dataclass(frozen=True, slots=True)
class Mask:
    """A picture as a data URL, opaque where nothing may be drawn; west, south, east, north [°]."""

    image: str
    bounds: tuple[float, float, float, float]


def mask(frame: Frame, drawn: BoolArray, margin: float) -> Mask:
    """What lies outside the land pixels of the cells *drawn* (cell,), to *margin* ° around all."""
    height, width = frame.shape
    west, south, east, north = frame.bounds
    edge = round(margin * width / (east - west))
    opaque = np.ones((height + 2 * edge, width + 2 * edge), dtype=bool)
    inside = opaque[edge : edge + height, edge : edge + width]
    row, column = np.divmod(frame.pixels[drawn[frame.cells[:, 0]]], width)
    inside[row, column] = False
    picture = np.zeros((*opaque.shape, 4), dtype=np.uint8)
    picture[opaque, 3] = 255
    aside, (top, bottom) = edge * (east - west) / width, _mercator(np.array([north, south]))
    above = edge * (top - bottom) / height
    outer = _latitude(np.array([bottom - above, top + above]))
    bounds = (west - aside, float(outer[0]), east + aside, float(outer[1]))
    return Mask(data_url(picture), bounds)


def data_url(picture: npt.NDArray[np.uint8]) -> str:
    """(row, column, RGBA) as a PNG data URL."""
    buffer = io.BytesIO()
    Image.fromarray(picture, "RGBA").save(buffer, "PNG", compress_level=6)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


@dataclass(frozen=True, slots=True)
class _Neighbours:
    cells: IntArray
    weights: Array
    distance: Array


def _nearest(latitude: Array, longitude: Array, lat: Array, lon: Array, step: float) -> _Neighbours:
    """The nearest cells of points, in units of the grid; infinite distance beyond the reach."""
    tree = cKDTree(np.column_stack([latitude, longitude]) / step)
    k = min(NEIGHBOURS, latitude.size)
    distance, cells = tree.query(np.column_stack([lat, lon]) / step, k=k, distance_upper_bound=1.5)
    distance, cells = distance.reshape(-1, k), cells.reshape(-1, k)
    around = np.where(cells == latitude.size, cells[:, :1], cells)
    weight = np.ones(around.shape)
    for centres, axis in ((latitude, lat), (longitude, lon)):
        weight *= np.maximum(0.0, 1 - np.abs(centres[around % centres.size] - axis[:, None]) / step)
    weight[~np.isfinite(distance)] = 0.0
    # bilinear: at its centre a cell has its own value; beyond the outermost centres the nearest's
    weight[:, 0] = np.maximum(weight[:, 0], LEAST_WEIGHT)
    beyond = distance[:, :1] > REACH
    return _Neighbours(
        around,
        weight,
        np.where(beyond, np.inf, distance),
    )


def _smooth(frame: Frame, values: Array) -> Array:
    """Weighted mean of the known neighbours; NaN where none is known."""
    around = values[frame.cells]
    weights = np.where(np.isnan(around), 0.0, frame.weights)
    total = weights.sum(axis=1)
    mean = (np.nan_to_num(around) * weights).sum(axis=1)
    known: Array = np.divide(mean, total, out=np.full(mean.shape, np.nan), where=total > 0)
    return known


def _mercator(latitude: Array) -> Array:
    return np.log(np.tan(np.pi / 4 + np.radians(latitude) / 2))


def _latitude(y: Array) -> Array:
    degrees: Array = np.degrees(2 * np.arctan(np.exp(y)) - np.pi / 2)
    return degrees
