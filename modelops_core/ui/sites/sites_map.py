"""
Draws all saved sites on a map, coloured by grade.

A click on a site chooses it, a click elsewhere puts the place into the form.
"""

from __future__ import annotations

from collections.abc import Sequence

from modelops_core.domain.result import LEVELS
from modelops_core.ui.kit import formats, maps, theme
from modelops_core.ui.kit.answers import saved_sites
from modelops_core.ui.kit.clickmap import click_map, clicked
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import WidgetKey
from modelops_core.ui.kit.maps import Legend, MapView, Pin
from modelops_core.ui.kit.surface import mode
from modelops_core.ui.kit.theme import UNKNOWN, Mode
from modelops_core.ui.sites import add_site, site_list
from modelops_core.ui.sites.site_list import Line

HEIGHT = 430
KEY = WidgetKey.SITES_MAP
#: how far from a pin's place the report may be [°]
NEAR = 1e-6


def draw(lines: Sequence[Line], chosen: Sequence[int]) -> None:
    """The map and what clicking does."""
    click_map(view(lines, chosen, mode()), key=KEY, height=HEIGHT, on_click=lambda: _clicked(lines))


def view(lines: Sequence[Line], chosen: Sequence[int], look: Mode) -> MapView:
    """Chosen sites are larger and drawn last."""
    pins = [_pin(own, own.site.site_id in chosen, look) for own in lines]
    dots = maps.pins(sorted(pins, key=lambda pin: pin.chosen), look)[:1]
    names = maps.pins([pin for pin in pins if pin.chosen], look)[
        1:
    ]  # of all sites they would lie on each other
    layers = [*maps.ground(look), *maps.borders(look), *dots, *names]
    words = {name: t(f"map.{name}") for name in ("in", "out", "home", "wait", "failed", "wheel")}
    return MapView(
        deck=maps.deck(layers, {"zoom": 5.4}),
        legend=legend(look),
        words={**words, "label": t("sites.map_label"), "language": language()},
    )


def _pin(own: Line, chosen: bool, look: Mode) -> Pin:
    colour = site_list.grade_colour(own.grade) or UNKNOWN[look]
    return Pin(own.site.longitude, own.site.latitude, own.site.name, colour, chosen)


def legend(look: Mode) -> Legend:
    """The grades as steps, with their edges [% a year]."""
    share = 100 / len(LEVELS)
    colours = [theme.css(site_list.grade_colour(level) or UNKNOWN[look]) for level in LEVELS]
    steps = ", ".join(
        f"{colour} {i * share:g}% {(i + 1) * share:g}%" for i, colour in enumerate(colours)
    )
    ticks = tuple(
        ((i + 1) / len(LEVELS), f"{edge:g}") for i, edge in enumerate(saved_sites.grade_edges())
    )
    keys = ((theme.css(UNKNOWN[look]), t("sites.never")),)
    return Legend(
        t(
            "sites.legend",
            low=formats.level(LEVELS[0], language()),
            high=formats.level(LEVELS[-1], language()),
        ),
        f"linear-gradient(to right, {steps})",
        ticks,
        keys,
    )


def _clicked(lines: Sequence[Line]) -> None:
    click = clicked(KEY)
    if click is None:
        return
    ids = [own.site.site_id for own in lines]
    picked = site_list.selection(ids)
    if click.layer in ("pins", "pin-names") and click.object:
        site_id = _at(lines, click.object["lon"], click.object["lat"])
        if site_id is not None:
            site_list.choose(
                [i for i in picked if i != site_id] if site_id in picked else [*picked, site_id]
            )
            site_list.renew()
    else:
        add_site.offer(click.latitude, click.longitude)


def _at(lines: Sequence[Line], longitude: float, latitude: float) -> int | None:
    for own in lines:
        if abs(own.site.longitude - longitude) < NEAR and abs(own.site.latitude - latitude) < NEAR:
            return own.site.site_id
    return None
