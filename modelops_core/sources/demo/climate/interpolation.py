"""
From stations to cells: regression on what is known of the place, then the rest by distance.

References
----------
.. [1] D. Shepard, Proc. 23rd ACM National Conference, 1968: inverse-distance weighting.
"""

from __future__ import annotations

import numpy as np

from modelops_core.domain.climate import Array

POWER = 2.5  # assumption: smoother at 2, plateaus about each station at 3
#: no two places are nearer than this: a station speaks for its cell, not for a point [m]
NEAREST = 1_000.0


def weights(stations: Array, cells: Array, fades_at: float = np.inf) -> Array:
    """
    (cell, station): weights d^−POWER [1]_; their sum is 1, or less far from all stations.

    ``stations`` and ``cells`` are (…, 2) [m]. At ``fades_at`` [m] from a lone station half
    of its weight is gone.
    """
    apart = np.hypot(*(cells[:, None, :] - stations[None, :, :]).transpose(2, 0, 1))
    w = np.maximum(apart, NEAREST) ** -POWER
    result: Array = w / (w.sum(axis=1, keepdims=True) + fades_at**-POWER)
    return result


def by_distance(stations: Array, values: Array, cells: Array) -> Array:
    """(cell, …) weighted means of the stations' *values* (station, …)."""
    return weights(stations, cells) @ values


def by_distance_known(stations: Array, values: Array, cells: Array, own: bool = True) -> Array:
    """
    Weighted means of what is known, column by column; *values* (station, month) may be NaN.

    *own* False: the cells are the stations themselves, and each is left out of its own mean.
    """
    w = weights(stations, cells)
    if not own:
        np.fill_diagonal(w, 0.0)
    known = ~np.isnan(values)
    result: Array = (w @ np.where(known, values, 0.0)) / (w @ known.astype(float))
    return result


def completed(stations: Array, values: Array) -> Array:
    """
    *values* (station, month) with what is missing filled.

    By the stations around, plus what the station itself differs from them in its known months.
    """
    around = by_distance_known(stations, values, stations, own=False)
    difference = np.nanmean(values - around, axis=1, keepdims=True)
    return np.where(np.isnan(values), around + difference, values)


def with_regression(
    stations: Array,
    values: Array,
    predictors: Array,
    cells: Array,
    cell_predictors: Array,
    fades_at: float,
) -> Array:
    """
    Least squares on the predictors (…, predictor), then the stations' residuals by distance.

    ``values`` is (station, month) without NaN; the result (cell, month).
    """
    coefficients = np.linalg.lstsq(predictors, values, rcond=None)[0]
    residuals = values - predictors @ coefficients
    return cell_predictors @ coefficients + weights(stations, cells, fades_at) @ residuals
