"""
Routes for what the map component loads: deck.gl from pydeck's wheel, and outlines as GeoJSON.

Routes only; nothing third-party lies in this repository.
"""

from __future__ import annotations

import hmac
import json
import math
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from importlib import metadata, resources

import anyio
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from modelops_core import bootstrap, gzipped
from modelops_core.bootstrap import App
from modelops_core.domain.access import READER_PASS
from modelops_core.domain.korean import province
from modelops_core.errors import ModelOpsError, published, sentence
from modelops_core.ports import Row

#: version of the bundle, part of its address: it may be kept for ever
BUNDLE_VERSION = metadata.version("pydeck")
BUNDLE_URL = f"/assets/deck-{BUNDLE_VERSION}.js"
#: outlines of the country's parts → outlines of the land around it, as GeoJSON
Neighbours = Callable[[Sequence[str]], list[str]]
LEVELS = ("sido", "sigungu")
#: how long a browser keeps an outline before it asks again
OUTLINES_KEPT = "public, max-age=300"
#: name of the land around the country
NEIGHBOURS = "abroad"
#: name of the points where the districts' names stand
NAMES = "names"
#: of a province's outline [°]
COARSE = 0.004


def address(path: str) -> str:
    """The address of an asset for the reader of a page; where people sign in, with their pass."""
    settings = bootstrap.app().settings
    if not settings.login:
        return path
    return f"{path}{'&' if '?' in path else '?'}{READER_PASS}={reader_pass()}"


@lru_cache(maxsize=1)
def reader_pass() -> str:
    """What lets readers load assets: the same for all of them, and in all processes."""
    secret = bootstrap.app().settings.cookie_secret.get_secret_value() or secrets.token_hex()
    return hmac.new(secret.encode(), b"assets", "sha256").hexdigest()[:32]


def routes(app: App, neighbours: Neighbours) -> list[BaseRoute]:
    """The assets of the page; *neighbours* draws the land around the country."""
    outlines = Outlines(app, neighbours)

    async def outline(request: Request) -> Response:
        name = request.path_params["name"]
        try:
            body = await anyio.to_thread.run_sync(outlines.get, name)
        except ModelOpsError as error:
            said = sentence(*published(error))  # the rest is for the log
            return Response(said, 503, media_type="text/plain")
        return (
            Response("unknown outline", 404)
            if body is None
            else gzipped.answer(body, "application/json", OUTLINES_KEPT, request.headers)
        )

    async def bundle(request: Request) -> Response:
        body = await anyio.to_thread.run_sync(_bundle)
        return gzipped.answer(body, "text/javascript", gzipped.FOR_EVER, request.headers)

    return [Route("/assets/geo/{name}.json", outline), Route(BUNDLE_URL, bundle)]


@lru_cache(maxsize=1)
def _bundle() -> bytes:
    source = resources.files("pydeck") / "nbextension" / "static" / "index.js"
    return gzipped.pack(source.read_bytes())


class Outlines:
    """Gzipped GeoJSON of districts and neighbours, made once for each version of the data."""

    def __init__(self, app: App, neighbours: Neighbours) -> None:
        self._app = app
        self._around = neighbours
        self._made: dict[str, tuple[str, bytes]] = {}

    def get(self, name: str) -> bytes | None:
        """*name* is ``sido``, ``sigungu``, ``abroad`` or ``names``; None for anything else."""
        made = {NEIGHBOURS: self._neighbours, NAMES: self._names}
        if name not in (*LEVELS, *made):
            return None
        version = self._version()
        if self._made.get(name, ("",))[0] != version:
            self._made[name] = version, made[name]() if name in made else self._level(name)
        return self._made[name][1]

    def _version(self) -> str:
        loaded = [s.loaded_at for s in self._app.sources.all() if s.table_name == "location_admin"]
        return str(max(loaded, default=""))

    def _level(self, level: str) -> bytes:
        rows = self._app.layers.districts(
            level, **({"tolerance": COARSE} if level == "sido" else {})
        )
        return _gzipped(_feature(i, row) for i, row in enumerate(rows))

    def _neighbours(self) -> bytes:
        own = [row["outline"] for row in self._app.layers.districts("sido")]
        return _gzipped(_geojson({}, outline) for outline in self._around(own))

    def _names(self) -> bytes:
        """
        Provinces from the smallest, whose name fits nowhere else; then districts by people.

        Those of unknown area or people come last.
        """
        provinces, districts = (
            self._app.layers.districts(level, tolerance=COARSE) for level in LEVELS
        )
        provinces.sort(key=lambda one: float(one["area_km2"] or math.inf))
        districts.sort(key=lambda one: -int(one["population_2025"] or 0))
        ranked = [(0, row) for row in provinces] + [(1, row) for row in districts]
        return _gzipped(_name(rank, row) for rank, row in ranked)


def _name(rank: int, row: Row) -> str:
    """A point inside a province (*rank* 0) or a district (1), with its names."""
    own, english = row["admin_name"], row["admin_name_en"]
    if rank:  # without the province
        own, english = own.partition(" ")[2] or own, english.partition(",")[0]
    names = {"rank": rank, "ko": province.short(own), "en": english}
    place = [round(row["longitude"], 4), round(row["latitude"], 4)]
    return _geojson(names, json.dumps({"type": "Point", "coordinates": place}))


def _feature(i: int, row: Row) -> str:
    properties = {
        "i": i,
        "code": row["admin_code"],
        "ko": row["admin_name"],
        "en": row["admin_name_en"],
    }
    return _geojson(properties, row["outline"])


def _geojson(properties: Mapping[str, object], outline: str) -> str:
    """A feature; *outline* is JSON already."""
    words = json.dumps(properties, ensure_ascii=False)
    return f'{{"type":"Feature","properties":{words},"geometry":{outline}}}'


def _gzipped(features: Iterable[str]) -> bytes:
    body = f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'
    return gzipped.pack(body.encode())
