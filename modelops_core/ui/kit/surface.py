"""Draws the map of the country with the chosen layer and reads clicks on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pydeck as pdk
import streamlit as st

from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.result import Status
from modelops_core.domain.stamp import SEPARATOR
from modelops_core.ui.kit import cache, charts, filters, formats, labels, maps, theme
from modelops_core.ui.kit.cache import Version
from modelops_core.ui.kit.clickmap import click_map, heat, notes
from modelops_core.ui.kit.filters import Choice
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import WidgetKey
from modelops_core.ui.kit.layers import metrics
from modelops_core.ui.kit.layers.values import Layer
from modelops_core.ui.kit.maps import Drawing, MapView, Pin
from modelops_core.ui.kit.theme import HATCH, LAND, RAIN_RESPONSE, SCALES, UNKNOWN, Mode

#: zoom of a place that was searched for or typed
NEAR = 10.0
HEIGHT = 620
#: what a map cell is taken for, where that is not simply its place
CONDITIONS = {"river_flood": "assess.map_on_bank", "sea_level_rise": "assess.map_quay"}


def mode() -> Mode:
    """Light or dark, as the reader's page is."""
    return "dark" if st.context.theme.type == "dark" else "light"


def draw(
    choice: Choice,
    at: Version,
    places: Sequence[Pin],
    focus: tuple[float, float] | None,
    on_click: Callable[[], None],
) -> None:
    """Draw the chosen layer; *on_click* finds the click in ``st.session_state[WidgetKey.MAP]``."""
    click_map(
        map_view(choice, at, places, focus, mode()),
        key=WidgetKey.MAP,
        height=HEIGHT,
        on_click=on_click,
    )
    for note in caption_texts(choice, at):
        st.caption(note)


def caption_texts(choice: Choice, at: Version) -> list[str]:
    """What the map's values are, where that is not plain, and under which assumption they hold."""
    if choice.metric == RAIN_RESPONSE:
        return [_of_response(cache.layer(at, *choice.layer))]
    if choice.peril == metrics.TOTAL:
        return [notes.of_total(choice, at)]
    own = notes.of_metric(choice)
    return [*own, *(t(note) for note in (CONDITIONS.get(choice.peril),) if note)]


def _of_response(shown: Layer) -> str:
    """What the response is, its range, and in how many cells a published one stands in."""
    known = shown.values[~np.isnan(shown.values)]
    if not known.size:
        return f"{t('assess.map_response')} {t('assess.map_response_none')}"
    low, median, high = (formats.number(v) for v in np.percentile(known, (5, 50, 95)))
    span = t("assess.map_response_range", low=low, median=median, high=high)
    assumed = int((shown.status == Status.low_confidence).sum())
    counts = {"assumed": f"{assumed:,}", "cells": f"{shown.status.size:,}"}
    published = 100 * cache.app().parameters.params("flood")["response_assumed"]
    stands_in = t("assess.map_response_assumed", **counts, published=formats.number(published))
    return " ".join([t("assess.map_response"), span, *([stands_in] if assumed else [])])


def map_view(
    choice: Choice,
    at: Version,
    places: Sequence[Pin],
    focus: tuple[float, float] | None,
    look: Mode,
) -> MapView:
    """The chosen layer with its legend, names and pins."""
    other = choice.other
    first = _drawing(choice, at, places, focus, look)
    return MapView(
        deck=first.deck,
        hover=first.hover,
        colours=first.colours,
        texts=first.texts,
        name=first.name,
        legend=_legend(choice, look),
        places=None if choice.view == "districts" else cache.places(at.loaded),
        words=_words(choice),
        beside=None if other is None else _drawing(other, at, places, focus, look),
    )


def _drawing(
    choice: Choice,
    at: Version,
    places: Sequence[Pin],
    focus: tuple[float, float] | None,
    look: Mode,
) -> Drawing:
    """The chosen layer with names and pins."""
    by_district = choice.view == "districts"
    colours, texts = _districts(choice, at, look) if by_district else ([], [])
    where = None if focus is None else {"latitude": focus[0], "longitude": focus[1], "zoom": NEAR}
    layers = [
        *_layers(choice, at, look),
        maps.buildings(look),
        maps.names(look),
        *maps.pins(places, look),
    ]
    return Drawing(
        maps.deck(layers, where),
        None if by_district else _hover(choice, at),
        colours,
        texts,
        SCENARIOS.get(choice.scenario, ""),
    )


