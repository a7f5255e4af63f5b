"""What the map's layers say: outlines, pins, heat, legends; and how times and sizes are written."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from modelops_core.ui.kit import assets, formats, labels, maps, raster, theme, timestamps
from modelops_core.ui.kit.clickmap import heat
from modelops_core.ui.kit.maps import MapView, Pin

SCALE = theme.SCALES["aal"]


def layers(*made):
    """Layers as the page reads them, by id."""
    return {one["id"]: one for one in json.loads(MapView(maps.deck(list(made))).spec())["layers"]}


def test_the_ground_lies_under_everything():
    """Neighbours without an edge, then the country with one."""
    found = layers(*maps.ground("light"))

    assert list(found) == ["abroad", "land"]
    assert found["abroad"]["data"] == "/assets/geo/abroad.json"
    assert (found["abroad"]["filled"], found["abroad"]["stroked"]) == (True, False)
    assert found["abroad"]["getFillColor"] == list(theme.ABROAD["light"])
    assert found["land"]["getFillColor"] == list(theme.LAND["light"])
    assert (found["land"]["getLineWidth"], found["land"]["stroked"]) == (0.6, True)


def test_borders_name_districts_and_hide_nothing():
    """Districts can be picked through a clear fill; provinces are lines above them."""
    found = layers(*maps.borders("dark", "7"))

    assert list(found) == ["districts", "provinces"]
    assert found["districts"]["data"] == "/assets/geo/sigungu.json?v=7"
    assert found["districts"]["getFillColor"] == [0, 0, 0, 0]
    assert (found["districts"]["pickable"], found["provinces"]["pickable"]) == (True, False)
    assert (found["provinces"]["filled"], found["provinces"]["getLineWidth"]) == (False, 1.1)
    assert found["provinces"]["getLineColor"] == [*theme.BORDER["dark"], 210]


def test_buildings_come_with_the_readers_pass_where_people_sign_in(monkeypatch):
    """A signed-in reader on another machine has no key for the tiles."""
    address = "/tiles/buildings/{z}/{x}/{y}.mvt"
    assert layers(maps.buildings("light"))["buildings"]["data"] == address
    login = SimpleNamespace(login=True)
    monkeypatch.setattr(assets.bootstrap, "app", lambda: SimpleNamespace(settings=login))
    monkeypatch.setattr(assets, "reader_pass", lambda: "secret")
    assert layers(maps.buildings("light"))["buildings"]["data"] == f"{address}?pass=secret"


@pytest.mark.parametrize("level", ["sigungu", "sido"])
def test_a_choropleth_draws_its_level(level):
    """The colours come beside the deck; the opacity is the reader's."""
    found = layers(*maps.choropleth("light", 0.4, level))

    assert found["districts"]["data"] == f"/assets/geo/{level}.json"
    assert (found["districts"]["opacity"] ** (1 / 2.2), found["districts"]["pickable"]) == (
        pytest.approx(0.4),
        True,
    )
    assert found["provinces"]["data"] == "/assets/geo/sido.json"


def test_pins_have_their_place_colour_and_name():
    """The chosen one is larger; one without a name has no letters; none, no layer."""
    pins = [Pin(127.0, 37.5, "Seoul", (1, 2, 3)), Pin(129.0, 35.1, chosen=True)]
    found = layers(*maps.pins(pins, "light"))

    assert found["pins"]["data"] == [
        {"lon": 127.0, "lat": 37.5, "name": "Seoul", "colour": [1, 2, 3, 255], "radius": 6},
        {"lon": 129.0, "lat": 35.1, "name": "", "colour": [255, 255, 255, 255], "radius": 9},
    ]
    assert [row["name"] for row in found["pin-names"]["data"]] == ["Seoul"]
    assert found["pins"]["getLineColor"] == [20, 20, 20]
    assert found["pin-names"]["getBackgroundColor"] == [255, 255, 255, 200]
    assert (found["pins"]["pickable"], found["pins"]["getPosition"]) == (True, "@@=[lon, lat]")
    assert list(layers(*maps.pins(pins[1:], "dark"))) == ["pins"]
    assert layers(*maps.pins(pins, "dark"))["pins"]["getLineColor"] == [255, 255, 255]
    assert maps.pins([], "light") == []


