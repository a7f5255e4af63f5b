"""
One place for colours: scenarios, statuses and the map's fixed scales.

Distinguishable for colour-blind readers (tests/unit/ui/test_theme.py simulates it)
and to be read on light and dark ground.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Mode = Literal["light", "dark"]
RGB = tuple[int, int, int]

#: one colour a scenario, everywhere (Okabe & Ito 2008, adapted for contrast)
SCENARIO: Mapping[Mode, Mapping[str, str]] = {
    "light": {"ssp1": "#0072b2", "ssp2": "#c77c00", "ssp3": "#a8508f", "ssp5": "#7a1f12"},
    "dark": {"ssp1": "#56b4e9", "ssp2": "#f2b134", "ssp3": "#d58bc0", "ssp5": "#f0764b"},
}
#: physical damage and operating cost are different quantities: never one colour
KIND: Mapping[Mode, Mapping[str, str]] = {
    "light": {"physical": "#0b6478", "operating": "#c77c00"},
    "dark": {"physical": "#4fb3c8", "operating": "#f2b134"},
}
NEUTRAL: Mapping[Mode, str] = {"light": "#5b6770", "dark": "#a7b4bc"}
GROUND: Mapping[Mode, str] = {"light": "#ffffff", "dark": "#10181d"}
TEXT: Mapping[Mode, str] = {"light": "#16232b", "dark": "#e6edf1"}
GRID: Mapping[Mode, str] = {"light": "#e3e9ed", "dark": "#2a373f"}
#: map ground
LAND: Mapping[Mode, RGB] = {"light": (236, 239, 235), "dark": (44, 54, 60)}
ABROAD: Mapping[Mode, RGB] = {"light": (226, 229, 226), "dark": (30, 38, 43)}
BORDER: Mapping[Mode, RGB] = {"light": (120, 132, 138), "dark": (120, 138, 148)}
UNKNOWN: Mapping[Mode, RGB] = {"light": (158, 166, 172), "dark": (108, 120, 128)}
#: stripes over the land where a peril does not concern a place: a pattern, so that it differs from
#: the solid grey of what is unknown without colour too
HATCH: Mapping[Mode, RGB] = {"light": (116, 128, 136), "dark": (138, 152, 161)}
BUILDING: Mapping[Mode, RGB] = {"light": (11, 62, 122), "dark": (150, 205, 255)}
#: perceptually ordered, light to dark, safe for the colour-blind (a lajolla-like ramp)
RAMP: tuple[RGB, ...] = (
    (255, 247, 196),
    (250, 219, 122),
    (240, 172, 78),
    (222, 119, 69),
    (183, 70, 70),
    (120, 36, 62),
    (64, 17, 44),
)
#: brown through near-white to blue: fewer and more than before, the middle means no change;
#: the two arms have equal lightness and stay apart for red-, green- and blue-blind readers
DIVERGING: tuple[RGB, ...] = (
    (122, 51, 6),
    (190, 101, 28),
    (235, 176, 110),
    (242, 240, 234),
    (148, 187, 224),
    (62, 122, 186),
    (17, 62, 122),
)


@dataclass(frozen=True, slots=True)
class Scale:
    """A fixed colour scale: the same value has the same colour on every map."""

    #: metric key, also the key of its title in the texts
    key: str
    unit: str
    low: float
    high: float
    logarithmic: bool
    ticks: tuple[float, ...]
    ramp: tuple[RGB, ...] = RAMP
    #: whether the values belong to a peril, a scenario and a horizon, or to the data set alone
    of_peril: bool = True

    def position(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Where values lie on the ramp, 0..1; NaN stays NaN."""
        if not self.logarithmic:
            return np.clip((values - self.low) / (self.high - self.low), 0.0, 1.0)
        ratio = np.log(np.maximum(values, self.low) / self.low) / np.log(self.high / self.low)
        return np.clip(np.where(np.isnan(values), np.nan, ratio), 0.0, 1.0)

    def colours(self, values: npt.NDArray[np.float64], alpha: int = 255) -> npt.NDArray[np.uint8]:
        """(…, 4) RGBA; NaN is transparent."""
        at = self.position(np.asarray(values, dtype=float))
        stops = np.linspace(0.0, 1.0, len(self.ramp))
        channels = [
            np.interp(np.nan_to_num(at), stops, [c[i] for c in self.ramp]) for i in range(3)
        ]
        opaque = np.where(np.isnan(at), 0, alpha)
        return np.stack([*channels, opaque], axis=-1).round().astype(np.uint8)


#: the metric that is the response of the year's heaviest rain to warming
RAIN_RESPONSE = "rain_response"
SCALES: Mapping[str, Scale] = {
    scale.key: scale
    for scale in (
        Scale("hazard", "", 0.0, 1.0, False, (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)),
        Scale("aal", "%/yr", 0.001, 2.0, True, (0.001, 0.01, 0.05, 0.2, 1.0)),
        Scale("percentile", "", 0.0, 100.0, False, (0.0, 20.0, 40.0, 60.0, 80.0, 100.0)),
        Scale("probability", "%/yr", 0.1, 100.0, True, (0.1, 1.0, 10.0, 100.0)),
        # of a peril without return periods: others have one for each unit of their driver
        Scale("level", "", 0.0, 1.0, False, ()),
        Scale("integrated", "", 0.0, 1.0, False, (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)),
        Scale(
            RAIN_RESPONSE,
            "%/K",
            -12.0,
            12.0,
            False,
            (-12.0, -6.0, 0.0, 6.0, 12.0),
            DIVERGING,
            of_peril=False,
        ),
    )
}


def over(colour: RGB, ground: RGB, opacity: float) -> RGB:
    """What a reader sees of *colour*, drawn over *ground* with *opacity* 0..1."""
    red, green, blue = (
        round(opacity * c + (1 - opacity) * g) for c, g in zip(colour, ground, strict=True)
    )
    return red, green, blue


def rgb(colour: str) -> RGB:
    """Three channels of ``#rrggbb``."""
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def contrast(one: RGB, other: RGB) -> float:
    """The ratio of WCAG 2.1, 1 (equal) to 21 (black on white)."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: RGB) -> float:
    """Relative luminance 0..1 of sRGB (WCAG 2.1)."""
    linear = [
        c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4
        for c in colour
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def css(colour: RGB) -> str:
    """``rgb(r, g, b)``."""
    return f"rgb({colour[0]}, {colour[1]}, {colour[2]})"


def hatched(stripe: RGB, ground: RGB) -> str:
    """Stripes as a CSS background."""
    return f"repeating-linear-gradient(135deg, {css(stripe)} 0px 1.5px, {css(ground)} 1.5px 4.5px)"


def gradient(ramp: tuple[RGB, ...] = RAMP) -> str:
    """A ramp as a CSS gradient, left low."""
    stops = [f"{css(colour)} {100 * i / (len(ramp) - 1):.0f}%" for i, colour in enumerate(ramp)]
    return f"linear-gradient(to right, {', '.join(stops)})"
