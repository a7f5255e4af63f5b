"""
``sea_level_grid`` and ``sea_level_data``: rise of the mean sea level on coastal nodes.

References
----------
.. [1] KHOA, March 2023: seas around Korea, SSP1-2.6 20 cm (2050) and 47 cm (2100),
   SSP5-8.5 25 and 82 cm: ``ssp_change_factors.csv``.
.. [2] IPCC AR6 WGI SPM B.5.3: global medians 2100 .44 .56 .68 .77 m.
.. [3] KHOA trends 1989–2021: east 3.53, west 3.08, south 2.55 mm a year.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely

from modelops_core.domain.climate import Array, IntArray
from modelops_core.domain.dataset import Dataset
from modelops_core.sources.demo import provenance
from modelops_core.sources.demo.climate.scenarios import HIGH, LOW, SCENARIOS, published
from modelops_core.sources.demo.places.boundaries import south_korea
from modelops_core.sources.demo.places.coastline import coastline
from modelops_core.sources.demo.places.geometry import metres
from modelops_core.sources.demo.places.landmask import land_mask

STEP = 0.25  # [°]
#: south, north, west, east of the nodes looked at [°]
WINDOW = (32.75, 38.75, 124.5, 132.0)
FARTHEST = 20_000.0  # from the coast [m]
BASE_YEAR = 2015  # the rise is 0 there
YEARS = np.arange(BASE_YEAR, 2101)
ANCHORS = ("2050", "2100")
#: where each scenario lies between SSP1-2.6 (0) and SSP5-8.5 (1) [2]_
POSITION = (np.array([0.44, 0.56, 0.68, 0.77]) - 0.44) / (0.77 - 0.44)
#: seas: east of 129.2° E north of 35.5° N is East Sea, south of 34.9° N South Sea, else West
EAST, SOUTH = (129.2, 35.5), 34.9
#: rise of each sea over the national mean: a fifth of the observed contrast [3]_, assumption
SEA_FACTOR = {"east": 1.03, "south": 0.97, "west": 1.00}

METHOD = (
    "Rise [cm] above 2015, a quadratic in time through 0 in 2015 and the KHOA 2023 figures of 2050"
    " and 2100 (SSP1-2.6 20 and 47 cm, SSP5-8.5 25 and 82 cm; the publication does not name its"
    " base, 2015 is the first year of its series). SSP2-4.5 and SSP3-7.0 lie between as the AR6"
    " global medians. East Sea +3 %, South Sea -3 % (assumption after the contrast of the"
    " observed trends); no year-to-year variability."
)


@dataclass(frozen=True, slots=True)
class Nodes:
    """Sea nodes sorted by latitude and longitude [°]; all (node,)."""

    latitude: Array
    longitude: Array

    @property
    def ids(self) -> IntArray:
        """grid_id, from 1."""
        return np.arange(1, self.latitude.size + 1)


@lru_cache(maxsize=1)
def nodes() -> Nodes:
    """Points of a 0.25° lattice that are sea and within 20 km of the coast."""
    south, north, west, east = WINDOW
    mesh = np.meshgrid(
        np.arange(south, north + STEP / 2, STEP),
        np.arange(west, east + STEP / 2, STEP),
        indexing="ij",
    )
    latitude, longitude = mesh[0].ravel(), mesh[1].ravel()
    points = shapely.points(metres(longitude, latitude))
    near = np.zeros(points.size, dtype=bool)
    near[shapely.STRtree(coastline()).query(points, predicate="dwithin", distance=FARTHEST)[0]] = (
        True
    )
    near[
        shapely.STRtree(south_korea().province_shapes).query(points, predicate="intersects")[0]
    ] = False
    near &= land_mask().is_sea(longitude, latitude)
    return Nodes(latitude[near], longitude[near])


def national_rise() -> Array:
    """Rise above 2015 [cm], (scenario, year): a·t + b·t² through the two anchors."""
    low, high = (
        np.array([published("Seas around Korea", s, y, "sea_level_cm") for y in ANCHORS])
        for s in (LOW, HIGH)
    )
    anchors = low + POSITION[:, None] * (high - low)
    t = np.array([float(year) - BASE_YEAR for year in ANCHORS])
    slope, bend = np.linalg.solve(np.column_stack([t, t**2]), anchors.T)
    time = (YEARS - BASE_YEAR).astype(float)
    return np.outer(slope, time) + np.outer(bend, time**2)


def factors(at: Nodes) -> Array:
    """Rise at each node over the national mean [1]."""
    is_east = (at.longitude >= EAST[0]) & (at.latitude >= EAST[1])
    is_south = at.latitude < SOUTH
    return np.select(
        [is_east, is_south], [SEA_FACTOR["east"], SEA_FACTOR["south"]], SEA_FACTOR["west"]
    )


def grid_dataset(at: Nodes) -> Dataset:
    """One row a node."""
    columns = {"grid_id": at.ids, "latitude": at.latitude, "longitude": at.longitude}
    method = "Points of a 0.25° lattice over the sea within 20 km of the coastline."
    origin = provenance.generated("Coastal sea-level nodes", "derived", method, period=None)
    return Dataset(table="sea_level_grid", columns=columns, provenance=origin)


def data_dataset(at: Nodes) -> Dataset:
    """One row a node and year."""
    rise = (factors(at)[:, None] * national_rise()[:, None, :]).astype(np.float32)
    columns = {"grid_id": np.repeat(at.ids, YEARS.size), "year": np.tile(YEARS, at.ids.size)}
    columns |= {scenario: rise[i].ravel() for i, scenario in enumerate(SCENARIOS)}
    origin = provenance.generated("Sea-level rise", "derived", METHOD, period="2015-2100")
    return Dataset(table="sea_level_data", columns=columns, provenance=origin)