def test_the_heat_map_has_the_legends_colours_at_every_zoom():
    """All of the ramp over one fixed domain, the mean of the points, nothing faded out."""
    found = layers(heat.layer(SCALE, 0.7))["heat"]

    assert (found["aggregation"], found["colorDomain"]) == ("MEAN", [heat.DARKEST, 1.0])
    assert found["colorRange"] == [list(colour) for colour in theme.RAMP]
    assert found["opacity"] ** (1 / 2.2) == pytest.approx(0.7)
    assert found["threshold"] == 0


def test_a_weight_is_where_deck_gl_has_the_legends_colour():
    """Seven colours over seven texels, read between their centres; no value is so low that it fades."""
    value, known = np.array([0.0, 0.001, 2.0, 0.5, np.nan]), np.array([1, 1, 1, 0, 0], dtype=bool)
    found = heat.weights(value, known, SCALE)

    assert found[:3] == pytest.approx([1 / 14, 1 / 14, 13 / 14])
    assert np.isnan(found[3:]).all()
    assert found[:3].min() > heat.DARKEST
    place = 0.3
    between = heat.weights(np.array([0.001 * 2000**place]), np.array([True]), SCALE)[0]
    texels = (np.arange(7) + 0.5) / 7
    seen = [np.interp(between, texels, [c[i] for c in theme.RAMP]) for i in range(3)]
    assert seen == pytest.approx(SCALE.colours(np.array([0.001 * 2000**place]))[0, :3], abs=0.6)


def test_the_ground_comes_to_lie_beneath_a_clipped_heat_map():
    """The country before its neighbours, each under what is drawn already; the clip adds no colour."""
    found = layers(heat.clip(raster.Mask("x", (1, 2, 3, 4))), *heat.beneath(maps.ground("light")))

    assert list(found) == ["heat-clip", "land", "abroad"]
    assert found["land"]["parameters"] == heat.BENEATH
    assert found["heat-clip"]["parameters"]["blendColorSrcFactor"] == "zero"


def test_a_deck_starts_over_the_country_and_can_be_asked_elsewhere():
    """Zoom limits hold for both."""
    home, near = (
        json.loads(MapView(maps.deck([], view)).spec())["initialViewState"]
        for view in (None, {"latitude": 35.1, "longitude": 129.0, "zoom": 10.0})
    )

    assert (home["latitude"], home["longitude"], home["zoom"]) == (35.9, 127.9, 5.95)
    assert (near["latitude"], near["longitude"], near["zoom"]) == (35.1, 129.0, 10.0)
    assert (home["minZoom"], home["maxZoom"]) == (5.2, 17.0)


def test_a_legend_places_its_ticks_on_the_ramp():
    """0.001 to 2 % in equal ratios; a text may be another; keys keep their order."""
    found = maps.legend(SCALE, "AAL", {1.0: "one"}, {"unknown": (9, 9, 9), "sea": (1, 2, 3)})

    assert [text for _, text in found.ticks] == ["0.001", "0.01", "0.05", "0.2", "one"]
    assert [place for place, _ in found.ticks] == pytest.approx(
        [0, 0.3029, 0.5147, 0.6971, 0.9088], abs=1e-4
    )
    assert found.keys == (("rgb(9, 9, 9)", "unknown"), ("rgb(1, 2, 3)", "sea"))
    assert found.gradient.startswith("linear-gradient(to right, rgb(255, 247, 196) 0%")
    assert found.gradient.endswith("rgb(64, 17, 44) 100%)")


