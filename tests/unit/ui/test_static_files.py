"""Streamlit's scripts go out gzipped, and nothing else is touched."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from modelops_core.ui.frame.page_sockets import PageSockets
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


def page_socket(session):
    """A page's socket below the folder /srv/own."""
    inner = Starlette(routes=[WebSocketRoute("/_stcore/stream", session)])
    return TestClient(PageSockets(inner, Path("/srv/own"))).websocket_connect("/_stcore/stream")


def test_a_text_ends_a_session():
    """Streamlit knows messages of bytes only."""
    heard = []

    async def session(socket):
        await socket.accept()
        heard.append(await socket.receive_bytes())
        with pytest.raises(WebSocketDisconnect):
            await socket.receive_bytes()
        heard.append("end")

    with page_socket(session) as socket:
        socket.send_bytes(b"")
        socket.send_text("text")
    assert heard == [b"", "end"]


def test_a_session_is_told_its_script_without_the_folder():
    """What else a message says stays, and so do other messages."""
    begun, other = ForwardMsg(), ForwardMsg()
    begun.new_session.main_script_path = "/srv/own/ui/main.py"
    begun.new_session.name = "main"
    other.delta.new_element.markdown.body = "/srv/own is a folder"

    async def session(socket):
        await socket.accept()
        for message in (begun, other):
            await socket.send_bytes(message.SerializeToString())

    with page_socket(session) as socket:
        told, same = (ForwardMsg.FromString(socket.receive_bytes()) for _ in range(2))
    assert (told.new_session.main_script_path, told.new_session.name) == ("main.py", "main")
    assert same == other
