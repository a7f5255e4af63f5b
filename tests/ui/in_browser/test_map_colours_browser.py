"""
A pixel of the map, inverted through the legend beside it, is the stored value.

The map component alone in Chromium, with the deck that the page would send: four views, H and AAL,
light and dark. It reads as a reader with a colour picker would: nothing here knows the ramp.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from importlib import resources
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import shapely
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Route

from modelops_core import bootstrap
from modelops_core.db.maps.layers import Cells, LayerValues
from modelops_core.ui.kit import clickmap, surface
from modelops_core.ui.kit.cache import Version
from modelops_core.ui.kit.filters import Choice
from modelops_core.ui.kit.maps import HOME, Pin
from modelops_core.ui.kit.theme import SCALES
from tests.browser import PATIENCE
from tests.unit.ui.screen import program
from tests.waiting import wait_for

pytestmark = pytest.mark.browser
AT = Version(1, "true colours")
SIZE, STEP = 18, 0.1
#: of the northernmost row there is one cell only, so that land lies nearly a cell north of the next one
ROW, COLUMN = (np.append(axis[:-1].ravel(), SIZE - 1) for axis in np.mgrid[0:SIZE, 0:SIZE])
LATITUDE, LONGITUDE = 35.0 + STEP * ROW, 127.0 + STEP * COLUMN
#: read in every view: coasts and corners among them
PLACES = [row * SIZE + column for row in (0, 4, 10, 16) for column in (1, 8, 15)]
NOT_ASSESSED, EXCLUDED = 7 * SIZE + 12, 13 * SIZE + 4
#: how far north of its centre a cell at that coast is read [°]
COAST = {cell: 0.8 * STEP for cell in PLACES if ROW[cell] == SIZE - 2}
#: in thirds of a side, a district each
DISTRICT = 3 * (ROW // 6) + COLUMN // 6
#: of the length of the scale
TOLERANCE = 0.03


def stored(metric: str) -> tuple[np.ndarray, np.ndarray]:
    """Value and status of each cell: nothing in the west, the high end of the scale in the east."""
    place = np.clip(0.09 * (COLUMN - 3) / 1.2 + 0.05 * np.sin(ROW / 3), 0.0, 1.0)
    scale, status = SCALES[metric], np.zeros(place.size, dtype=np.int64)
    value = scale.low * (scale.high / scale.low) ** place if scale.logarithmic else place.copy()
    value[place == 0.0] = 0.0
    status[NOT_ASSESSED], value[NOT_ASSESSED] = 2, np.nan
    status[EXCLUDED], value[EXCLUDED] = 3, 0.0
    return value, status


def outlines() -> list[dict[str, Any]]:
    """Nine square districts in the order of their codes."""
    wide, half = 6 * STEP, STEP / 2
    corner = [(127.0 - half + x * wide, 35.0 - half + y * wide) for y in range(3) for x in range(3)]
    boxes = [shapely.box(x, y, x + wide, y + wide) for x, y in corner]
    return [
        {
            "admin_code": str(i),
            "outline": shapely.to_geojson(box),
            "longitude": box.centroid.x,
            "latitude": box.centroid.y,
        }
        for i, box in enumerate(boxes)
    ]


def values(scenario: str = "ssp2") -> LayerValues:
    """What the database holds; in SSP5-8.5 every known AAL is the highest of the scale."""
    aal, status = stored("aal")
    if scenario == "ssp5":
        aal = np.where(status == 0, SCALES["aal"].high, aal)
    return LayerValues(*stored("hazard"), aal, status)


@pytest.fixture
def country(monkeypatch: pytest.MonkeyPatch) -> None:
    """A square country instead of the database."""
    nothing = np.zeros(LATITUDE.size)
    grid = Cells(
        np.arange(LATITUDE.size),
        LATITUDE,
        LONGITUDE,
        nothing,
        nothing,
        DISTRICT.astype(str),
        DISTRICT.astype(str),
    )
    layers = SimpleNamespace(
        cells=lambda: grid,
        values=lambda _, scenario, __: values(scenario),
        districts=lambda *_, **__: outlines(),
    )
    monkeypatch.setattr(bootstrap, "app", lambda: program(layers=layers))


def sent(
    monkeypatch: pytest.MonkeyPatch, choice: Choice, look: str, pins: tuple[Pin, ...] = ()
) -> dict[str, Any]:
    """What the component gets for *choice*."""
    caught: dict[str, Any] = {}
    monkeypatch.setattr(surface, "mode", lambda: look)
    monkeypatch.setattr(clickmap, "_COMPONENT", lambda **given: caught.update(given["data"]))
    clickmap.click_map(surface.map_view(choice, AT, pins, None, look), key="map")
    return {
        name: {c: value[c].astype(float).tolist() for c in value} if name in TABLES else value
        for name, value in caught.items()
    }


VIEWS = ("heat", "smooth", "cells", "districts")
#: tables travel as Arrow
TABLES = ("hover", "hover_beside", "runs")
MOUNT = """async ([data, tables, ground]) => {
  for (const name of tables) if (data[name]) {
    const columns = data[name];
    data[name] = { getChild: child => columns[child] && { toArray: () => columns[child] } };
  }
  document.body.style.setProperty("--st-background-color", ground);
  const { default: draw } = await import("/clickmap.js");
  draw({ data, parentElement: document.body, setTriggerValue: () => {} });
}"""
GROUND = {"light": "#ffffff", "dark": "#10181d"}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """The map component in a page of its own, with the country's outlines."""
    context = browser.new_context(viewport={"width": 720, "height": 640}, device_scale_factor=1)
    one = context.new_page()
    one.route("**/*", _serve)
    one.goto("http://map.test/")
    yield one
    context.close()


