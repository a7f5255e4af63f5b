"""
A map that knows where it was clicked.

``st.pydeck_chart`` reports picked objects only; this component draws a pydeck deck with
the deck.gl bundle of pydeck's own wheel and reports the coordinate of any click.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from modelops_core.ui.kit.assets import BUNDLE_URL, address
from modelops_core.ui.kit.maps import Drawing, MapView, on_paper

_HERE = Path(__file__).parent
HTML = """
<div class="map" role="application" tabindex="0">
  <div class="canvas"></div>
  <div class="canvas second" aria-hidden="true"></div>
  <div class="swipe" role="slider" tabindex="0" aria-valuemin="0" aria-valuemax="100">
    <span class="side one"></span><span class="side two"></span><span class="grip"></span>
  </div>
  <div class="cross" aria-hidden="true"></div>
  <div class="mark" aria-hidden="true"></div>
  <div class="foot" aria-hidden="true"><div class="scale"></div><div class="at"></div></div>
  <div class="hint"></div>
  <div class="refused" role="status"></div>
  <div class="tip" role="status" aria-live="polite"></div>
  <div class="buttons">
    <button class="in" type="button">+</button>
    <button class="out" type="button">−</button>
    <button class="home" type="button">⌂</button>
  </div>
  <div class="legend"></div>
  <div class="wait"></div>
</div>
"""
#: the component's program: its parts stand in files of their own
PARTS = ("clickmap", "labels", "buildings", "swipe", "paper")
SCRIPT = "\n".join((_HERE / f"{part}.js").read_text("utf-8") for part in PARTS)
_COMPONENT = st.components.v2.component(
    "modelops_clickmap",
    html=HTML,
    css=(_HERE / "clickmap.css").read_text("utf-8"),
    js=SCRIPT,
)


@dataclass(frozen=True, slots=True)
class Click:
    """
    Where the map was clicked [°], and what lay there.

    ``layer`` is the layer's id and ``object`` its row under the pointer; None beside all of them.
    """

    latitude: float
    longitude: float
    layer: str | None = None
    object: Mapping[str, Any] | None = None


def clicked(key: str) -> Click | None:
    """The click on the map *key* that caused this run, for its callback; None where none did."""
    found: Mapping[str, Any] | None = st.session_state[key].click
    if not found:
        return None
    return Click(found["lat"], found["lon"], found.get("layer"), found.get("object"))


def click_map(
    view: MapView, *, key: str, height: int = 600, on_click: Callable[[], None] | None = None
) -> None:
    """
    Draw *view*; *on_click* is called at the beginning of the run that a click causes.

    *key* keeps the map alive over reruns: its zoom and centre stay until the deck asks for others.
    """
    legend = view.legend
    data: dict[str, Any] = {
        "spec": view.spec(),
        "bundle": address(BUNDLE_URL),
        "height": height,
        "colours": [list(colour) for colour in view.colours],
        "texts": list(view.texts),
        "words": dict(view.words),
        "paper": on_paper(),
        "legend": None
        if legend is None
        else {
            "title": legend.title,
            "when": legend.when,
            "gradient": legend.gradient,
            "ticks": legend.ticks,
            "keys": legend.keys,
        },
    }
    if view.hover is not None and view.places is not None:
        data |= {
            "hover": view.hover,
            "runs": view.places.runs,
        }  # a table at the first level travels as Arrow
        data["grid"] = [view.places.west, view.places.south, view.places.step]
    if view.beside is not None:
        data |= _beside(view, view.beside)
    _COMPONENT(key=key, data=data, height="content", on_click_change=on_click or (lambda: None))


def _beside(view: MapView, other: Drawing) -> dict[str, Any]:
    """What the component gets for the right side of a divider."""
    found: dict[str, Any] = {
        "beside": {
            "spec": other.spec(),
            "colours": [list(colour) for colour in other.colours],
            "texts": list(other.texts),
            "names": [view.name, other.name],
        }
    }
    if other.hover is not None:
        found["hover_beside"] = other.hover
    return found
