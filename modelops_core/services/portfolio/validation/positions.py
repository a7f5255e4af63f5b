"""Where sites lie: coordinates exchanged, in metres, in the sea, or in another district."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pyproj

from modelops_core.domain.climate import Array, BoolArray
from modelops_core.domain.portfolio import TextArray
from modelops_core.domain.portfolio.findings import Problem
from modelops_core.domain.portfolio.table import Table
from modelops_core.domain.site import LATITUDES, LONGITUDES
from modelops_core.errors import InvalidInput
from modelops_core.ports import PortfolioPlaces
from modelops_core.services.portfolio.validation import districts

#: coordinates in metres that Korean files have
METRES = ("EPSG:5174", "EPSG:5179", "EPSG:5186")
WGS84 = "EPSG:4326"
#: a point this far off the districts still counts as on land: quays, reclaimed land [m]
SHORE = 1000.0
#: how far a point may lie outside the district that is written beside it [m]
BORDER = 50.0
#: no angle is larger [°]
LARGEST_ANGLE = 360.0


class Point(NamedTuple):
    """Latitude and longitude [°], (site,)."""

    latitude: Array
    longitude: Array


def inside(point: Point) -> BoolArray:
    """Whether a point lies in Korea's box."""
    found: BoolArray = (
        (point.latitude >= LATITUDES[0])
        & (point.latitude <= LATITUDES[1])
        & (point.longitude >= LONGITUDES[0])
        & (point.longitude <= LONGITUDES[1])
    )
    return found


def checked(table: Table, crs: str | None) -> tuple[Table, list[Problem]]:
    """The table with coordinates in ° where they can be taken, NaN elsewhere, and why not."""
    given = Point(table.numbers("lat"), table.numbers("lon"))
    known = ~np.isnan(given.latitude), ~np.isnan(given.longitude)
    problems = table.problem("coordinates_half", "lat", _blank(table, "lat") & known[1])
    problems += table.problem("coordinates_half", "lon", known[0] & _blank(table, "lon"))
    both = known[0] & known[1]
    metres = both & (np.maximum(*map(np.abs, given)) > LARGEST_ANGLE)
    exchanged = both & ~metres & ~inside(given) & inside(Point(given.longitude, given.latitude))
    abroad = both & ~metres & ~exchanged & ~inside(given)
    swapped = _texts(given.longitude, given.latitude, exchanged)
    problems += _pair(table, "coordinates_exchanged", exchanged, swapped)
    problems += _pair(table, "outside_korea", abroad, None)
    taken, more = _metres(table, given, metres, crs)
    kept = both & ~exchanged & ~abroad & ~np.isnan(taken.latitude)
    made = table.replaced(
        lat=np.where(kept, taken.latitude, np.nan), lon=np.where(kept, taken.longitude, np.nan)
    )
    return made, problems + more


def _blank(table: Table, name: str) -> BoolArray:
    """Where nothing is written: a cell that was refused has its own error."""
    cited = table.cited.get(name)
    blank: BoolArray = (
        np.isnan(table.numbers(name)) if cited is None or cited.text is None else cited.text == ""
    )
    return blank


def _metres(
    table: Table, given: Point, metres: BoolArray, crs: str | None
) -> tuple[Point, list[Problem]]:
    """Coordinates in metres: converted by the CRS that was named, else refused with proposals."""
    if not metres.any():
        return given, []
    found = {name: _converted(given, metres, name) for name in ((crs,) if crs else METRES)}
    fits = {name: inside(point) & metres for name, point in found.items()}
    many = np.sum(list(fits.values()), axis=0)
    latitude, longitude = (
        np.select(
            [fits[name] & (many == 1) for name in found],
            [point[axis] for point in found.values()],
            np.nan,
        )
        for axis in (0, 1)
    )
    if crs:
        taken = Point(
            np.where(metres, latitude, given.latitude), np.where(metres, longitude, given.longitude)
        )
        problems = table.problem("converted", "lat", fits[crs], crs=crs)
        return taken, problems + _pair(table, "outside_korea", metres & ~fits[crs], None)
    proposals = _texts(latitude, longitude, metres)
    systems = _joined(fits, metres)
    problems = _pair(table, "coordinates_metres", metres, proposals, systems=systems)
    nowhere = np.where(metres, np.nan, given.latitude), np.where(metres, np.nan, given.longitude)
    return Point(*nowhere), problems