def _serve(route: Route) -> None:
    """The component's files, pydeck's bundle, and outlines."""
    folder, path = Path(clickmap.__file__).parent, route.request.url.split("map.test", 1)[1]
    if path == "/":
        style = (folder / "clickmap.css").read_text("utf-8")
        page = f"<style>body {{margin:0}} {style}</style>{clickmap.HTML}"
        route.fulfill(body=page, content_type="text/html; charset=utf-8")
    elif path == "/clickmap.js":
        route.fulfill(body=clickmap.SCRIPT, content_type="text/javascript")
    elif path == clickmap.BUNDLE_URL:
        bundle = resources.files("pydeck") / "nbextension" / "static" / "index.js"
        route.fulfill(body=bundle.read_bytes(), content_type="text/javascript")
    elif path.startswith("/tiles/buildings/14/"):
        route.fulfill(body=_tile(), content_type="application/vnd.mapbox-vector-tile")
    elif path == "/assets/geo/names.json":
        route.fulfill(body=_named(), content_type="application/json")
    elif path.startswith("/assets/geo/"):
        route.fulfill(body=_geojson("abroad" not in path), content_type="application/json")
    else:
        route.abort()


def _geojson(own: bool) -> str:
    features = [
        {
            "type": "Feature",
            "properties": {"i": i, "ko": "", "en": ""},
            "geometry": json.loads(row["outline"]),
        }
        for i, row in enumerate(outlines() if own else ())
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def _tile() -> bytes:
    """One building in the middle of its tile, as PostGIS writes it."""

    def field(number: int, body: bytes) -> bytes:
        return bytes([8 * number + 2, len(body)]) + body

    feature = field(2, bytes([0, 0, 1, 1, 2, 2])) + b"\x18\x01" + field(4, b"\x09\x80\x20\x80\x20")
    keys = b"".join(field(3, key) for key in (b"main_purpose", b"built_year", b"kind"))
    values = (field(1, "업무시설".encode()), b"\x28\xce\x0f", field(1, b"synthetic"))  # 1998
    body = field(2, feature) + keys + b"".join(field(4, value) for value in values)
    return field(3, field(1, b"buildings") + body + b"\x78\x02")


def _named() -> str:
    """Four provinces at one place of the sea, three more where two pins lie together."""
    places = [(130.6, 37.6, name, 0) for name in ("가도", "나도", "다도", "라도")]
    places += [(128.0, 36.0, name, 0) for name in ("마도", "바도", "사도")]
    features = [
        {
            "type": "Feature",
            "properties": {"ko": name, "en": name, "rank": rank},
            "geometry": {"type": "Point", "coordinates": [x, y]},
        }
        for x, y, name, rank in places
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def shot(page: Page, data: dict[str, Any], look: str) -> np.ndarray:
    """The drawn map (row, column, RGB)."""
    drawn = page.evaluate("+(document.querySelector('.map').dataset.drawn ?? 0)")
    page.evaluate(MOUNT, [data, TABLES, GROUND[look]])
    page.wait_for_function(
        "before => +document.querySelector('.map').dataset.drawn > before",
        arg=drawn,
        timeout=PATIENCE,
    )
    return looked(page)


def looked(page: Page) -> np.ndarray:
    """What is seen now (row, column, RGB)."""
    picture = page.locator(".map").screenshot()
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")).astype(float)


def pixel(
    picture: np.ndarray, latitude: float, longitude: float, nearer: float = 0.0
) -> np.ndarray:
    """RGB where a place lies in the first view, or so many zooms *nearer*."""
    world = 512 * 2 ** (HOME["zoom"] + nearer)
    height, width = picture.shape[:2]

    def north(degrees: float) -> float:
        return float(np.log(np.tan(np.pi / 4 + np.radians(degrees) / 2)) / (2 * np.pi))

    x = width / 2 + world * (longitude - HOME["longitude"]) / 360
    y = height / 2 - world * (north(latitude) - north(HOME["latitude"]))
    return picture[int(y), int(x)]


def inverted(colour: np.ndarray, gradient: str) -> tuple[float, float]:
    """Where a colour lies on the legend's bar, 0..1, and how far from it the colour is."""
    stops = re.findall(r"rgb\((\d+), (\d+), (\d+)\) (\d+)%", gradient)
    places = [int(stop[3]) / 100 for stop in stops]
    along = np.linspace(0, 1, 2001)
    bar = np.stack([np.interp(along, places, [int(s[i]) for s in stops]) for i in range(3)], -1)
    away = np.linalg.norm(bar - colour, axis=1)
    return float(along[away.argmin()]), float(away.min())


def misread(
    picture: np.ndarray, gradient: str, metric: str, view: str, nearer: float = 0.0
) -> list[str]:
    """Places whose pixel tells another value than the stored one."""
    value, status = stored(metric)
    if view == "districts":
        known = np.where(status == 0, value, np.nan)
        value = np.array([np.nanmean(known[d == DISTRICT]) for d in DISTRICT])
    wanted, wrong = SCALES[metric].position(value), []
    for cell in PLACES:
        colour = pixel(picture, LATITUDE[cell] + COAST.get(cell, 0), LONGITUDE[cell], nearer)
        found, away = inverted(colour, gradient)
        if abs(found - wanted[cell]) > TOLERANCE or away > 8:
            wrong.append(f"{cell}: {wanted[cell]:.3f} reads {found:.3f} ({away:.0f} off the bar)")
    return wrong


def test_a_pixel_is_the_stored_value(country, page, monkeypatch):
    """Twelve places in each view; an unknown and an excluded cell have the legend's keys, the sea none."""
    wrong: dict[str, list[str]] = {}
    for look, metric, view in product(("light", "dark"), ("hazard", "aal"), VIEWS):
        data = sent(monkeypatch, Choice("typhoon", "ssp2", "2050s", metric, view, 0.85), look)
        picture = shot(page, data, look)
        found = misread(picture, data["legend"]["gradient"], metric, view)
        sea = pixel(picture, 35.85, 128.79), pixel(picture, 35.85, 130.5)
        if not np.allclose(*sea, atol=2):
            found.append(f"the sea at the coast is {sea[0]}, not {sea[1]}")
        if view != "districts":
            found += off_the_keys(picture, data["legend"]["keys"])
        if found:
            wrong[f"{look} {metric} {view}"] = found
        if view == "heat":
            assert page.locator(".map").get_attribute("data-heat") == "mean"
    assert wrong == {}

    data = sent(monkeypatch, Choice("typhoon", "ssp2", "2050s", "aal", "heat", 0.85), "dark")
    shot(page, data, "dark")
    page.locator(".map .legend").evaluate("one => one.style.visibility = 'hidden'")  # over a place
    page.locator(".map .in").click()  # the heat map says the same from nearer, and elsewhere
    gradient = data["legend"]["gradient"]
    wait_for(lambda: misread(looked(page), gradient, "aal", "heat", 1.0) == [], PATIENCE / 1000)


def test_a_dark_map_is_printed_light(country, page, monkeypatch):
    """Sea and pins are those of the light theme, values keep the legend's colours; then all is dark again."""
    pin = Pin(130.5, 36.4, chosen=True)
    data = sent(
        monkeypatch, Choice("typhoon", "ssp2", "2050s", "aal", "cells", 0.85), "dark", (pin,)
    )
    shot(page, data, "dark")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    paper = looked(page)
    assert misread(paper, data["legend"]["gradient"], "aal", "cells") == []
    assert pixel(paper, 35.85, 130.5).min() > 200
    assert ring(paper, pin).min() < 60

    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    wait_for(lambda: ring(looked(page), pin).min() > 20, PATIENCE / 1000)
    assert page.locator(".copy").count() == 0
    assert pixel(looked(page), 35.85, 130.5).max() < 100


def ring(picture: np.ndarray, pin: Pin) -> np.ndarray:
    """The pixel of a chosen pin's edge, west of its middle."""
    world = 512 * 2 ** HOME["zoom"]
    return pixel(picture, pin.latitude, pin.longitude - 9 * 360 / world)


def off_the_keys(picture: np.ndarray, keys: Any) -> list[str]:
    """Cells without a number whose colour is not that of the legend's key."""
    (unknown, _), (excluded, _) = keys
    wrong = [] if _near(pixel(picture, *at_cell(NOT_ASSESSED)), colours(unknown)[0]) else ["grey"]
    stripe, ground = colours(excluded)
    around = [
        pixel(picture, *at_cell(EXCLUDED, aside * STEP)) for aside in np.arange(-0.36, 0.4, 0.12)
    ]
    striped = max(np.abs(one - ground).max() for one in around) / np.abs(stripe - ground).max()
    if not 0.4 < striped < 1.1 or not any(_near(one, ground) for one in around):
        wrong.append(f"no stripes of {stripe} on {ground}: {around}")
    return wrong


def colours(css: str) -> np.ndarray:
    """Each colour of a CSS background (colour, RGB)."""
    return np.array(re.findall(r"rgb\((\d+), (\d+), (\d+)\)", css), dtype=float)


def at_cell(cell: int, east: float = 0.0) -> tuple[float, float]:
    return LATITUDE[cell], LONGITUDE[cell] + east


def _near(one: np.ndarray, other: np.ndarray, away: float = 3) -> bool:
    return bool(np.abs(one - other).max() <= away)


PINS = (Pin(127.9, 36.0, "a"), Pin(128.1, 36.0, "b"), Pin(127.3, 36.4, "c"))
TOUCH = "Input.dispatchTouchEvent"
#: back to the top, and where the page is then: a finger's scrolling goes on for a while
REST = """new Promise(done => {
  scrollTo(0, 0);
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(scrollY), 50)));
})"""


def test_wheel_fingers_click_and_divider(country, page, monkeypatch):
    """The page scrolls by wheel and by one finger, the map moves by Ctrl and by two; a divider parts scenarios."""
    choice = Choice("typhoon", "ssp2", "2050s", "aal", "cells", 1.0, beside="ssp5")
    data = sent(monkeypatch, choice, "light", PINS)
    shot(page, data, "light")
    seen = page.locator(".map").evaluate("one => ({...one.dataset})")
    # two of three pins lie together; of names at one place three fit, above and below pins two
    assert (seen["clusters"], seen["names"]) == ("2", "가도 나도 다도 마도 바도")
    page.wait_for_function("document.querySelector('.map').dataset.beside", timeout=PATIENCE)
    swiped(page, data["legend"]["gradient"])
    wheeled(page, data["words"]["wheel"])
    page.wait_for_function("document.querySelector('.map').dataset.clusters === ''")
    fingered(page)
    built(page, data)


def built(page: Page, data: dict[str, Any]) -> None:
    """Near enough a building is a point that says what it is, and that it is made up; refused tiles are said."""
    tile = np.array([13_990.5, 6_379.5]) / 2**14
    latitude = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * tile[1]))))
    spec = json.loads(data["spec"])
    spec["initialViewState"] |= {"longitude": 360 * tile[0] - 180, "latitude": latitude, "zoom": 15}
    page.evaluate(MOUNT, [data | {"spec": json.dumps(spec)}, TABLES, GROUND["light"]])

    def said() -> str:
        for x in (359, 360):
            page.mouse.move(x, 301)
        return page.locator(".map .tip").inner_text()

    found = "업무시설 · 1998년\n합성 예시 건물(건축물대장 아님)"
    wait_for(lambda: said() == found, PATIENCE / 1000)
    refused = page.locator(".map .refused")
    assert refused.inner_text() == ""
    page.route("**/tiles/buildings/**", lambda route: route.fulfill(status=429))
    spec["initialViewState"]["longitude"] += 0.5  # tiles that were not asked for yet
    page.evaluate(MOUNT, [data | {"spec": json.dumps(spec)}, TABLES, GROUND["light"]])
    wait_for(lambda: refused.inner_text().endswith("새로고침하세요 (429)"), PATIENCE / 1000)


