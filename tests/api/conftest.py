"""The API over a real database, called in process and, where sockets matter, over a port."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from starlette.testclient import TestClient

from modelops_core.api import create
from modelops_core.bootstrap import App
from modelops_core.db.access.keys import Keys

LOCAL = ("127.0.0.1", 50_000)
FAR = ("203.0.113.7", 50_000)


def pytest_configure(config: pytest.Config) -> None:
    """Turn on the fixtures of `tests.database` and `tests.apps`."""
    config.pluginmanager.import_plugin("tests.database")
    config.pluginmanager.import_plugin("tests.apps")


@contextmanager
def calling(app: App, address: tuple[str, int] = LOCAL, **headers: str) -> Iterator[TestClient]:
    """A client at *address*; the app's workers run."""
    with TestClient(
        create(app), "http://127.0.0.1:8501", client=address, headers=headers
    ) as client:
        yield client


@pytest.fixture
def client(site_app: App) -> Iterator[TestClient]:
    """A caller on this machine, after a nightly run."""
    with calling(site_app) as client:
        yield client


@pytest.fixture
def idle(site_app: App) -> Iterator[TestClient]:
    """The same without workers: jobs stay queued."""
    client = TestClient(create(site_app), "http://127.0.0.1:8501", client=LOCAL)
    yield client
    client.close()


@pytest.fixture
def key(site_app: App) -> Callable[..., str]:
    """Makes keys."""
    return lambda *scopes, name="tests", days=None: Keys(site_app.owner).add(
        name, scopes or ("read",), days
    )


@contextmanager
def serving(app: App, workers: bool = True) -> Iterator[str]:
    """The API on a free port of this machine; its address."""
    made = create(app)
    config = uvicorn.Config(
        made,
        "127.0.0.1",
        0,
        log_level="error",
        lifespan="on" if workers else "off",
        ws="websockets-sansio",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(30)
