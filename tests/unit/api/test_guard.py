"""What is refused before the routes: rates, sizes, and what every answer carries."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from modelops_core.api import buckets as limits
from modelops_core.api import guard
from modelops_core.api.buckets import TokenBuckets
from modelops_core.api.guard import Guard
from modelops_core.settings import Settings
from tests.unit.api.program import FAR, LOCAL

LIMIT = 2000


class Clock:
    """Seconds that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


async def answer(request: Request) -> PlainTextResponse:
    """The length of what came; an answer that may be kept where that is asked for."""
    body = await request.body()
    kept = {"Cache-Control": "private, max-age=60"} if "keep" in request.query_params else {}
    return PlainTextResponse(str(len(body)), headers=kept)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def caller(clock):
    """Makes callers of one guarded server; a bunch is four requests, then one every 3.75 s."""
    settings = Settings(MODELOPS_RATE_PER_MINUTE=16, MODELOPS_BODY_LIMIT=LIMIT)
    app = Starlette(routes=[Route("/", answer, methods=["GET", "POST"])])
    guarded = Guard(app, settings, clock)
    return lambda address=FAR, **headers: TestClient(
        guarded, "http://127.0.0.1:8501", client=address, headers=headers
    )


def statuses(client, count):
    return [client.get("/").status_code for _ in range(count)]


def test_a_bunch_then_one_after_the_other(caller, clock):
    """Four at once, the fifth is told when to come again, and may then."""
    far = caller()
    assert statuses(far, 4) == [200] * 4
    refused = far.get("/")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "4")
    clock.now = 3.5
    assert far.get("/").headers["retry-after"] == "1"
    clock.now = 4.0
    assert statuses(far, 2) == [200, 429]


def test_who_needs_no_key_has_no_limit(caller):
    """The dashboard of this machine asks as often as it draws."""
    assert statuses(caller(LOCAL), 20) == [200] * 20


def test_callers_do_not_use_up_each_others_rate(caller):
    """Another address has its own bucket; so has the same one with a key, whatever key that is."""
    assert statuses(caller(), 5)[-1] == 429
    assert statuses(caller(("203.0.113.8", 1)), 1) == [200]
    assert statuses(caller(**{"X-API-Key": "a"}), 4) == [200] * 4
    assert statuses(caller(**{"X-API-Key": "another"}), 1) == [429]


def test_a_long_rest_saves_no_more_than_a_bunch(clock):
    """An hour without a request: four, not a thousand."""
    buckets = TokenBuckets(16, clock)
    assert [buckets.take("a") for _ in range(4)] == [None] * 4
    clock.now = 3600.0
    assert [buckets.take("a") is None for _ in range(5)] == [True] * 4 + [False]


def test_a_clock_that_goes_back_takes_nothing_away(clock):
    """The level stays as it was."""
    buckets = TokenBuckets(16, clock)
    clock.now = 100.0
    assert buckets.take("a") is None
    clock.now = 0.0
    assert [buckets.take("a") is None for _ in range(4)] == [True] * 3 + [False]


def test_who_was_longest_away_is_forgotten_first(clock, monkeypatch):
    """With room for two the third pushes the first out, and a used-up bucket is not renewed by that."""
    monkeypatch.setattr(limits, "MAX_CALLERS", 2)
    buckets = TokenBuckets(4, clock)
    assert [buckets.take(name) for name in ("a", "b", "c")] == [None] * 3
    assert buckets.take("c") is not None
    assert buckets.take("b") is not None
    assert buckets.take("a") is None


@pytest.mark.parametrize(("size", "status"), [(LIMIT, 200), (LIMIT + 1, 413)])
def test_a_body_may_be_as_large_as_the_limit(caller, size, status):
    """By the length announced and by the bytes that come."""
    body = b"x" * size
    assert caller(LOCAL).post("/", content=body).status_code == status
    assert caller(LOCAL).post("/", content=iter([body[:1500], body[1500:]])).status_code == status


def test_an_answer_that_may_be_kept_stays_so(caller):
    """All others may not."""
    client = caller(LOCAL)
    assert client.get("/", params={"keep": "1"}).headers["cache-control"] == "private, max-age=60"
    assert client.get("/").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("Example.kr:8501", "example.kr"),
        ("example.kr", "example.kr"),
        ("[::1]:80", "[::1]"),
        ("[::1]", "[::1]"),
        ("a:b", "a:b"),
        ("", ""),
    ],
)
def test_the_name_of_a_host(host, name):
    """Without its port, in small letters."""
    assert guard.host_name(host) == name


@pytest.mark.parametrize("length", ["²", "٣", "-1", "1e3", "9" * 5000, ""])
def test_a_length_that_is_none_is_refused(length):
    """Digits of other scripts too, and more of them than an integer may have."""
    assert not guard._fits(length, LIMIT)
    assert guard._fits(str(LIMIT), LIMIT)


@pytest.mark.parametrize("port", ["²", "99999999", "x", ""])
def test_a_port_that_is_none_is_part_of_no_name(port):
    """Such a host is not this server; what builds an address from it would crash."""
    assert guard.host_name("127.0.0.1:8501") == "127.0.0.1"
    assert guard.host_name(f"127.0.0.1:{port}") not in guard.LOCAL_NAMES
