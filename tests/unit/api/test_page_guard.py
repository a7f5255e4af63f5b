"""What surrounds pages and API: hosts, headers, and what only readers may load."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket

from modelops_core.api import create
from modelops_core.api.page_guard import PageGuard
from modelops_core.domain.access import FORWARDED
from modelops_core.settings import Settings
from modelops_core.ui.kit.static_files import inline_scripts
from tests.unit.api.program import FAR, LOCAL, Program


async def page(_request: Request) -> PlainTextResponse:
    """A page, or anything else behind the guard."""
    return PlainTextResponse("page")


async def stream(socket: WebSocket) -> None:
    """A page's socket."""
    await socket.accept()
    await socket.close()


def client(address=LOCAL, **settings):
    routes = [Route("/{path:path}", page), WebSocketRoute("/_stcore/stream", stream)]
    guarded = PageGuard(
        Starlette(routes=routes), Settings(_env_file=None, **settings), "let in", inline_scripts()
    )
    return TestClient(guarded, "http://127.0.0.1:8501", client=address)


@pytest.mark.parametrize(
    ("host", "hosts", "status"),
    [
        ("127.0.0.1:8501", "", 200),
        ("evil.example", "", 400),
        ("risk.example.kr", "risk.example.kr", 200),
        ("evil.example", "risk.example.kr", 400),
        ("evil.example", "*", 200),
    ],
)
def test_a_page_and_its_socket_answer_to_this_servers_names(host, hosts, status):
    """A name that was bound to 127.0.0.1 elsewhere gets neither."""
    caller = client(MODELOPS_HOSTS=hosts)
    assert caller.get("/sites", headers={"Host": host}).status_code == status
    opened = caller.websocket_connect("/_stcore/stream", headers={"Host": host})
    if status == 200:
        with opened:
            return
    with pytest.raises(WebSocketDenialResponse) as denied, opened:
        pass
    assert denied.value.status_code == 400


@pytest.mark.parametrize("origin", ["http://[", "http://127.0.0.1:x", "http://127.0.0.1:99999"])
def test_an_origin_that_is_none_reaches_no_page(origin):
    """Nor the pages' socket, which would crash."""
    assert client().get("/sites", headers={"Origin": origin}).status_code == 403
    headers = {"Origin": origin, "Host": "127.0.0.1:8501"}
    opened = client().websocket_connect("/_stcore/stream", headers=headers)
    with pytest.raises(WebSocketDenialResponse) as denied, opened:
        pass
    assert denied.value.status_code == 403


def test_a_page_says_what_it_may_load_and_who_may_frame_it():
    """Its own scripts by address, Streamlit's inline one by its hash, and nobody's frame."""
    answer = client().get("/sites")
    policy = dict(
        part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; ")
    )
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"].startswith("'self' blob: 'sha256-")
    assert "unsafe" not in policy["script-src"]
    assert policy["connect-src"] == "'self' ws://127.0.0.1:8501 wss://127.0.0.1:8501"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    odd = client(MODELOPS_HOSTS="*").get("/", headers={"Host": "a; script-src *"})
    assert "*" not in odd.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/assets/geo/sido.json", "/_stcore/metrics"])
def test_assets_and_figures_are_for_readers(path):
    """This machine's, and those whom a page let in; no proxy is this machine."""
    assert client().get(path).status_code == 200
    assert client(FAR).get(path).status_code == 401
    assert client(FAR).get(path, params={"pass": "let in"}).status_code == 200
    assert client(MODELOPS_ACCESS="on").get(path, params={"pass": "wrong"}).status_code == 401
    for header in FORWARDED:
        assert client().get(path, headers={header: "1"}).status_code == 401, header


def test_the_tiles_of_a_pages_map_take_its_readers_pass():
    """Who signed in has no key: their map's buildings come by the pass, and nothing else does."""
    program = Program()
    guarded = PageGuard(create(program), program.settings, "let in", "")
    caller = TestClient(guarded, "http://127.0.0.1:8501", client=FAR)
    tile, layer = "/tiles/buildings/14/0/0.mvt", "/api/v1/layers/extreme_heat.geojson"

    assert caller.get(tile).status_code == 401
    assert caller.get(tile, params={"pass": "wrong"}).status_code == 401
    assert caller.get(tile, params={"pass": "let in"}).content == program.tiles.body
    assert caller.get(layer, params={"pass": "let in"}).status_code == 401
