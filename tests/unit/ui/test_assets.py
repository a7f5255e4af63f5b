"""What the map loads from this server: outlines made once for each load of the districts."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from modelops_core import gzipped
from modelops_core.errors import DatabaseUnavailable
from modelops_core.ui.kit import assets
from tests.answers import data_source

SQUARE = '{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}'
ABROAD = '{"type":"Polygon","coordinates":[[[2,0],[3,0],[3,1],[2,0]]]}'


class Districts:
    """Two districts of one load, and how often their outlines were read, with which tolerance."""

    def __init__(self):
        self.loaded, self.reads, self.fails = 1, [], False

    def all(self):
        return [
            data_source("location_admin", loaded_at=self.loaded),
            data_source("ta_data", loaded_at=99),
        ]

    def districts(self, level, **options):
        if self.fails:
            raise DatabaseUnavailable("database_silent", reason="socket /tmp/x")
        self.reads.append((level, options))
        return [
            {
                "admin_code": code,
                "admin_name": ko,
                "admin_name_en": en,
                "outline": SQUARE,
                "longitude": east,
                "latitude": 35.0,
                "population_2025": people,
                "area_km2": area,
            }
            for code, ko, en, east, people, area in (
                ("11", "서울특별시", "Seoul", 127.0, 1, 100),
                ("42", "강원특별자치도", "Gangwon", 128.0, 2, None),
            )
        ]


@pytest.fixture
def districts():
    return Districts()


@pytest.fixture
def client(districts):
    app = SimpleNamespace(sources=districts, layers=districts)
    own = assets.routes(app, lambda outlines: [ABROAD] if outlines == [SQUARE, SQUARE] else [])
    return TestClient(Starlette(routes=own))


def test_districts_have_their_place_and_names(client, districts):
    """In their order; provinces are drawn more coarsely, districts as the database does."""
    sido, sigungu = (
        client.get(f"/assets/geo/{level}.json").json()["features"] for level in ("sido", "sigungu")
    )

    assert [f["properties"] for f in sigungu] == [
        {"i": 0, "code": "11", "ko": "서울특별시", "en": "Seoul"},
        {"i": 1, "code": "42", "ko": "강원특별자치도", "en": "Gangwon"},
    ]
    assert sido[1]["geometry"] == json.loads(SQUARE)
    assert districts.reads == [("sido", {"tolerance": 0.004}), ("sigungu", {})]


def test_names_stand_inside_their_places(client):
    """Provinces first, the small before the large, an unknown area last; districts by their people; as maps write them."""
    found = client.get("/assets/geo/names.json").json()["features"]
    assert [(f["properties"]["rank"], f["properties"]["ko"]) for f in found] == [
        (0, "서울"),
        (0, "강원도"),
        (1, "강원도"),
        (1, "서울"),
    ]
    assert found[1]["geometry"] == {"type": "Point", "coordinates": [128.0, 35.0]}


def test_neighbours_are_made_from_the_outlines_of_the_country(client):
    """The country's provinces are what the land around it is drawn beside."""
    [abroad] = client.get("/assets/geo/abroad.json").json()["features"]

    assert abroad["geometry"] == json.loads(ABROAD)


def test_outlines_are_made_again_after_another_load_only(client, districts):
    """Kept while the districts stay; another load of another table changes nothing."""
    for _ in range(3):
        client.get("/assets/geo/sido.json")
    assert len(districts.reads) == 1
    districts.loaded = 2
    client.get("/assets/geo/sido.json")
    assert len(districts.reads) == 2


def test_the_browser_keeps_what_did_not_change(client):
    """Five minutes, then by its tag; packed only for those who can unpack it."""
    address = "/assets/geo/sido.json"
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["etag"]})
    plain = client.get(address, headers={"Accept-Encoding": "identity"})

    assert first.headers["cache-control"] == "public, max-age=300"
    assert (first.headers["content-encoding"], first.headers["vary"]) == ("gzip", "accept-encoding")
    assert (again.status_code, again.content) == (304, b"")
    assert "content-encoding" not in plain.headers
    assert plain.json() == first.json()


def test_the_bundle_is_kept_for_ever(client):
    """Its version is part of the address."""
    found = client.get(assets.BUNDLE_URL)

    assert found.headers["cache-control"] == gzipped.FOR_EVER
    assert found.headers["content-type"].startswith("text/javascript")
    assert len(found.content) > 1_000_000


def test_unknown_names_and_a_database_that_is_away(client, districts):
    """404, and 503 that is tried again."""
    assert client.get("/assets/geo/emd.json").status_code == 404
    districts.fails = True
    away = client.get("/assets/geo/sigungu.json")
    assert (away.status_code, away.text) == (503, "The database does not answer.")
