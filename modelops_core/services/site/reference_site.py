"""
Integrated risk over the map: the same stated building in every cell.

H × E × V needs a building; a cell has none. The map therefore shows the method's worked
example (METHOD §2, G2b: office, reinforced concrete, 25 years, 10 storeys and 2 basements,
5,000 m²) standing on the bank of a local river or on the reference quay, and says so.
"""

from __future__ import annotations

import numpy as np

from modelops_core.domain.climate import Array, Climate
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import Peril
from modelops_core.domain.site import RANGES, Site, Sites
from modelops_core.stages import asset, scaling, vulnerability
from modelops_core.stages.site import assess_exposure

AS_OF = 2025
#: the building of the method's worked example
EXAMPLE = {
    "structure": "철근콘크리트구조",
    "purpose": "업무시설",
    "built_year": AS_OF - 25,
    "floors_above": 10,
    "floors_below": 2,
    "total_area": 5000.0,
    "river_distance_m": 0.0,
    "river_class": "local",
    "hand_m": 0.0,
}


def integrated(peril: Peril, cells: Climate, hazard: Array, p: Params) -> Array:
    """
    H·E·V of the example building in every cell, as its cube root 0..1 (cell,).

    *cells* needs latitude, longitude, coast_distance_m and elevation_m; NaN where H or E is
    unknown. The ground under the building is what the peril takes for a map cell.
    """
    one = Site(latitude=36.0, longitude=127.5, **EXAMPLE)  # type: ignore[arg-type]
    described = asset.described(Sites.of([one]), AS_OF).repeated(hazard.size)
    sites = described.with_columns(
        latitude=cells["latitude"],
        longitude=cells["longitude"],
        coast_distance_m=np.clip(cells["coast_distance_m"], 0, RANGES["coast_distance_m"][1]),
        elevation_m=_ground(peril, cells, p),
    )
    exposed = assess_exposure(peril, sites, p)
    vulnerable = vulnerability.assess(peril, sites, p)
    risk = scaling.integrated_risk(hazard, exposed.score, vulnerable.score)
    return np.asarray(scaling.integrated_score(risk), dtype=float)


def _ground(peril: Peril, cells: Climate, p: Params) -> Array:
    inundation = getattr(peril.frequency, "inundation", None)
    place = {} if inundation is None else inundation.cell_place(cells, p)
    return np.array(place.get("ground", cells["elevation_m"]), dtype=float)
