"""Around the routes: names of requests, slow clients, sockets, and a stop that nobody can hold up."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import anyio
import pytest
import uvicorn
from structlog.testing import capture_logs

from modelops_core.api.serving import limits, stopping
from tests.unit.api.program import Program
from tests.waiting import PATIENCE, wait_for

ROOT = Path(__file__).parents[3]
#: a server with the program's lifespan and limits, and one route that reads its body
SERVER = """
import sys
import uvicorn
from contextlib import asynccontextmanager
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
from modelops_core.api.serving import limits, stopping
limits.HEADER_TIMEOUT, stopping.GRACE_PERIOD = 0.4, 1

@asynccontextmanager
async def lifespan(app):
    with stopping.graceful(0.6):
        yield
    print("stopped in order", flush=True)

async def body(request):
    return JSONResponse(len(await request.body()))

async def ready(request):
    return JSONResponse(not stopping.STOPPING.is_set())

app = Starlette(routes=[Route("/body", body, methods=["POST"]), Route("/ready", ready)], lifespan=lifespan)
uvicorn.run(app, port=int(sys.argv[1]), log_level="error")
"""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def ready(port: int) -> bool | None:
    """What the server says; None where nothing answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=5) as answer:
            return bool(json.load(answer))
    except (urllib.error.URLError, OSError):
        return None


def half_sent(port: int, text: str) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port))
    client.sendall(text.encode())
    return client


def test_slow_clients_do_not_hold_up_a_stop() -> None:
    """Half a head is closed in time; half a body goes on until the grace ends; "not ready" comes first."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(port)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    request = "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n"
    try:
        wait_for(lambda: ready(port))
        with half_sent(port, request[:30]) as head, half_sent(port, request + "half"):
            head.settimeout(PATIENCE)
            assert head.recv(100) == b""
            server.send_signal(signal.SIGTERM)
            assert wait_for(lambda: ready(port) is False)
            said, _ = server.communicate(timeout=30)
        assert said.endswith("stopped in order\n")
        assert server.returncode == -signal.SIGTERM
    finally:
        server.kill()
        server.wait()


def asgi(app, scope, messages, seconds=PATIENCE):
    """
    What *app* sends for these messages; after them nothing comes for *seconds*.

    It runs in a thread: browser tests of the same process leave an event loop running in this one.
    """
    sent = []

    async def receive():
        if messages:
            return messages.pop(0)
        await anyio.sleep_forever()

    async def send(message):
        sent.append(message)

    async def limited():
        with anyio.fail_after(seconds):
            await app(scope, receive, send)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(anyio.run, limited).result()
    return sent


async def reads_its_body(scope, receive, send):
    """An application that answers when its body is complete."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def test_a_body_that_does_not_come_is_a_timeout(monkeypatch) -> None:
    """408 instead of a thread or task that waits for ever."""
    monkeypatch.setattr(limits, "BODY_TIMEOUT", 0.05)
    half = [{"type": "http.request", "body": b"half", "more_body": True}]
    sent = asgi(limits.Limits(reads_its_body, 1), {"type": "http"}, half)
    assert sent[0]["status"] == 408
    large = [{"type": "http.request", "body": bytes(10**6), "more_body": True}]
    slow = limits.Limits(reads_its_body, 1)
    with pytest.raises(TimeoutError):  # it is still waited for
        asgi(slow, {"type": "http"}, large, 0.2)
    whole = [{"type": "http.request", "body": b"all", "more_body": False}]
    assert asgi(limits.Limits(reads_its_body, 1), {"type": "http"}, whole)[0]["status"] == 200


def test_one_socket_too_many_is_told_to_come_later() -> None:
    """Those that are open stay open; a place that gets free is given again."""
    inner = []

    async def opens_another(scope, receive, send):
        if not inner:
            inner.append(1)
            await limited(scope, receive, send)

    limited = limits.Limits(opens_another, 1)
    connect = [{"type": "websocket.connect"}]
    assert asgi(limited, {"type": "websocket"}, connect) == [
        {"type": "websocket.close", "code": 1013}
    ]
    assert asgi(limited, {"type": "websocket"}, []) == []


@pytest.mark.parametrize(("given", "kept"), [("order-17.b", True), ("a b", False), ("", False)])
def test_a_request_has_a_name_in_answer_and_log(given, kept) -> None:
    """The caller's own where it fits into a log; probes are not logged."""
    with capture_logs() as logged:
        client = Program().caller()
        answer = client.get("/api/nothing?secret=1", headers={"X-Request-ID": given})
        client.get("/health")
    name = answer.headers["x-request-id"]
    assert (name == given) is kept
    [line] = [entry for entry in logged if entry["event"] == "request"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/api/nothing", 404)
    assert "secret" not in str(line)


def test_a_server_that_stops_is_not_ready(monkeypatch):
    """Before it ends listening; the reason is for those with a key, or on this machine."""
    monkeypatch.setattr(stopping.STOPPING, "is_set", lambda: True)
    answer = Program().caller().get("/health/ready")
    assert (answer.status_code, answer.json()["reasons"]) == (503, ["The server is stopping."])


def test_a_server_has_limits_for_messages_and_its_end():
    """Whoever started it; a smaller limit of its own stays."""
    for own, left in ((2**30, limits.FRAME_LIMIT), (1000, 1000)):
        server = uvicorn.Server(uvicorn.Config(reads_its_body, ws_max_size=own))
        server.config.load()
        stopping._limit(server)
        assert server.config.ws_max_size == left
        assert server.config.timeout_graceful_shutdown == stopping.GRACE_PERIOD
