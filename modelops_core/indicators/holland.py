"""
Wind of a tropical cyclone: Holland's profile with translation, 1-minute mean at 10 m.

References
----------
.. [1] G. J. Holland, Mon. Wea. Rev. 108:1212, 1980 (profile).
.. [2] G. J. Holland, Mon. Wea. Rev. 136:3432, 2008, eq. 11 (b from pressure).
.. [3] F. Mouton & F. Nordbeck, 2005 (damping of the translation away from the eye).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from modelops_core.domain.climate import Array, IntArray, Storms

KM_PER_DEGREE = 111.12
KM_PER_NAUTICAL_MILE = 1.852
EARTH_ROTATION = 7.29e-5  # 1/s


class Nodes(NamedTuple):
    """
    Hourly nodes of all storms after each other; the first node of a storm carries no wind.

    latitude, longitude [°]; vx, vy translation [m/s]; deficit Δp [hPa]; b [1];
    radius R_m [km]; coriolis f [1/s]; peak: no wind of the node exceeds it [m/s]. All (node,).
    """

    season: IntArray
    start: IntArray
    latitude: Array
    longitude: Array
    vx: Array
    vy: Array
    deficit: Array
    b: Array
    radius: Array
    coriolis: Array
    peak: Array


def hourly(storms: Storms) -> Storms:
    """*storms* interpolated to whole hours since each storm's first node."""
    parts: list[list[Array]] = []
    start = [0]
    for i in range(storms.season.size):
        part = slice(int(storms.start[i]), int(storms.start[i + 1]))
        time = storms.time[part]
        hours = np.arange(0.0, np.floor(time[-1]) + 1.0) if time.size else time
        series = (storms.latitude, storms.longitude, storms.pressure)
        parts.append([hours, *(np.interp(hours, time, a[part]) for a in series)])
        start.append(start[-1] + hours.size)
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)] or [np.empty(0)] * 4
    return Storms(
        storms.ids,
        storms.season,
        np.asarray(start),
        columns[0],
        columns[1],
        columns[2],
        columns[3],
        storms.years,
    )


def nodes(track: Storms, p: Mapping[str, Any], north_km: float = 0.0) -> Nodes:
    """What the wind needs of each node of *track*, moved *north_km* northwards."""
    latitude = track.latitude + north_km / KM_PER_DEGREE
    hours = _backward(track.time, track.start)
    per_second = KM_PER_DEGREE * 1000 / (hours * 3600)
    vy = _backward(latitude, track.start) * per_second
    vx = (
        _backward(track.longitude, track.start)
        * np.cos(np.radians(np.roll(latitude, 1)))
        * per_second
    )
    speed = np.hypot(vx, vy)
    slower = np.minimum(1.0, p["translation_limit"] / np.where(speed > 0, speed, 1.0))
    vx, vy, speed = vx * slower, vy * slower, speed * slower
    deficit = np.maximum(0.0, p["environment_pressure"] - track.pressure)
    change = _backward(track.pressure, track.start) / hours
    b = holland_b(deficit, change, latitude, speed, p["b_clip"])
    fit = p["radius_fit"]
    radius = KM_PER_NAUTICAL_MILE * np.interp(track.pressure, fit["pressure"], fit["radius_nm"])
    coriolis = 2 * EARTH_ROTATION * np.sin(np.radians(np.abs(latitude)))
    peak = np.sqrt(b / p["air_density"] * 100 * deficit / math.e) + 2 * speed
    return Nodes(
        track.season,
        track.start,
        latitude,
        track.longitude,
        vx,
        vy,
        deficit,
        b,
        radius,
        coriolis,
        peak,
    )


def holland_b(
    deficit: Array, change: Array, latitude: Array, speed: Array, clip: Sequence[float]
) -> Array:
    """b [1] from Δp [hPa], its change [hPa/h], latitude [°] and translation [m/s] [2]_."""
    exponent = 0.6 * (1 - deficit / 215)
    b = (
        -4.4e-5 * deficit**2
        + 0.01 * deficit
        + 0.03 * change
        - 0.014 * np.abs(latitude)
        + 0.15 * speed**exponent
        + 1.0
    )
    return np.clip(b, clip[0], clip[1])


