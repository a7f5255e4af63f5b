"""The sites on a map by the grade of their loss rate; a click opens one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from modelops_core.domain.climate import IntArray
from modelops_core.domain.result import LEVELS
from modelops_core.services.report.portfolio import exposed
from modelops_core.services.report.portfolio.figures import GRADE_COLOURS
from modelops_core.services.report.portfolio.material import Material
from modelops_core.ui.kit import formats, maps
from modelops_core.ui.kit.clickmap import click_map, clicked
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import WidgetKey
from modelops_core.ui.kit.maps import Legend, MapView, Pin
from modelops_core.ui.kit.surface import mode
from modelops_core.ui.kit.theme import RGB, UNKNOWN, Mode, css
from modelops_core.ui.portfolio import choice, site_table
from modelops_core.ui.portfolio.choice import Chosen

HEIGHT = 430
KEY = WidgetKey.PORTFOLIO_MAP
#: sites on the map, those with the largest loss
MOST = 3000
#: how far from a pin's place the report of a click may be [°]
NEAR = 1e-6


def draw(material: Material, chosen: Chosen) -> None:
    """The map of the chosen sum's sites."""
    at = site_table.at_sum(material, chosen)
    at = at[~np.isnan(material.places["latitude"][at])][:MOST]
    one = choice.site_at(material.portfolio)
    click_map(
        view(material, at, one, mode()),
        key=KEY,
        height=HEIGHT,
        on_click=lambda: _clicked(material, at),
    )


def view(material: Material, at: IntArray, one: int | None, look: Mode) -> MapView:
    """A dot a site, the largest loss on top, the chosen site larger."""
    latitude, longitude = (material.places[name] for name in ("latitude", "longitude"))
    colours = [colour(grade, look) for grade in grades(material, at)]
    pins = [
        Pin(float(longitude[i]), float(latitude[i]), "", own, i == one)
        for i, own in zip(at.tolist(), colours, strict=True)
    ]
    dots = maps.pins(sorted(reversed(pins), key=lambda pin: pin.chosen), look)[:1]
    words = {name: t(f"map.{name}") for name in ("in", "out", "home", "wait", "failed", "wheel")}
    return MapView(
        deck=maps.deck([*maps.ground(look), *maps.borders(look), *dots], {"zoom": 5.4}),
        legend=legend(look),
        words={**words, "label": t("portfolio.map_label"), "language": language()},
    )


def grades(material: Material, at: IntArray) -> Sequence[int | None]:
    """The AAL grade of each site, None where its loss or value is unknown."""
    value, loss = material.value[at], material.grand[material.at][at]
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = 100 * loss / np.where(value > 0, value, np.nan)
    return [exposed.aal_grade(None if np.isnan(rate) else float(rate)) for rate in rates]


def colour(grade: int | None, look: Mode) -> RGB:
    """The colour of a grade, as the report's map has it."""
    if grade is None:
        return UNKNOWN[look]
    text = GRADE_COLOURS[grade - 1]
    red, green, blue = (int(text[i : i + 2], 16) for i in (1, 3, 5))
    return red, green, blue


def legend(look: Mode) -> Legend:
    """The grades as steps with their edges [% a year]."""
    share = 100 / len(GRADE_COLOURS)
    steps = ", ".join(
        f"{one} {i * share:g}% {(i + 1) * share:g}%" for i, one in enumerate(GRADE_COLOURS)
    )
    ticks = tuple(
        ((i + 1) / len(GRADE_COLOURS), f"{edge:g}") for i, edge in enumerate(exposed.GRADES)
    )
    ends = {
        "low": formats.level(LEVELS[0], language()),
        "high": formats.level(LEVELS[-1], language()),
    }
    keys = ((css(UNKNOWN[look]), t("portfolio.unknown")),)
    return Legend(t("portfolio.legend", **ends), f"linear-gradient(to right, {steps})", ticks, keys)


def _clicked(material: Material, at: IntArray) -> None:
    click = clicked(KEY)
    if click is None or not click.object:
        return
    latitude, longitude = (material.places[name][at] for name in ("latitude", "longitude"))
    near = np.maximum(abs(latitude - click.object["lat"]), abs(longitude - click.object["lon"]))
    if near.size and near.min() < NEAR:
        choice.open_site(str(material.portfolio.site_id[at[int(near.argmin())]]))
