"""What lies at the places of many sites, as columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from modelops_core.domain.climate import Array, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPlaces:
    """
    Climate cell, district, coast and the register's building of each site, (site,).

    ``building_id`` is −1 where no building lies near; ``register`` holds what it says under the
    names of a Site's fields, '' and NaN where unknown. ``problem`` is the code of the error where a
    place has no result, such as one in the sea, else ''. Distances are in m.
    """

    grid_id: IntArray
    basin_code: npt.NDArray[np.object_]
    district_code: npt.NDArray[np.object_]
    is_urban: Array
    coast_distance_m: Array
    building_id: IntArray
    building_distance_m: Array
    register: Mapping[str, npt.NDArray[Any]]
    problem: npt.NDArray[np.object_]
