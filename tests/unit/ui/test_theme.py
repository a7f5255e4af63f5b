"""Colours that everybody can tell apart, and scales that never move."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from modelops_core.ui.kit import theme

#: Machado, Oliveira & Fernandes 2009, severity 1.0, on linear RGB
SIMULATION = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def linear(colour: str) -> np.ndarray:
    rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    ) @ np.clip(rgb, 0, 1)
    f = np.cbrt(np.maximum(xyz / np.array([0.9505, 1.0, 1.089]), 0.008856))
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def luminance(colour: str) -> float:
    return float(linear(colour) @ np.array([0.2126, 0.7152, 0.0722]))


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("kind", SIMULATION)
@pytest.mark.parametrize("family", [theme.SCENARIO, theme.KIND], ids=["scenario", "kind"])
def test_colours_differ_for_the_colour_blind(mode, kind, family):
    """CIE76 difference of at least 12 between any two lines of a figure (and each has its own symbol)."""
    seen = [lab(np.array(SIMULATION[kind]) @ linear(colour)) for colour in family[mode].values()]
    for one, other in itertools.combinations(seen, 2):
        assert np.linalg.norm(one - other) >= 12


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_and_lines_stand_out(mode):
    """WCAG: text 4.5 : 1, lines and bars 3 : 1 against the ground."""
    ground = theme.GROUND[mode]
    assert contrast(theme.TEXT[mode], ground) >= 4.5
    assert contrast(theme.NEUTRAL[mode], ground) >= 4.5
    text = theme.contrast(theme.rgb(theme.TEXT[mode]), theme.rgb(ground))
    assert text == pytest.approx(contrast(theme.TEXT[mode], ground))
    for colour in (*theme.SCENARIO[mode].values(), *theme.KIND[mode].values()):
        assert contrast(colour, ground) >= 3


def test_the_ramp_is_ordered_by_lightness():
    """Lighter is less, for everybody and in print."""
    light = [lab(linear(f"#{bytes(c).hex()}"))[0] for c in theme.RAMP]
    assert (np.diff(light) < -5).all()


def test_scales_are_fixed():
    """Same value, same colour; unknown is transparent; ends are clipped."""
    aal = theme.SCALES["aal"]
    assert aal.position(np.array([0.001, 2.0, 5.0, 0.0])).tolist() == [0.0, 1.0, 1.0, 0.0]
    assert aal.colours(np.array([np.nan]))[0, 3] == 0
    assert (aal.colours(np.array([0.3])) == aal.colours(np.array([0.3, 9.0]))[:1]).all()
    hazard = theme.SCALES["hazard"]
    assert hazard.position(np.array([0.25]))[0] == pytest.approx(0.25)
