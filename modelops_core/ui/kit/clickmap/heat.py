"""
pydeck's heat map, made to say what the legend says.

deck.gl takes the kernel-weighted mean of the points, draws nothing for a weight of 0 and fades
out below the low end of its domain. So a place on the scale, 0..1, becomes the weight at which
deck.gl's table of colours has the legend's colour; everything else of the layer is fixed. The
component (clickmap.js) gives it the cells as points and a radius of so many cells at every zoom,
and shows the smooth surface where the browser cannot draw a heat map (``surface`` in the deck).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pydeck as pdk

from modelops_core.domain.climate import Array, BoolArray
from modelops_core.ui.kit.maps import layer_opacity
from modelops_core.ui.kit.raster import Mask
from modelops_core.ui.kit.theme import Scale

#: weights below it fade; all of ours are above
DARKEST = 1e-6
#: texels along an edge; one is two pixels of the screen
TEXTURE = 1024
#: after zooming, until the mean is taken anew [ms]
DEBOUNCE = 200
#: what is drawn only takes away what was drawn before
ERASE = {
    "blend": True,
    "blendColorOperation": "add",
    "blendAlphaOperation": "add",
    "blendColorSrcFactor": "zero",
    "blendColorDstFactor": "one-minus-src-alpha",
    "blendAlphaSrcFactor": "zero",
    "blendAlphaDstFactor": "one-minus-src-alpha",
}
#: what is drawn comes to lie under what was drawn before
BENEATH = {
    "blend": True,
    "blendColorOperation": "add",
    "blendAlphaOperation": "add",
    "blendColorSrcFactor": "one-minus-dst-alpha",
    "blendColorDstFactor": "one",
    "blendAlphaSrcFactor": "one-minus-dst-alpha",
    "blendAlphaDstFactor": "one",
}


def weights(values: Array, known: BoolArray, scale: Scale) -> Array:
    """
    Weights of the cells (cell,), NaN where a cell is not *known*.

    deck.gl stretches its N colours over N texels and reads between their centres: the legend's low
    end lies at 1 / 2N, its high end at 1 - 1 / 2N.
    """
    colours = len(scale.ramp)
    at = (0.5 + (colours - 1) * scale.position(values)) / colours
    return np.where(known, at, np.nan)


def layer(scale: Scale, opacity: float) -> pdk.Layer:
    """The mean of the cells in the legend's colours; the component adds points and radius."""
    return pdk.Layer(
        "HeatmapLayer",
        data=[],
        id="heat",
        aggregation=pdk.types.String("MEAN"),
        color_domain=[DARKEST, 1.0],
        color_range=[list(colour) for colour in scale.ramp],
        opacity=layer_opacity(opacity),
        intensity=1,
        threshold=0,
        weights_texture_size=TEXTURE,
        debounce_timeout=DEBOUNCE,
    )


def clip(mask: Mask) -> pdk.Layer:
    """Take the heat map away at sea and in cells without a number."""
    return pdk.Layer(
        "BitmapLayer",
        id="heat-clip",
        image=pdk.types.String(mask.image),
        bounds=list(mask.bounds),
        pickable=False,
        parameters=ERASE,
    )


def beneath(layers: Sequence[pdk.Layer]) -> list[pdk.Layer]:
    """The ground, from top to bottom, drawn under what the clipping left."""
    for one in layers:
        one.parameters = BENEATH
    return list(reversed(layers))