def test_a_legend_has_the_colours_that_are_seen():
    """A half-clear layer over a dark ground: half of both."""
    found = maps.legend(SCALE, "AAL", {}, {}, ((44, 54, 60), 0.5))

    assert found.gradient.startswith("linear-gradient(to right, rgb(150, 150, 128) 0%")


def test_colours_of_values():
    """Ends of the ramp beyond the scale, its middle in the middle; unknown is clear."""
    hazard = theme.SCALES["hazard"].colours(np.array([-1.0, 0.5, 2.0, np.nan]), alpha=200)

    assert hazard[:3].tolist() == [[*theme.RAMP[i], 200] for i in (0, 3, 6)]
    assert hazard[3, 3] == 0
    assert SCALE.position(np.array([0.0, 0.001, 2.0, 5.0])).tolist() == [0, 0, 1, 1]
    assert SCALE.position(np.array([np.sqrt(0.001 * 2.0)])) == pytest.approx([0.5])


def test_what_hovering_reads_is_small():
    """A number of four bytes a cell; unknown and excluded are different ones."""
    found = maps.hover(np.array([0.5, np.nan, 0.0]), np.array([0, 2, 3]))

    assert found["value"].dtype == np.float32
    assert found["value"].tolist() == pytest.approx([0.5, np.nan, -np.inf], nan_ok=True)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"),
        (0.21, "210 ms"),
        (-0.1, "0 ms"),
        (41.0, "41.0 s"),
        (59.9, "59.9 s"),
        (60.0, "1 min 0 s"),
        (185.0, "3 min 5 s"),
        (3600.0, "1 h 0 min"),
        (7380.0, "2 h 3 min"),
    ],
)
def test_durations(monkeypatch, seconds, text):
    """Two units at most."""
    monkeypatch.setattr("modelops_core.ui.kit.i18n.language", lambda: "en")
    assert timestamps.duration(seconds) == formats.unbroken(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (5, "just now"),
        (60, "1 min ago"),
        (3599, "59 min ago"),
        (7300, "2 h ago"),
        (2 * 86_400, "2 d ago"),
    ],
)
def test_how_long_ago(monkeypatch, seconds, text):
    """The largest unit that fits; never is a dash."""
    monkeypatch.setattr("modelops_core.ui.kit.i18n.language", lambda: "en")
    moment = datetime.now(UTC) - timedelta(seconds=seconds + 0.2)

    assert timestamps.ago(moment) == formats.unbroken(text)
    assert timestamps.ago(None) == "–"


def test_moments_are_korean_time():
    """Nine hours after UTC; files have the offset."""
    moment = datetime(2026, 1, 30, 15, 5, 7, tzinfo=UTC)

    assert timestamps.local_time(moment) == "2026-01-31 00:05"
    assert timestamps.iso(moment) == "2026-01-31T00:05:07+09:00"
    assert (timestamps.local_time(None), timestamps.iso(None)) == ("–", None)
    assert timestamps.seconds_between(moment, moment + timedelta(seconds=90)) == 90
    assert timestamps.seconds_between(None, moment) is None


def test_a_table_is_as_tall_as_its_rows():
    """A head and its rows, up to the most."""
    assert labels.table_height(2, 400) == 36 + 66
    assert labels.table_height(100, 400) == 400


def test_small_rates_of_a_heat_table():
    """What is below three decimals is said so; nothing is nothing."""
    assert [formats.bare(v) for v in (0.0, 0.0004, 0.001, 1.234)] == [
        "0",
        "< 0.001",
        "0.00100",
        "1.23",
    ]


def test_the_least_rates_in_per_cent():
    """Below a ten-thousandth said as such, from there on in figures."""
    assert [formats.percent(v) for v in (0.0001, 0.0005)] == ["0.000100\xa0%", "0.000500\xa0%"]
    assert formats.percent(0.00009) == "<\xa00.0001\xa0%"