def wheeled(page: Page, hint: str) -> None:
    """With Ctrl the wheel zooms about the pointer; the scale bar and the pin follow."""
    length, pin = page.locator(".map .scale"), page.locator(".map .mark")
    assert length.inner_text() == "100 km"  # a pixel is 1.03 km at 35.9° N
    page.mouse.move(430, 300)
    page.mouse.wheel(0, 100)
    wait_for(lambda: page.locator(".map .hint").inner_text() == hint, PATIENCE / 1000)
    assert length.inner_text() == "100 km"
    page.mouse.click(430, 300)

    assert centre(pin) == pytest.approx((430, 300), abs=1.5)

    page.mouse.move(400, 280)
    there = page.locator(".map .at").inner_text()
    page.keyboard.down("Control")
    for _ in range(4):
        page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    page.mouse.move(401, 280)
    wait_for(lambda: length.inner_text() in ("20 km", "50 km"), PATIENCE / 1000)
    nearer = 2 ** (4 * 0.6)  # a turn of the wheel is at most 0.6 zooms
    followed = (400 + 30 * nearer, 280 + 20 * nearer)
    wait_for(lambda: centre(pin) == pytest.approx(followed, abs=3), PATIENCE / 1000)
    page.mouse.move(400, 280)
    wait_for(lambda: near(page.locator(".map .at").inner_text(), there), PATIENCE / 1000)