def _converted(given: Point, metres: BoolArray, crs: str) -> Point:
    """Degrees of the rows in metres, in whichever order x and y stand; NaN elsewhere."""
    try:
        to_degrees = pyproj.Transformer.from_crs(crs, WGS84, always_xy=True)
    except pyproj.exceptions.CRSError:
        raise InvalidInput("crs_unknown", file="--crs", value=crs) from None
    latitude, longitude = np.full((2, len(metres)), np.nan)
    for x, y in ((given.longitude, given.latitude), (given.latitude, given.longitude)):
        east, north = to_degrees.transform(x[metres], y[metres])
        point = Point(np.asarray(north), np.asarray(east))
        free = np.isnan(latitude[metres]) & inside(point)
        at = np.flatnonzero(metres)[free]
        latitude[at], longitude[at] = point.latitude[free], point.longitude[free]
    return Point(latitude, longitude)


def _joined(fits: Mapping[str, BoolArray], metres: BoolArray) -> TextArray:
    """The names of the systems that fit each row in metres."""
    texts = np.full(len(metres), "", dtype=object)
    for i in np.flatnonzero(metres):
        texts[i] = ", ".join(name for name, ok in fits.items() if ok[i]) or "–"
    return texts


def _texts(latitude: Array, longitude: Array, where: BoolArray) -> tuple[TextArray, TextArray]:
    """Degrees as they may be typed, of the rows at *where*."""
    made = []
    for values in (latitude, longitude):
        texts = np.full(len(values), "", dtype=object)
        for i in np.flatnonzero(where & ~np.isnan(values)):
            texts[i] = f"{values[i]:.6f}".rstrip("0")
        made.append(texts)
    return made[0], made[1]


def _pair(
    table: Table,
    code: str,
    where: BoolArray,
    proposals: tuple[TextArray, TextArray] | None,
    **facts: TextArray,
) -> list[Problem]:
    """A problem of both coordinates, one for each of their cells."""
    return [
        problem
        for i, name in enumerate(("lat", "lon"))
        for problem in table.problem(
            code, name, where, None if proposals is None else proposals[i], **facts
        )
    ]


def on_land(table: Table, places: PortfolioPlaces) -> tuple[Table, list[Problem]]:
    """The table with the sites' districts in ``found_district``, and sites in the sea."""
    point = Point(table.numbers("lat"), table.numbers("lon"))
    placed = ~np.isnan(point.latitude)
    codes = np.full(len(table), "", dtype=object)
    metres = np.full(len(table), np.nan)
    codes[placed], metres[placed] = places.districts_at(
        point.latitude[placed], point.longitude[placed]
    )
    names = places.district_names()
    sea = metres > SHORE
    nearest = np.array([names.get(code, "") for code in codes], dtype=object)
    problems = _pair(
        table, "in_sea", sea, None, district=nearest, distance=np.round(metres / 1000, 1)
    )
    made = table.replaced(
        found_district=codes,
        lat=np.where(sea, np.nan, point.latitude),
        lon=np.where(sea, np.nan, point.longitude),
    )
    return made, problems


def in_written_district(table: Table, places: PortfolioPlaces) -> tuple[Table, list[Problem]]:
    """The table with the code of the district that is written, and sites that lie outside of it."""
    names = places.district_names()
    written, problems = districts.written(table, names)
    found = table.texts("found_district")
    differs = (written != "") & (found != "") & (written != found)
    if differs.any():
        point = Point(table.numbers("lat")[differs], table.numbers("lon")[differs])
        metres = np.zeros(len(table))
        metres[differs] = places.distances(written[differs], point.latitude, point.longitude)
        far = differs & (metres > BORDER)
        where = np.array([names.get(code, "") for code in found], dtype=object)
        name = "sigungu" if "sigungu" in table else "pnu"
        problems += table.problem(
            "district_differs", name, far, found=where, distance=np.round(metres / 1000, 2)
        )
    return table.replaced(district_code=written), problems
