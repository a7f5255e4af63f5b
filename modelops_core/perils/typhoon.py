"""
Typhoon: wind damage of tropical cyclones.

Intensity is the year's strongest 1-minute wind over open ground from best tracks, by
Holland's profile [1]_; each year's storms are moved together over 25 weighted shifts.
Damage follows Emanuel [2]_ with the half-damage speed of Korean events [3]_, which was
calibrated on wind of this very kind.
"""

from __future__ import annotations

import numpy as np

from modelops_core.domain.climate import Array, Climate
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import (
    Ensemble,
    Factor,
    Indices,
    Limit,
    Peril,
    ReturnLevel,
    Terms,
    Vulnerability,
)
from modelops_core.domain.site import Sites
from modelops_core.indicators import holland


def indices(climate: Climate, p: Params) -> Indices:
    """Strongest wind [m/s], (1, catalogue year, shift, cell); the same in all scenarios."""
    if "wind" in climate.values:  # an analyst's own series: no shifts
        return {"wind": climate["wind"][:, :, None, :]}
    track = holland.hourly(climate.storms)
    offsets = np.asarray(p["offsets"], dtype=float)
    wind = holland.yearly_maximum(
        (climate["latitude"], climate["longitude"]),
        [holland.nodes(track, p, north) for north in offsets],
        offsets,
        climate.storms.years,
        p["air_density"],
        p["storm_radius"],
    )
    return {"wind": wind[None]}


def weights(p: Params) -> Array:
    """Gaussian weight of each shift, north × east, sum 1."""
    line = np.exp(-0.5 * (np.asarray(p["offsets"], dtype=float) / p["offset_sd"]) ** 2)
    line /= line.sum()
    return np.outer(line, line).ravel()


def factor(
    scenario: str, horizon: str, catalogue: tuple[int, int], p: Params
) -> tuple[float, float]:
    """
    Multipliers of wind and frequency for the warming since the catalogue's middle year.

    The baseline, and a window of the analyst's own series, are taken as they are.
    """
    table = p["gmst"]
    if horizon not in table[scenario]:
        return 1.0, 1.0
    then = np.interp(sum(catalogue) / 2, table["catalogue"]["middle"], table["catalogue"]["gmst"])
    warming = table[scenario][horizon] - float(then)
    intensity = (1 + p["intensity_per_2k"]) ** (warming / 2)
    return intensity, max(0.0, 1 + p["frequency_per_2k"] * warming / 2)


def damage(x: Array, p: Params, curve: str = "") -> Array:
    """Emanuel's curve z³/(1 + z³), ÷ (1 + reference V), capped."""
    onset = p["damage_onset"]
    z = np.maximum(x - onset, 0.0) / (p["half_damage"] - onset)
    ratio = z**3 / (1 + z**3) / (1 + p["reference_vulnerability"])
    return np.minimum(ratio, p["damage_cap"])


def proximity(sites: Sites, p: Params) -> Factor:
    """P = 0.7 + 0.3 · exp(−d_coast / 20 km)."""
    floor = p["proximity_floor"]
    return Factor(floor + (1 - floor) * np.exp(-sites["coast_distance_m"] / p["coast_length"]))


def ten_minute_wind(level: Array, terms: Terms, p: Params) -> Array:
    """10-minute mean [m/s] of a 1-minute wind."""
    return p["ten_minute_ratio"] * level


PERIL = Peril(
    key="typhoon",
    label="Typhoon",
    label_ko="태풍",
    order=5,
    intensity="strongest wind of the year, open ground, 1-minute mean",
    intensity_ko="연 최대풍속(개활지, 1분 평균)",
    unit="m/s",
    kind="physical",
    grade="B",
    requires=frozenset({"storm_tracks", "latitude", "longitude"}),
    series=frozenset({"wind"}),
    indices=indices,
    frequency=Ensemble("wind", weights=weights, factor=factor),
    hazard=(
        ReturnLevel(
            "wind_20yr", "m/s", anchors="anchors", period="hazard_period", transform=ten_minute_wind
        ),
    ),
    damage=damage,
    proximity=proximity,
    vulnerability=Vulnerability(structure="wind", height="wind"),
    overlap=("storm", "wind"),
    references=(
        "[1] G. J. Holland, Mon. Wea. Rev. 108:1212, 1980 and 136:3432, 2008.",
        "[2] K. Emanuel, Weather Clim. Soc. 3:261, 2011, eq. 1.",
        "[3] S. Eberenz, S. Lüthi & D. N. Bresch, Nat. Hazards Earth Syst. Sci. 21:393, 2021.",
        "[4] T. Knutson et al., Bull. Am. Meteorol. Soc. 101:E303, 2020; S. Jewson, 2021.",
    ),
    limits=(
        Limit(
            "Open-exposure wind: never the gust at the building.",
            "개활지 상당 풍속이며 건물의 순간풍속이 아닙니다.",
        ),
        Limit(
            "The fitted losses contain typhoon rain and surge: they overlap with the floods.",
            "보정에 쓴 손실에는 태풍의 비·해일 피해가 섞여 있어 침수 위험과 겹칩니다.",
        ),
        Limit(
            "The number of storms stays as in the catalogue; only intensity follows the warming.",
            "태풍 빈도는 과거와 같다고 보고 강도만 온난화를 따릅니다.",
        ),
        Limit(
            "The curve, not the wind, dominates the uncertainty.",
            "불확실성은 바람보다 손상곡선에서 더 크게 나옵니다.",
        ),
    ),
)
