"""What a request says and no route reads is refused, not answered with a default."""

from __future__ import annotations

import pytest
from starlette.testclient import WebSocketDenialResponse

from tests.unit.api.program import Program, job

BASE = "/api/v1/risk-assessment"
SOCKET = f"ws://127.0.0.1:8501{BASE}/ws/b1"
KNOWN = ["name", "most", "currency", "crs", "encoding", "as_of"]


@pytest.mark.parametrize(
    ("path", "code", "values"),
    [
        (f"{BASE}/jobs?limitt=3", "unknown_parameter", {"known": ["status", "limit", "cursor"]}),
        (f"{BASE}/jobs?limit=3&limit=4", "parameter_repeated", {"name": "limit", "count": 2}),
        (f"{BASE}/jobs/b1?x=1", "unknown_parameter", {"name": "x", "known": []}),
        ("/tiles/grid/0/0/0.mvt?Scenario=ssp1", "unknown_parameter", {"name": "Scenario"}),
        ("/api/v1/portfolios/check?name=a.csv&currancy=USD", "unknown_parameter", {"known": KNOWN}),
    ],
)
def test_a_parameter_that_no_route_reads_is_named(path, code, values):
    """With those that are known, those of dependencies among them; so is one given twice."""
    answer = Program().caller().request("POST" if "check" in path else "GET", path)
    said = answer.json()
    assert (answer.status_code, said["code"]) == (422, code)
    assert values.items() <= said["values"].items()


def test_a_socket_with_an_unknown_parameter_is_refused():
    """Before it opens, with the same words."""
    program = Program()
    program.jobs.known["b1"] = job()
    with pytest.raises(WebSocketDenialResponse) as refused:
        program.caller().websocket_connect(f"{SOCKET}?since=3").__enter__()
    assert "'since' is not known" in refused.value.text


@pytest.mark.parametrize("path", ["/health?_=1", "/tiles/grid/0/0/0.mvt?pass=x"])
def test_what_pages_and_watchers_add_is_let_through(path):
    """The pass of a page's reader, and whatever a load balancer adds to a health check."""
    assert Program().caller().get(path).status_code == 200


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ('{"latitude": 37.5, "longitude": 127, "latitude": 35}', "latitude"),
        ('{"latitude": 37.5, "longitude": 127, "building": {"a": 1, "\\u0061": 2}}', "a"),
    ],
)
def test_a_key_that_stands_twice_in_a_body_is_named(body, name):
    """At any depth, however it is written; nothing is queued."""
    program = Program()
    said = program.caller().post(
        f"{BASE}/calculate", content=body, headers={"Content-Type": "application/json"}
    )
    assert (said.status_code, said.json()["code"]) == (422, "key_repeated")
    assert said.json()["values"] == {"name": name, "count": 2}
    assert program.submitted == []
