"""Sites of a portfolio as the stages read them: what the file gives, then what was found there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from modelops_core.domain.climate import BoolArray, IntArray
from modelops_core.domain.gauges import RiverGauge
from modelops_core.domain.parameters import ParameterFile
from modelops_core.domain.peril import Peril
from modelops_core.domain.portfolio import Portfolio
from modelops_core.domain.portfolio.places import FoundPlaces
from modelops_core.domain.site import LATITUDES, LONGITUDES, NO_GAUGE, Site, Sites, gauge_columns
from modelops_core.services.portfolio.portfolio_ports import SiteGaugeReader, SitePlaceReader
from modelops_core.services.site.gauges import choose, declared
from modelops_core.stages import asset

UNPLACED, OUTSIDE = "position_unknown", "outside_box"


@dataclass(frozen=True, slots=True)
class PlacedSites:
    """
    Sites that have a climate cell, described, and why others have none.

    ``at`` are the positions in the portfolio of the sites of ``sites`` and of ``found``;
    ``problems`` maps the positions of the others to the code of the error.
    """

    at: IntArray
    sites: Sites
    found: FoundPlaces
    problems: Mapping[int, str]


def placed(
    portfolio: Portfolio,
    at: IntArray,
    as_of: int,
    places: SitePlaceReader,
    gauges: SiteGaugeReader,
    perils: Mapping[str, Peril],
    file: ParameterFile,
) -> PlacedSites:
    """Find the places of the sites at the positions *at*, by one query each for all of them."""
    latitude, longitude = portfolio.latitude[at], portfolio.longitude[at]
    known = portfolio.placed[at]
    inside = known & _between(latitude, LATITUDES) & _between(longitude, LONGITUDES)
    problems = dict.fromkeys(at[~known].tolist(), UNPLACED)
    problems |= dict.fromkeys(at[known & ~inside].tolist(), OUTSIDE)
    found = places.places(latitude[inside], longitude[inside])
    there = found.problem == ""
    problems |= dict(zip(at[inside][~there].tolist(), found.problem[~there].tolist(), strict=True))
    own, found = at[inside][there], _only(found, there)
    columns = site_columns(portfolio, own, found)
    columns |= _gauges(columns, gauges, perils, file)
    return PlacedSites(own, asset.described(Sites(columns), as_of), found, problems)


def site_columns(
    portfolio: Portfolio, at: IntArray, found: FoundPlaces
) -> dict[str, npt.NDArray[Any]]:
    """Every field of a Site as a column: given by the file, else by what was *found*."""
    columns = {name: np.repeat(column, at.size) for name, column in _UNKNOWN.items()}
    columns |= {
        "latitude": _rounded(portfolio.latitude[at]),
        "longitude": _rounded(portfolio.longitude[at]),
        "coast_distance_m": found.coast_distance_m,
        "is_urban": found.is_urban,
        **found.register,
    }
    for name, given in portfolio.given.items():
        columns[name] = _corrected(columns[name], given[at])
    return columns


_NOTHING = Sites.of([Site(latitude=0.0, longitude=0.0)])
#: the columns of a site of which nothing is known, without those of its gauge
_UNKNOWN = {name: _NOTHING[name] for name in _NOTHING.names if not name.startswith("gauge_")}


def _corrected(found: npt.NDArray[Any], given: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """What the file gives, else what was found."""
    if given.dtype.kind == "f":
        known = ~np.isnan(given)
        return np.where(known, given, found).astype(
            found.dtype if found.dtype.kind != "O" else float
        )
    if given.dtype.kind == "b":
        return given
    return np.where(given != "", given, found.astype(object))


def _rounded(degrees: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """As a single site's coordinates are [°]."""
    return np.array([round(one, 6) for one in degrees.tolist()], dtype=float)


def _between(values: npt.NDArray[Any], limits: tuple[float, float]) -> BoolArray:
    return np.asarray((values >= limits[0]) & (values <= limits[1]))


def _only(found: FoundPlaces, there: BoolArray) -> FoundPlaces:
    return FoundPlaces(
        grid_id=found.grid_id[there],
        basin_code=found.basin_code[there],
        district_code=found.district_code[there],
        is_urban=found.is_urban[there],
        coast_distance_m=found.coast_distance_m[there],
        building_id=found.building_id[there],
        building_distance_m=found.building_distance_m[there],
        register={name: column[there] for name, column in found.register.items()},
        problem=found.problem[there],
    )


def _gauges(
    columns: Mapping[str, npt.NDArray[Any]],
    reader: SiteGaugeReader,
    perils: Mapping[str, Peril],
    file: ParameterFile,
) -> dict[str, npt.NDArray[Any]]:
    """What the gauges know of the rivers that the sites name, as Sites.of has it."""
    names = [str(name).strip() for name in columns["river_name"]]
    gauges: list[RiverGauge] = [NO_GAUGE] * len(names)
    rules = next(declared(perils.values()), None)
    named = [i for i, name in enumerate(names) if name]
    if rules is not None and named:
        peril, record = rules
        p = file.params(peril.key)
        latitude, longitude = (columns[axis][named].tolist() for axis in ("latitude", "longitude"))
        rivers = [str(columns["river_name"][i]) for i in named]
        near = reader.along_each(rivers, latitude, longitude, float(p[record.distance]))
        for i, records in zip(named, near, strict=True):
            gauges[i] = choose(records, record, p)
    return gauge_columns(gauges)