def _hover(choice: Choice, at: Version) -> pd.DataFrame:
    """Value of each cell, and its weight where a heat map is drawn."""
    shown = cache.layer(at, *choice.layer)
    weight = (
        heat.weights(shown.values, shown.known, choice.scale) if choice.view == "heat" else None
    )
    behind = cache.layer(at, *choice.behind).values if choice.behind else None
    return maps.hover(shown.values, shown.status, weight, behind)


def _layers(choice: Choice, at: Version, look: Mode) -> list[pdk.Layer]:
    if choice.view == "districts":
        image = cache.excluded_districts(at, *choice.layer, look)
        return [
            *maps.ground(look),
            *_picture(image, at, choice.opacity, "excluded"),
            *maps.choropleth(look, choice.opacity),
        ]
    image = cache.picture(at, *choice.layer, choice.view != "cells", look)
    surface = maps.image_layer(image, cache.frame(at.loaded).bounds, choice.opacity)
    if choice.view == "heat":
        return [*_heat(choice, at, look, surface), *maps.borders(look)]
    return [*maps.ground(look), surface, *maps.borders(look)]


def _heat(choice: Choice, at: Version, look: Mode, surface: pdk.Layer) -> list[pdk.Layer]:
    """The heat map without its halo; the unknown cells, and the ground beneath all of it."""
    unknown = cache.unknown_cells(at, *choice.layer, look)
    return [
        heat.layer(choice.scale, choice.opacity),
        heat.clip(cache.heat_mask(at, *choice.layer)),
        *_picture(unknown, at, choice.opacity, "heat-unknown"),
        surface,
        *heat.beneath(maps.ground(look)),
    ]


def _picture(image: str | None, at: Version, opacity: float, key: str) -> list[pdk.Layer]:
    """A picture over the country, if there is any."""
    if image is None:
        return []
    return [maps.image_layer(image, cache.frame(at.loaded).bounds, opacity, key)]


def _districts(choice: Choice, at: Version, look: Mode) -> tuple[list[list[int]], list[str]]:
    """Colour and text of each district."""
    found = cache.by_district(at, *choice.layer)
    value, concerned = found["value"].to_numpy(), found["concerned"].to_numpy() > 0
    colours = choice.scale.colours(value)
    colours[np.isnan(value) & concerned] = (*UNKNOWN[look], 255)
    words = _words(choice)
    texts = [
        words["excluded"]
        if not own
        else words["unknown"]
        if np.isnan(v)
        else f"{words['value']} {formats.number(v)}{words['unit']}"
        for v, own in zip(value, concerned, strict=True)
    ]
    return colours.tolist(), texts


def _legend(choice: Choice, look: Mode) -> maps.Legend:
    scale, ground = choice.scale, (LAND[look], choice.opacity)
    unit = f" [{formats.unit(scale.unit, language())}]" if scale.unit else ""
    keys: dict[str, theme.RGB | str] = {t("common.unknown"): theme.over(UNKNOWN[look], *ground)}
    if not scale.of_peril:
        title = f"{labels.variable_label('rx1day_signal')}{unit}"
        return maps.legend(scale, title, {}, keys, ground)
    title = f"{filters.peril_name(choice.peril)} · {notes.metric_name(choice)}{unit}"
    keys[t("common.excluded")] = theme.hatched(theme.over(HATCH[look], *ground), LAND[look])
    when = _when(choice)
    if choice.other is not None:
        when = f"{SCENARIOS[choice.scenario]} ↔ {_when(choice.other)}"
    return replace(maps.legend(scale, title, {}, keys, ground), when=when)


def _when(choice: Choice) -> str:
    return SEPARATOR.join(charts.of_climate(choice.scenario, choice.horizon).when(language()))


def _words(choice: Choice) -> dict[str, str]:
    unit = formats.unit(choice.scale.unit, language())
    names = ("label", "in", "out", "home", "wait", "failed", "wheel", "fingers", "swipe")
    facts = ("year", "floors", "synthetic", "derived", "refused")
    return {
        **{name: t(f"map.{name}") for name in names},
        **{f"building_{fact}": t(f"map.building_{fact}") for fact in facts},
        "pin": "1",  # a click chooses a place
        "language": language(),
        "value": notes.metric_name(choice),
        "unit": f" {unit}" if unit else "",
        "behind": t("common.metric_aal"),
        "behind_unit": f" {formats.unit(SCALES['aal'].unit, language())}",
        "unknown": t("common.unknown"),
        "excluded": t("common.excluded"),
    }
