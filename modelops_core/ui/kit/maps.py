"""
Maps as values: pydeck decks, legends and hover tables; no streamlit.

Outlines come by address (``/assets/geo/…``), so that a change of peril or scenario sends
only the picture or the colours.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
import pydeck as pdk

from modelops_core.domain.climate import Array, IntArray
from modelops_core.domain.result import Status
from modelops_core.ui.kit import assets, theme
from modelops_core.ui.kit.theme import RGB, Mode, Scale

View = Literal["cells", "smooth", "districts", "heat"]
#: the whole country in a window of about 600 × 600
HOME = {"latitude": 35.9, "longitude": 127.9, "zoom": 5.95}
GEO = "/assets/geo"
#: deck.gl draws an opacity as its 2.2nd root
GAMMA = 2.2
#: highest and lowest zoom
ZOOM = (5.2, 17.0)


@dataclass(frozen=True, slots=True)
class Legend:
    """
    What the colours mean; ``ticks`` are (place 0..1, text), ``keys`` (CSS background, text).
    """

    title: str
    gradient: str
    ticks: tuple[tuple[float, str], ...]
    keys: tuple[tuple[str, str], ...] = ()
    #: scenario and horizon of the values
    when: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """
    Where the cells of a regular grid lie, in few bytes: stretches of neighbours from west to east.

    ``runs`` has the columns row, column (of a stretch's first cell) and cells, in the order of
    the cells.
    """

    west: float
    south: float
    #: spacing of the grid [°]
    step: float
    runs: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Drawing:
    """The layers of one choice, and what hovering says of them."""

    deck: pdk.Deck
    #: what hovering shows: a column value in the order of the cells
    hover: pd.DataFrame | None = None
    #: colour by feature number, for the layer ``districts``
    colours: Sequence[Sequence[int]] = ()
    #: text by feature number
    texts: Sequence[str] = ()
    #: what it is called where another one lies beside it
    name: str = ""

    def spec(self) -> str:
        """The deck as compact JSON."""
        return json.dumps(json.loads(self.deck.to_json()), separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class MapView(Drawing):
    """Everything the map component draws."""

    legend: Legend | None = None
    #: where the cells lie of which hovering says something
    places: Places | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    #: what is drawn right of a divider that the reader moves
    beside: Drawing | None = None


#: colours of saved sites and of the chosen place
SAVED = (11, 122, 95)
CHOSEN = (0, 229, 255)


@dataclass(frozen=True, slots=True)
class Pin:
    """A marked place; the chosen one is drawn larger."""

    longitude: float
    latitude: float
    name: str = ""
    colour: tuple[int, int, int] = (255, 255, 255)
    chosen: bool = False


def deck(layers: Sequence[pdk.Layer], view: Mapping[str, float] | None = None) -> pdk.Deck:
    """A deck without a base map; *view* as HOME."""
    low, high = ZOOM
    state = pdk.ViewState(
        **{**HOME, **(view or {})}, min_zoom=low, max_zoom=high, pitch=0, bearing=0
    )
    return pdk.Deck(layers=list(layers), initial_view_state=state, map_provider=None)


def ground(mode: Mode) -> list[pdk.Layer]:
    """Neighbouring countries and the country itself: under everything else."""
    return [
        _outline("abroad", "abroad", fill=theme.ABROAD[mode], line=None),
        _outline("land", "sido", fill=theme.LAND[mode], line=theme.BORDER[mode], width=0.6),
    ]


def borders(mode: Mode, version: str = "") -> list[pdk.Layer]:
    """Districts (pickable, for their names) and provinces, over the surface."""
    return [
        _outline(
            "districts",
            "sigungu",
            fill=(0, 0, 0, 0),
            line=(*theme.BORDER[mode], 90),
            width=0.5,
            pick=True,
            version=version,
        ),
        _outline(
            "provinces",
            "sido",
            fill=None,
            line=(*theme.BORDER[mode], 210),
            width=1.1,
            version=version,
        ),
    ]


def names(mode: Mode) -> pdk.Layer:
    """Names of provinces and districts; the component chooses those that fit at a zoom."""
    return pdk.Layer(
        "TextLayer",
        data=assets.address(f"{GEO}/names.json"),
        id="names",
        get_color=_ink(mode),
        outline_color=[*theme.LAND[mode], 230],
        character_set=_text("auto"),
        pickable=False,
    )


def buildings(mode: Mode) -> pdk.Layer:
    """Buildings from near, as points; those that are no register entries are rings."""
    return pdk.Layer(
        "TileLayer",
        data=_text(assets.address("/tiles/buildings/{z}/{x}/{y}.mvt")),
        id="buildings",
        get_fill_color=[*theme.BUILDING[mode], 230],
        get_line_color=[*theme.BUILDING[mode], 255],
        pickable=True,
    )


def on_paper() -> dict[str, dict[str, list[int]]]:
    """Layer → the colours that it has in print, which is light: ground, pins and their names."""
    ink, ground = _ink("light"), _plate("light")
    return {
        "abroad": {"getFillColor": [*theme.ABROAD["light"]]},
        "land": {"getFillColor": [*theme.LAND["light"]]},
        "pins": {"getLineColor": ink},
        "clusters": {"getLineColor": ink},
        "pin-names": {"getColor": ink, "getBackgroundColor": ground},
    }


def layer_opacity(share: float) -> float:
    """What to ask of deck.gl, so that *share* of a colour and the rest of the ground show."""
    return float(share**GAMMA)


def image_layer(
    image: str, bounds: Sequence[float], opacity: float, key: str = "surface"
) -> pdk.Layer:
    """Place the coloured picture of a metric over the country, whichever was chosen."""
    return pdk.Layer(
        "BitmapLayer",
        id=key,
        image=_text(image),
        bounds=list(bounds),
        opacity=layer_opacity(opacity),
        pickable=False,
    )


def choropleth(mode: Mode, opacity: float, level: str = "sigungu") -> list[pdk.Layer]:
    """
    Districts (or provinces, *level* ``sido``) filled with the colours that the component gets
    beside the deck.
    """
    return [
        pdk.Layer(
            "GeoJsonLayer",
            data=assets.address(f"{GEO}/{level}.json"),
            id="districts",
            filled=True,
            stroked=True,
            pickable=True,
            opacity=layer_opacity(opacity),
            get_line_color=[*theme.BORDER[mode], 150],
            get_line_width=0.5,
            line_width_units=_text("pixels"),
            get_fill_color=[0, 0, 0, 0],
        ),
        _outline("provinces", "sido", fill=None, line=(*theme.BORDER[mode], 230), width=1.2),
    ]


def pins(places: Sequence[Pin], mode: Mode) -> list[pdk.Layer]:
    """Saved sites and the chosen point, with their names."""
    if not places:
        return []
    rows = [
        {
            "lon": p.longitude,
            "lat": p.latitude,
            "name": p.name,
            "colour": [*p.colour, 255],
            "radius": 9 if p.chosen else 6,
        }
        for p in places
    ]
    named = [row for row in rows if row["name"]]
    return [_dots(rows, mode), _names(named, mode)] if named else [_dots(rows, mode)]


def _ink(mode: Mode) -> list[int]:
    """Colour of edges and letters."""
    return [20, 20, 20] if mode == "light" else [255, 255, 255]


def _plate(mode: Mode) -> list[int]:
    """Colour behind the name of a pin."""
    return [255, 255, 255, 200] if mode == "light" else [16, 24, 29, 200]


def _dots(rows: Sequence[Mapping[str, Any]], mode: Mode) -> pdk.Layer:
    return pdk.Layer(
        "ScatterplotLayer",
        data=rows,
        id="pins",
        get_position="[lon, lat]",
        get_fill_color="colour",
        get_radius="radius",
        radius_units=_text("pixels"),
        stroked=True,
        get_line_color=_ink(mode),
        get_line_width=2,
        line_width_units=_text("pixels"),
        pickable=True,
    )


def _names(rows: Sequence[Mapping[str, Any]], mode: Mode) -> pdk.Layer:
    return pdk.Layer(
        "TextLayer",
        data=rows,
        id="pin-names",
        get_position="[lon, lat]",
        get_text="name",
        get_size=13,
        get_color=_ink(mode),
        get_pixel_offset=[0, -16],
        character_set=_text("auto"),
        font_family=_text("sans-serif"),
        background=True,
        get_background_color=_plate(mode),
    )


def legend(
    scale: Scale,
    title: str,
    labels: Mapping[float, str],
    keys: Mapping[str, RGB | str],
    over: tuple[RGB, float] = ((0, 0, 0), 1.0),
) -> Legend:
    """
    The legend of a fixed scale; *labels* replaces the text of ticks.

    *over* is the ground and the opacity 0..1 of the layer over it: the legend has the colours that
    the reader sees. Those of *keys* are given so, as a colour or a CSS background.
    """
    places = scale.position(np.array(scale.ticks))
    ticks = tuple(
        (float(p), labels.get(v, f"{v:g}")) for p, v in zip(places, scale.ticks, strict=True)
    )
    return Legend(
        title,
        theme.gradient(tuple(theme.over(colour, *over) for colour in scale.ramp)),
        ticks,
        tuple(
            (look if isinstance(look, str) else theme.css(look), text)
            for text, look in keys.items()
        ),
    )


def hover(
    values: Array, status: IntArray, weight: Array | None = None, behind: Array | None = None
) -> pd.DataFrame:
    """
    What hovering reads, a value a cell; where the cells lie is sent apart, for it stays the same.

    NaN: not known; -inf: the peril does not concern the cell. *weight* is the heat map's, *behind*
    a second value that is said beside the first.
    """
    excluded = status == Status.not_applicable
    columns = {
        "value": np.where(excluded, -np.inf, values),
        "weight": weight,
        "behind": behind,
    }
    return pd.DataFrame({k: a.astype("f4") for k, a in columns.items() if a is not None})


def places(latitude: Array, longitude: Array, step: float) -> Places:
    """Pack the centres of cells (cell,) that lie *step* ° apart."""
    if not latitude.size:
        return Places(
            0.0, 0.0, step, pd.DataFrame({"row": [], "column": [], "cells": []}, dtype="u2")
        )
    south, west = float(latitude.min()), float(longitude.min())
    row, column = (
        np.rint((axis - start) / step).astype(np.int64)
        for axis, start in ((latitude, south), (longitude, west))
    )
    begins = np.ones(row.size, dtype=bool)
    begins[1:] = (np.diff(row) != 0) | (np.diff(column) != 1)
    first = np.flatnonzero(begins)
    cells = np.diff(np.append(first, row.size))
    runs = {"row": row[first], "column": column[first], "cells": cells}
    return Places(
        west,
        south,
        step,
        pd.DataFrame({name: a.astype(np.min_scalar_type(a.max())) for name, a in runs.items()}),
    )


def _outline(
    key: str,
    name: str,
    fill: Sequence[int] | None,
    line: Sequence[int] | None,
    width: float = 1.0,
    pick: bool = False,
    version: str = "",
) -> pdk.Layer:
    given: dict[str, Any] = {
        "filled": fill is not None,
        "stroked": line is not None,
        "pickable": pick,
    }
    if fill is not None:
        given["get_fill_color"] = list(fill)
    if line is not None:
        given |= {
            "get_line_color": list(line),
            "get_line_width": width,
            "line_width_units": _text("pixels"),
        }
    address = f"{GEO}/{name}.json" + (f"?v={version}" if version else "")
    return pdk.Layer("GeoJsonLayer", data=assets.address(address), id=key, **given)


def _text(value: str) -> Any:
    """A literal string for pydeck, which reads bare strings as expressions."""
    return pdk.types.String(value)