def centre(pin: Locator) -> tuple[float, float]:
    """Where the pin stands in the window."""
    box = pin.bounding_box()
    assert box is not None
    return box["x"] + 9, box["y"] + 9


def fingered(page: Page) -> None:
    """One finger scrolls the page and leaves the map alone; two move the map and not the page."""
    fingers = page.context.new_cdp_session(page)
    page.evaluate("document.body.style.height = '2000px'")
    before = place_under(page)
    touch(fingers, *([{"x": 200, "y": y}] for y in (400, 300)))
    wait_for(lambda: page.evaluate("scrollY") > 50, PATIENCE / 1000)
    assert near(place_under(page), before)
    pair = [[{"x": x + by, "y": 300} for x in (450, 550)] for by in (0, 20, 60, 100)]
    touch(fingers, *([{**one, "id": i} for i, one in enumerate(two)] for two in pair))
    wait_for(lambda: not near(place_under(page), before), PATIENCE / 1000)
    assert page.evaluate("scrollY") == 0


def touch(fingers: Any, *moves: list[dict[str, float]]) -> None:
    """Fingers go down, move and go up."""
    for i, points in enumerate(moves):
        fingers.send(TOUCH, {"type": "touchMove" if i else "touchStart", "touchPoints": points})
    fingers.send(TOUCH, {"type": "touchEnd", "touchPoints": []})


