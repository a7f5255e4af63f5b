"""Files for a load come by PUT and go to the disk, to whoever has the upload's token."""

from __future__ import annotations

import pytest
from anyio.from_thread import start_blocking_portal
from starlette.applications import Starlette
from starlette.testclient import TestClient

from modelops_core.api import uploads
from modelops_core.sources import inbox
from modelops_core.sources.inbox import Inbox


@pytest.fixture
def box(tmp_path):
    return Inbox(tmp_path)


@pytest.fixture
def client(box):
    return TestClient(Starlette(routes=uploads.routes(lambda: box)))


def test_a_file_is_written_in_blocks(box, monkeypatch):
    """As its parts come, none of them gathered beyond BLOCK; the name is the address's last part."""
    monkeypatch.setattr(uploads, "BLOCK", 1000)
    token, sizes, sent = box.new(), [], []
    plain = Inbox._refuse_full
    monkeypatch.setattr(
        Inbox,
        "_refuse_full",
        lambda self, name, size: sizes.append(size) or plain(self, name, size),
    )
    parts = [b"a" * 600, b"b" * 600, b"c" * 300]

    async def receive():
        body = parts.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(parts)}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "PUT",
        "path": f"/uploads/{token}/표제부 1.csv",
        "headers": [],
        "query_string": b"",
    }
    with start_blocking_portal() as portal:  # in a thread: browser tests leave a loop in this one
        portal.call(Starlette(routes=uploads.routes(lambda: box)), scope, receive, send)
    assert sent[0]["status"] == 204
    [path] = box.uploaded(token)
    assert (path.name, len(path.read_bytes()), sizes) == ("표제부 1.csv", 1500, [1200, 300])


def test_nobody_else_writes(box, client):
    """An unknown token is 404, a name that is none 400, a full disk 507; nothing is left of them."""
    assert client.put(f"/uploads/{'a' * 32}/a.csv", content=b"a").status_code == 404
    token = box.new()
    assert client.put(f"/uploads/{token}/...", content=b"a").status_code == 400
    assert client.get(f"/uploads/{token}/a.csv").status_code == 405
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inbox, "SPARE", 1 << 62)
        answer = client.put(f"/uploads/{token}/a.csv", content=b"a")
    assert (answer.status_code, "MB are free" in answer.text) == (507, True)
    assert list((box.uploads / token).iterdir()) == []