def _backward(x: Array, start: IntArray) -> Array:
    """x_i − x_{i−1}; NaN at each storm's first node."""
    difference = np.diff(x, prepend=np.nan)
    difference[start[:-1][start[:-1] < x.size]] = np.nan
    return difference


def yearly_maximum(
    at: tuple[Array, Array],
    tracks: Sequence[Nodes],
    east_km: Array,
    years: IntArray,
    density: float,
    reach_km: float,
) -> Array:
    """
    Strongest wind of each year at each place, for every shift of the year's storms.

    Parameters
    ----------
    at : latitude, longitude [°] of the places, (cell,)
    tracks : one set of nodes for each shift to the north
    east_km : (shift,) shifts to the east; degrees of longitude by the place's latitude
    years : (year,) the catalogue's years, consecutive
    density : air density [kg/m³]; reach_km : no wind farther from the eye

    Returns
    -------
    (year, north × east, cell) [m/s], 0 where no storm came within reach
    """
    latitude, longitude = (np.ascontiguousarray(a, dtype=float) for a in at)
    out = np.zeros((len(tracks) * east_km.size, latitude.size, years.size))
    for i, track in enumerate(tracks):
        block = out[i * east_km.size : (i + 1) * east_km.size]
        _sweep(block, latitude, longitude, east_km, track, years[0], density, reach_km)
    return out.transpose(2, 0, 1)


@njit(cache=True, nogil=True, error_model="numpy")
def _sweep(
    out: Array,
    site_lat: Array,
    site_lon: Array,
    east: Array,
    track: Nodes,
    first_year: int,
    density: float,
    reach: float,
) -> None:
    for storm in range(track.season.size):
        year = track.season[storm] - first_year
        if year < 0 or year >= out.shape[2]:
            continue
        for i in range(track.start[storm] + 1, track.start[storm + 1]):
            if track.deficit[i] <= 0.0:
                continue
            lat, lon, peak = track.latitude[i], track.longitude[i], track.peak[i]
            eye = (track.vx[i], track.vy[i], track.deficit[i], track.b[i], track.radius[i])
            coriolis = track.coriolis[i]
            cosine = math.cos(math.radians(lat))
            for c in range(site_lat.size):
                dy = (site_lat[c] - lat) * KM_PER_DEGREE
                if abs(dy) > reach:
                    continue
                dx0 = (site_lon[c] - lon) * cosine * KM_PER_DEGREE
                stretch = cosine / math.cos(math.radians(site_lat[c]))
                for e in range(east.size):
                    dx = dx0 - east[e] * stretch
                    if abs(dx) > reach or peak <= out[e, c, year]:
                        continue
                    distance = math.hypot(dx, dy)
                    if distance <= reach:
                        speed = wind(dx, dy, distance, *eye, coriolis, density)
                        out[e, c, year] = max(out[e, c, year], speed)


@njit(cache=True, nogil=True, error_model="numpy")
def wind(
    dx: float,
    dy: float,
    distance: float,
    vx: float,
    vy: float,
    deficit: float,
    b: float,
    radius: float,
    coriolis: float,
    density: float,
) -> float:
    """
    Speed [m/s] at *dx*, *dy* [km] east and north of the eye [1]_, [3]_.

    Translation *vx*, *vy* [m/s], Δp *deficit* [hPa], R_m *radius* [km], f *coriolis* [1/s].
    """
    if distance <= 0.0:
        return math.hypot(vx, vy)  # in the eye the profile is calm and the storm moves
    q = (radius / distance) ** b
    half = 500.0 * distance * coriolis
    rotation = math.sqrt(b / density * q * 100.0 * deficit * math.exp(-q) + half * half) - half
    damping = min(1.0, radius / distance)
    rotation -= damping * math.hypot(vx, vy)
    nx, ny = dx / distance, dy / distance
    return math.hypot(-rotation * ny + damping * vx, rotation * nx + damping * vy)
