"""
The map of a report as SVG: districts around a site, where that is in the country, a scale bar.

Drawn from the outlines in the database, in kilometres east and north of the site (equirectangular:
within half a per cent over the map's hundred kilometres).
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from modelops_core.domain.stamp import Language

#: half the width and half the height of the ground shown [km]
REACH = (30.0, 21.0)
#: of the drawing [px]
WIDTH, HEIGHT = 600.0, 420.0
PIXELS = WIDTH / (2 * REACH[0])
SCALE_KM = 10
#: the country's corner: its height [px], and the distance to the edge
CORNER, MARGIN = 132.0, 8.0
KM_PER_DEGREE = 111.32
#: districts that show less than this much ground have no name on the map [km²]
NAMED = 35.0
#: a name needs this much room around it [px]
ROOM = (84.0, 20.0)
#: a district whose inner point is farther off than this cannot be on the map [°]
FAR = 2.0
#: size of names [px]
NAME = 14.0
SITE = "#c4441c"


@dataclass(frozen=True, slots=True)
class Outlines:
    """Rows of districts and of provinces: ``outline`` as GeoJSON, ``admin_name``, ``…_en``."""

    districts: Sequence[Mapping[str, Any]]
    provinces: Sequence[Mapping[str, Any]]


def draw(latitude: float, longitude: float, outlines: Outlines, language: Language) -> str:
    """Return the SVG of the map around a place."""
    window = shapely.box(-REACH[0], -REACH[1], REACH[0], REACH[1])
    around = _Around(latitude, longitude)
    near = [
        (row, shapely.intersection(around.km(row["outline"]), window))
        for row in outlines.districts
        if around.may_reach(row)
    ]
    seen = [(row, shape) for row, shape in near if not shape.is_empty]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}">',
        f'<rect width="{WIDTH:.0f}" height="{HEIGHT:.0f}" fill="#e8eff3"/>',
        *(_path(shape, "#ffffff", "#b9c5cc", 1.0) for _, shape in seen),
        *_names(seen, language),
        *_mark(),
        *_scale_bar(language),
        *_corner(around, outlines.provinces),
        f'<rect x=".5" y=".5" width="{WIDTH - 1:.0f}" height="{HEIGHT - 1:.0f}" fill="none"'
        ' stroke="#9aa8b0"/></svg>',
    ]
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class _Around:
    latitude: float
    longitude: float

    def km(self, outline: str) -> BaseGeometry:
        """GeoJSON in kilometres east and north of the site."""
        shape = shapely.make_valid(shapely.from_geojson(outline))
        east = KM_PER_DEGREE * math.cos(math.radians(self.latitude))
        x, y = -east * self.longitude, -KM_PER_DEGREE * self.latitude
        return affinity.affine_transform(shape, [east, 0, 0, KM_PER_DEGREE, x, y])

    def may_reach(self, row: Mapping[str, Any]) -> bool:
        """Whether a district can lie on the map: no district is two degrees wide."""
        north, east = row["latitude"] - self.latitude, row["longitude"] - self.longitude
        return bool(max(abs(north), abs(east)) < FAR)


def _pixel(x: float, y: float) -> tuple[float, float]:
    return (x + REACH[0]) * PIXELS, (REACH[1] - y) * PIXELS


def _path(shape: BaseGeometry, fill: str, stroke: str, width: float) -> str:
    """The polygons of a shape in kilometres; lines and points left by clipping are not drawn."""
    rings = [
        ring
        for polygon in _polygons(shape)
        for ring in (polygon.exterior, *polygon.interiors)
        if ring.length > 2 / PIXELS
    ]
    drawn = " ".join(
        "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in (_pixel(x, y) for x, y in ring.coords)) + "Z"
        for ring in rings
    )
    return (
        f'<path d="{drawn}" fill="{fill}" stroke="{stroke}" stroke-width="{width}"'
        ' fill-rule="evenodd" stroke-linejoin="round"/>'
    )


def _polygons(shape: BaseGeometry) -> Iterable[shapely.Polygon]:
    return (part for part in shapely.get_parts(shape, return_index=False) if _is_area(part))


def _is_area(part: BaseGeometry) -> bool:
    return isinstance(part, shapely.Polygon)


def _names(
    seen: Sequence[tuple[Mapping[str, Any], BaseGeometry]], language: Language
) -> Iterable[str]:
    """Names of districts, the largest first, where no other name and no mark stands."""
    width, height = ROOM
    taken = [(WIDTH / 2, HEIGHT / 2), (60.0, HEIGHT - 12.0)]
    for row, shape in sorted(seen, key=lambda pair: -pair[1].area):
        x, y = _pixel(*shapely.point_on_surface(shape).coords[0])
        crowded = any(abs(x - a) < width and abs(y - b) < height for a, b in taken)
        hidden = x > WIDTH - CORNER - width and y < CORNER + height
        if shape.area < NAMED or crowded or hidden or not width / 2 < x < WIDTH - width / 2:
            continue
        taken.append((x, y))
        yield _text(x, y, _short(row, language), NAME, "#4a565e", "middle")


def _short(row: Mapping[str, Any], language: Language) -> str:
    """The district's own name without its province's."""
    if language == "ko":
        return str(row["admin_name"]).split()[-1]
    return str(row["admin_name_en"]).split(",")[0]


def _text(x: float, y: float, words: str, size: float, colour: str, anchor: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y + size / 3:.1f}" font-family="NanumGothic" font-size="{size}"'
        f' fill="{colour}" text-anchor="{anchor}">{html.escape(words)}</text>'
    )


def _mark() -> Iterable[str]:
    """The site: a ring with a dot, so that it is seen in black and white, too."""
    x, y = WIDTH / 2, HEIGHT / 2
    yield f'<circle cx="{x}" cy="{y}" r="10" fill="none" stroke="{SITE}" stroke-width="2.5"/>'
    yield f'<circle cx="{x}" cy="{y}" r="3.6" fill="{SITE}"/>'


def _scale_bar(language: Language) -> Iterable[str]:
    long, x, y = SCALE_KM * PIXELS, 14.0, HEIGHT - 14.0
    yield (
        f'<path d="M{x} {y - 6}V{y}H{x + long:.1f}V{y - 6}" fill="none" stroke="#16232b"'
        ' stroke-width="1.6"/>'
    )
    yield _text(x + long / 2, y - 9, f"{SCALE_KM} km", NAME, "#16232b", "middle")
    north = "북" if language == "ko" else "N"
    yield '<path d="M20 34L15 20 20 23 25 20Z" fill="#16232b" transform="rotate(180 20 27)"/>'
    yield _text(20, 45, north, NAME, "#16232b", "middle")


def _corner(around: _Around, provinces: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    """The whole country in a corner, with the site."""
    shapes = [around.km(row["outline"]) for row in provinces]
    whole = [shape for shape in shapes if not shape.is_empty]
    if not whole:
        return
    west, south, east, north = shapely.total_bounds(whole)
    shrink = (CORNER - 12) / (north - south)
    width = shrink * (east - west) + 12
    left, top = WIDTH - width - MARGIN, MARGIN
    yield (
        f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="{CORNER}" fill="#f7fafb"'
        ' stroke="#9aa8b0"/>'
    )

    def to_drawing(shape: BaseGeometry) -> BaseGeometry:
        """In the kilometres of the map, so that one function draws both."""
        x = (left + 6 - shrink * west) / PIXELS - REACH[0]
        y = REACH[1] - (top + 6 + shrink * north) / PIXELS
        k = shrink / PIXELS
        return affinity.affine_transform(shape, [k, 0, 0, k, x, y])

    for shape in whole:
        yield _path(to_drawing(shapely.simplify(shape, 2.0)), "#d5dde2", "#d5dde2", 0.4)
    x, y = _pixel(*to_drawing(shapely.Point(0, 0)).coords[0])
    yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{SITE}" stroke="#ffffff"/>'