def place_under(page: Page) -> str:
    """The coordinates that the map says under the mouse once the page has come to rest at its top."""
    place = page.locator(".map .at")
    wait_for(lambda: page.evaluate(REST) == 0, PATIENCE / 1000)
    page.mouse.move(300, 635)  # off the map, which then says none
    wait_for(lambda: place.inner_text() == "", PATIENCE / 1000)

    def said() -> str:
        for x in (299, 300):
            page.mouse.move(x, 300)
        return place.inner_text()

    wait_for(said, PATIENCE / 1000)
    return place.inner_text()


def swiped(page: Page, gradient: str) -> None:
    """Right of the divider lies the other scenario; the mouse and the keys move it."""
    cell, bar = PLACES[4], page.locator(".map .swipe")  # left of the middle
    wanted = SCALES["aal"].position(stored("aal")[0])[cell]

    def seen() -> float:
        return inverted(pixel(looked(page), *at_cell(cell)), gradient)[0]

    page.mouse.move(360, 300)
    page.mouse.down()
    page.mouse.move(120, 300, steps=3)
    page.mouse.up()
    assert bar.get_attribute("aria-valuetext") == "SSP2-4.5 17 %, SSP5-8.5 83 %"
    assert seen() == pytest.approx(1.0, abs=TOLERANCE)
    for _ in range(4):
        page.keyboard.press("PageUp")
    assert bar.get_attribute("aria-valuenow") == "57"
    assert seen() == pytest.approx(wanted, abs=TOLERANCE)
    page.keyboard.press("Home")
    assert bar.get_attribute("aria-valuenow") == "0"


def near(one: str, other: str) -> bool:
    """Whether two places in degrees are the same to a pixel."""
    return np.allclose(*([float(x) for x in text.split(",")] for text in (one, other)), atol=0.01)
