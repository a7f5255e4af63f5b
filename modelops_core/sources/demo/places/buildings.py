"""
``api_buildings``: invented buildings, never to be shown as register entries.

Use, structure, storeys, areas and year follow the assumption tables ``building_*.csv``.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from modelops_core.domain.climate import Array, BoolArray, IntArray
from modelops_core.domain.dataset import Column, Dataset
from modelops_core.sources.demo import provenance, reference
from modelops_core.sources.demo.places.boundaries import Boundaries
from modelops_core.sources.demo.places.building_sites import Sites, sites
from modelops_core.sources.demo.randomness import stream

Labels = npt.NDArray[np.str_]

NEW_SINCE = 1990
#: storeys of a building, and before tall buildings were usual; assumptions
TALL_SINCE, MOST_BEFORE, MOST_STOREYS = 1975, 5, 60
#: upper storeys of the classes of building_structures.csv
LOW, MIDDLE = 2, 9
#: shares of entries left empty, as in the register; assumptions
YEAR_MISSING, STRUCTURE_MISSING, AREA_MISSING = 0.04, 0.01, 0.005
#: from so many storeys on every building has a basement, and one level more each so many
BASEMENT_FROM, STOREYS_PER_LEVEL, MOST_LEVELS = 6, 8, 6
#: floor area of a storey over the footprint, assumption
FLOOR_SHARE = 0.9

METHOD = (
    "Invented: districts get buildings in proportion to their population of 2020, dong before eup"
    " before myeon, at random points of the town. Use, structure, storeys, basement, areas and"
    " year are drawn from assumption tables shaped on national register statistics; 4 % have no"
    " year, 1 % no structure, 0.5 % no area. No row is an entry of the building register."
)


def dataset(country: Boundaries, count: int, seed: int) -> Dataset:
    """*count* rows."""
    random = stream(seed, "api_buildings")
    at = sites(country, count, random)
    types = reference.table("building_types")
    use = _uses(at, types, random)
    year = _years(at, random)
    floors = np.minimum(
        _floors(at, types.iloc[use], random), np.where(year < TALL_SINCE, MOST_BEFORE, MOST_STOREYS)
    )
    below = _basements(at, types.iloc[use], floors, random)
    footprint, total = _areas(types.iloc[use], floors, below, random)
    structure = _structures(types["class"].to_numpy(dtype=str)[use], floors, year, random)
    columns: dict[str, Column] = {
        "building_id": np.arange(1, count + 1),
        "register_pk": [None] * count,
        "latitude": np.round(at.latitude, 6),
        "longitude": np.round(at.longitude, 6),
        "admin_code": at.district.tolist(),
        "structure": _with_gaps(structure, STRUCTURE_MISSING, random),
        "main_purpose": types["purpose"].to_numpy()[use].tolist(),
        "built_year": _with_gaps(year, YEAR_MISSING, random),
        "floors_above": floors.astype(np.int16),
        "floors_below": below.astype(np.int16),
        "total_area": _with_gaps(total, AREA_MISSING, random),
        "arch_area": footprint,
        "kind": ["synthetic"] * count,
    }
    origin = provenance.generated("Invented buildings", "synthetic", METHOD, period=None)
    return Dataset(table="api_buildings", columns=columns, provenance=origin)


def _uses(at: Sites, types: pd.DataFrame, random: np.random.Generator) -> IntArray:
    """Row of *types* for each building, by the kind of town."""
    draw, use = random.random(at.kind.size), np.zeros(at.kind.size, dtype=int)
    for kind in ("dong", "eup", "myeon"):
        here = at.kind == kind
        use[here] = _pick(types[kind].to_numpy(dtype=float), draw[here])
    return use


def _pick(shares: Array, draw: Array) -> IntArray:
    """Index drawn with the given shares (they need not sum to one)."""
    steps = np.cumsum(shares) / shares.sum()
    return np.minimum(np.searchsorted(steps, draw, side="right"), shares.size - 1)


def _years(at: Sites, random: np.random.Generator) -> IntArray:
    """Year of approval for use."""
    table = reference.table("building_years")
    draw, period = random.random(at.kind.size), np.zeros(at.kind.size, dtype=int)
    for column, here in (("urban", _urban(at)), ("rural", ~_urban(at))):
        period[here] = _pick(table[column].to_numpy(dtype=float), draw[here])
    first, last = (table[name].to_numpy()[period] for name in ("first", "last"))
    year: IntArray = first + (random.random(period.size) * (last - first + 1)).astype(int)
    return year


def _floors(at: Sites, types: pd.DataFrame, random: np.random.Generator) -> IntArray:
    """Storeys above ground, lognormal about the median of the use."""
    median = np.where(_urban(at), types["floors_urban"], types["floors_rural"])
    draw = median * np.exp(types["floor_spread"].to_numpy() * random.standard_normal(median.size))
    floors: IntArray = np.clip(np.rint(draw), 1, types["most_floors"].to_numpy()).astype(int)
    return floors


def _basements(
    at: Sites, types: pd.DataFrame, floors: IntArray, random: np.random.Generator
) -> IntArray:
    """Storeys below ground."""
    share = np.where(_urban(at), types["basement_urban"], types["basement_rural"])
    low = (random.random(floors.size) < share).astype(int)
    high = np.minimum(1 + (floors - BASEMENT_FROM) // STOREYS_PER_LEVEL, MOST_LEVELS)
    return np.where(floors >= BASEMENT_FROM, high, low)


def _areas(
    types: pd.DataFrame, floors: IntArray, below: IntArray, random: np.random.Generator
) -> tuple[Array, Array]:
    """Footprint and total floor area [m²]."""
    footprint = types["arch_area_m2"] * np.exp(
        types["spread"] * random.standard_normal(floors.size)
    )
    total = footprint * FLOOR_SHARE * (floors + below)
    return np.round(footprint.to_numpy(dtype=float), 2), np.round(total.to_numpy(dtype=float), 2)


def _structures(
    classes: Labels, floors: IntArray, year: IntArray, random: np.random.Generator
) -> Labels:
    """Structure by class, storeys and age."""
    table = reference.table("building_structures")
    storeys = np.select([floors <= LOW, floors <= MIDDLE], ["low", "middle"], "high")
    draw, result = random.random(floors.size), np.empty(floors.size, dtype=object)
    for (name, height), rows in table.groupby(["class", "floors"]):
        for age, of_age in (("old", year < NEW_SINCE), ("new", year >= NEW_SINCE)):
            here = (classes == name) & (storeys == height) & of_age
            result[here] = rows["structure"].to_numpy()[
                _pick(rows[age].to_numpy(dtype=float), draw[here])
            ]
    return result


def _with_gaps(
    values: npt.NDArray[np.generic], share: float, random: np.random.Generator
) -> list[object]:
    """The values as a list, a drawn *share* of them None."""
    empty = random.random(values.size) < share
    return [None if gap else value for value, gap in zip(values.tolist(), empty, strict=True)]


def _urban(at: Sites) -> BoolArray:
    urban: BoolArray = at.kind == "dong"
    return urban
