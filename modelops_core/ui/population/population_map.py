"""Draws the map of population by district."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pydeck as pdk

from modelops_core.services.series.population import YEARS
from modelops_core.ui.kit import maps, state, theme
from modelops_core.ui.kit.clickmap import click_map, clicked
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import UrlName, WidgetKey
from modelops_core.ui.kit.maps import CHOSEN, MapView
from modelops_core.ui.kit.surface import mode
from modelops_core.ui.kit.theme import UNKNOWN
from modelops_core.ui.population.figures import SCALES, shown, tick
from modelops_core.ui.population.population_cache import Level, People

MAP = WidgetKey.POPULATION_MAP
HEIGHT = 600
OPACITY = 0.92


def draw(everybody: People, measure: str, level: Level, year: int, chosen: int | None) -> None:
    """Districts coloured by the measure; a click chooses one."""
    scale = SCALES[measure][level]
    values = everybody.of(measure)[:, YEARS.index(year)]
    colours = scale.colours(values)
    colours[np.isnan(values)] = (*UNKNOWN[mode()], 255)
    unit = t(f"population.unit_{measure}")
    texts = [
        t("population.unknown")
        if np.isnan(v)
        else f"{year} · {shown(v, measure, language())} {unit}"
        for v in values
    ]
    layers = [
        *maps.ground(mode()),
        *maps.choropleth(mode(), OPACITY, level),
        *_edge(everybody, chosen),
    ]
    ground = (theme.LAND[mode()], OPACITY)
    title = f"{t(f'population.measure_{measure}')} [{unit}] · {year}"
    labels = {at: tick(at, measure, language()) for at in scale.ticks}
    view = MapView(
        maps.deck(layers),
        legend=maps.legend(
            scale,
            title,
            labels,
            {t("population.unknown"): theme.over(UNKNOWN[mode()], *ground)},
            ground,
        ),
        colours=colours.tolist(),
        texts=texts,
        words=_words(),
    )
    click_map(view, key=MAP, height=HEIGHT, on_click=_clicked)


def _edge(everybody: People, chosen: int | None) -> list[pdk.Layer]:
    """The outline of the chosen district."""
    if chosen is None:
        return []
    feature: dict[str, Any] = {
        "type": "Feature",
        "properties": {},
        "geometry": json.loads(everybody.rows[chosen]["outline"]),
    }
    return [
        pdk.Layer(
            "GeoJsonLayer",
            data=feature,
            id="chosen",
            filled=False,
            stroked=True,
            pickable=False,
            get_line_color=[*CHOSEN, 255],
            get_line_width=2.5,
            line_width_units=pdk.types.String("pixels"),
        )
    ]


def _words() -> dict[str, str]:
    words = {name: t(f"map.{name}") for name in ("in", "out", "home", "wait", "failed", "wheel")}
    return {
        **words,
        "label": t("population.map_label"),
        "language": language(),
        "value": "",
        "unit": "",
        "unknown": t("population.unknown"),
    }


def _clicked() -> None:
    """A district is chosen by a click, and forgotten by a click beside all of them."""
    click = clicked(MAP)
    if click is not None:
        state.set_param(UrlName.AREA, (click.object or {}).get("code"))
