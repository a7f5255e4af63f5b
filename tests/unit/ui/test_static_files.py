"""Streamlit's scripts go out gzipped, and nothing else is touched."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from modelops_core.ui.kit import static_files


@pytest.fixture
def client():
    """The middleware before an application that answers everything in its own words."""
    other = Route("/{path:path}", lambda _: PlainTextResponse("passed on"), methods=["GET", "POST"])
    packed = Middleware(static_files.GzippedStaticFiles)
    return TestClient(Starlette(routes=[other], middleware=[packed]))


@pytest.fixture
def address():
    """The largest script of Streamlit."""
    return max(static_files.files(), key=lambda key: static_files.files()[key].stat().st_size)


def test_a_script_is_gzipped_and_kept_for_ever(client, address):
    """Less than half the bytes on the wire; unpacked it is the file."""
    answer = client.get(address)
    path = static_files.files()[address]
    assert answer.content == path.read_bytes()
    assert 2 * int(answer.headers["content-length"]) < path.stat().st_size
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/javascript")
    before = static_files.packed.cache_info().misses
    assert client.get(address).content == answer.content
    assert static_files.packed.cache_info().misses == before


def test_other_requests_are_passed_on(client, address):
    """Who cannot unpack, another method, an address that is no file of these."""
    asked = [
        client.get(address, headers={"accept-encoding": "identity"}),
        client.post(address),
        client.get("/static/../index.html"),
        client.get("/static/js/unknown.js"),
        client.get("/index.html"),
    ]
    assert [answer.text for answer in asked] == ["passed on"] * len(asked)
