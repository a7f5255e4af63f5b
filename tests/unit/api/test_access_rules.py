"""Who a caller is: the address, the key and what a key may."""

from __future__ import annotations

import pytest
from starlette.requests import HTTPConnection

from modelops_core.api.access import is_local, key_from, of_key
from modelops_core.domain.access import Caller
from tests.unit.api.program import FAR, LOCAL, Program, job

BASE = "/api/v1/risk-assessment"


def connection(client=LOCAL, server=("127.0.0.1", 8501), **headers):
    """A request as the server sees it."""
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return HTTPConnection({"type": "http", "client": client, "server": server, "headers": raw})


@pytest.mark.parametrize(
    ("client", "server", "headers", "here"),
    [
        (LOCAL, ("127.0.0.1", 8501), {}, True),
        (("::1", 1), ("localhost", 8501), {}, True),
        (FAR, ("127.0.0.1", 8501), {}, False),
        (LOCAL, ("10.0.0.5", 8501), {}, False),
        (LOCAL, None, {}, False),
        (None, ("127.0.0.1", 8501), {}, False),
        (LOCAL, ("127.0.0.1", 8501), {"x_real_ip": "203.0.113.7"}, False),
        (LOCAL, ("127.0.0.1", 8501), {"forwarded": "for=203.0.113.7"}, False),
    ],
)
def test_local_is_from_this_machine_to_this_machine(client, server, headers, here):
    """Both ends are the loopback's, and no proxy stands between."""
    assert is_local(connection(client, server, **headers)) is here


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        ({"authorization": "Bearer abc"}, "abc"),
        ({"authorization": "bearer abc"}, "abc"),
        ({"authorization": "BEARER  abc "}, "abc"),
        ({"authorization": "Basic abc"}, None),
        ({"authorization": "Bearer "}, None),
        ({"x_api_key": "abc"}, "abc"),
        ({"authorization": "Basic abc", "x_api_key": "def"}, "def"),
        ({}, None),
    ],
)
def test_where_a_key_stands(headers, key):
    """A scheme is written in any letters; another scheme is no key."""
    assert key_from(connection(**headers)) == key


@pytest.mark.parametrize(
    ("scopes", "role"),
    [
        (["read"], "viewer"),
        (["run"], "analyst"),
        (["admin"], "admin"),
        (["run", "read"], "analyst"),
    ],
)
def test_which_role_a_key_has(scopes, role):
    """That of its largest scope; its number marks its jobs."""
    caller = of_key({"key_id": "a", "name": "GIS", "scopes": scopes}, "10.0.0.5")
    assert caller == Caller("key a (GIS)", "key a", role, address="10.0.0.5", kind="key")


def test_a_worthless_key_is_refused_on_this_machine_too():
    """Who names a key is what that key is, not this machine's owner."""
    program = Program()
    program.keys.known["good"] = ["read"]

    assert program.caller().get(f"{BASE}/jobs").status_code == 200
    assert program.caller("good").get(f"{BASE}/jobs").status_code == 200
    refused = program.caller("bad").get(f"{BASE}/jobs")
    assert (refused.status_code, refused.json()["code"]) == (401, "key_invalid")
    assert program.caller("good").post(f"{BASE}/jobs/b1/cancel").status_code == 403


def test_a_key_brings_its_owner_and_a_refusal_is_noted():
    """The owner is the key's number; a note says who was refused, where and which right lacked."""
    program = Program()
    program.keys.known.update(a=["read"], b=["run"])
    place = {"latitude": 37.5, "longitude": 127.0}

    assert program.caller("a", FAR).post(f"{BASE}/calculate", json=place).status_code == 403
    assert program.caller("b", FAR).post(f"{BASE}/calculate", json=place).status_code == 202
    [(_, caller)] = program.submitted
    assert (caller.owner, caller.name, caller.address) == ("key b", "key b (tests)", FAR[0])
    assert program.audit.notes == [
        ("key a (tests)", "refused", f"{BASE}/calculate", FAR[0], {"needs": "run"})
    ]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "status/b1"),
        ("get", "jobs/b1"),
        ("post", "jobs/b1/cancel"),
        ("post", "jobs/b1/retry"),
    ],
)
def test_another_owners_job_is_404_and_untouched(method, path):
    """Neither seen, nor cancelled, nor repeated."""
    program = Program()
    program.keys.known.update(a=["run"], boss=["admin"])
    program.jobs.known["b1"] = job(owner="key b")

    assert getattr(program.caller("a", FAR), method)(f"{BASE}/{path}").status_code == 404
    assert program.jobs.calls == []
    assert getattr(program.caller("boss", FAR), method)(f"{BASE}/{path}").status_code in (200, 202)
