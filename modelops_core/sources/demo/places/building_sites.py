"""Where the invented buildings stand: in the towns of each district, by population."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from modelops_core.domain.climate import Array, IntArray
from modelops_core.errors import SourceUnreadable
from modelops_core.sources.demo.places.boundaries import Boundaries
from modelops_core.sources.demo.places.geometry import Geometries, degrees
from modelops_core.sources.demo.places.population import district_population

POPULATION_YEAR = 2020
#: buildings per area in a dong and an eup over those in a myeon, assumption
DENSITY = {"dong": 20.0, "eup": 4.0, "myeon": 1.0}
SUFFIXES = {"읍": "eup", "면": "myeon"}
#: a town where so many draws all miss is no town
MOST_ROUNDS = 500


@dataclass(frozen=True, slots=True)
class Sites:
    """Points [°], district and kind of town ('dong', 'eup', 'myeon') of buildings, (building,)."""

    latitude: Array
    longitude: Array
    district: npt.NDArray[np.str_]
    kind: npt.NDArray[np.str_]


def sites(country: Boundaries, count: int, random: np.random.Generator) -> Sites:
    """*count* points, sorted by town."""
    kinds = country.towns["name"].str[-1].map(SUFFIXES).fillna("dong").to_numpy(dtype=str)
    towns = np.repeat(
        np.arange(kinds.size), random.multinomial(count, _town_shares(country, kinds))
    )
    xy = _inside(_largest_parts(country.town_shapes), towns, random)
    where = degrees(xy)
    district = country.towns["district"].to_numpy(dtype=str)[towns]
    return Sites(where[:, 1], where[:, 0], district, kinds[towns])


def _town_shares(country: Boundaries, kinds: npt.NDArray[np.str_]) -> Array:
    """Share of the buildings in each town: the district's population, split by area and density."""
    weight = pd.Series(shapely.area(country.town_shapes) * np.vectorize(DENSITY.get)(kinds))
    district = country.towns["district"]
    persons = district_population()[POPULATION_YEAR]
    share = (
        weight / weight.groupby(district).transform("sum") * district.map(persons / persons.sum())
    )
    result: Array = share.to_numpy(dtype=float) / share.sum()
    return result


def _largest_parts(shapes: Geometries) -> Geometries:
    """The main part of each town: islets stay empty."""
    parts, town = shapely.get_parts(shapes, return_index=True)
    order = np.lexsort((shapely.area(parts), town))
    last = np.flatnonzero(np.diff(town[order], append=len(shapes)))
    result: Geometries = parts[order[last]]
    return result


def _inside(shapes: Geometries, town: IntArray, random: np.random.Generator) -> Array:
    """Draw a point in each building's town, (building, 2) [m]: in its box, again until inside."""
    shapely.prepare(shapes)
    low, high = np.split(shapely.bounds(shapes), 2, axis=1)
    xy = np.empty((town.size, 2))
    missing = np.arange(town.size)
    for _ in range(MOST_ROUNDS):
        here = town[missing]
        xy[missing] = low[here] + random.random((missing.size, 2)) * (high - low)[here]
        missing = missing[~shapely.contains_xy(shapes[here], xy[missing])]
        if not missing.size:
            return xy
    raise SourceUnreadable("town_without_point", town=int(town[missing[0]]))
