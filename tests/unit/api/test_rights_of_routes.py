"""Every route as each caller: without a key, and with a key of each scope."""

from __future__ import annotations

import pytest

from modelops_core.api import create
from modelops_core.domain.access import LEAST, ROLES, SCOPES, UseCase
from tests.unit.api.program import FAR, Program, job

BASE = "/api/v1/risk-assessment"
PORTFOLIOS = "/api/v1/portfolios"
#: what each route that needs no key shows nobody anything about
OPEN = {"/health", "/health/ready"}
RIGHTS = {
    f"POST {BASE}/calculate": UseCase.assess,
    f"POST {BASE}/jobs/{{request_id}}/cancel": UseCase.cancel_job,
    f"POST {BASE}/jobs/{{request_id}}/retry": UseCase.retry_job,
    f"POST {PORTFOLIOS}": UseCase.assess,
    f"POST {PORTFOLIOS}/check": UseCase.assess,
    f"POST {PORTFOLIOS}/{{version_id}}/runs": UseCase.assess,
    f"POST {PORTFOLIOS}/runs/{{run_id}}/reports": UseCase.assess,
    f"POST {PORTFOLIOS}/runs/{{run_id}}/reports/{{number}}/signature": UseCase.sign_report,
}
VALUES = {
    "request_id": "b1",
    "latitude": "37.5",
    "longitude": "127",
    "risk_type": "wildfire",
    "layer": "grid",
    "z": "0",
    "x": "0",
    "y": "0",
    "version_id": "1",
    "run_id": "1",
    "file": "sites.csv",
    "number": "1",
    "kind": "pdf",
}


def routes():
    """Method and path of all routes that ask for a key."""
    described = create(Program()).openapi()["paths"]
    return sorted(
        f"{method.upper()} {path}"
        for path, methods in described.items()
        for method in methods
        if path not in OPEN
    )


@pytest.mark.parametrize("route", routes())
def test_who_may_call_a_route(route):
    """401 without a key and with a made-up one, 403 where the scope lacks, never otherwise."""
    method, path = route.split()
    least = ROLES.index(LEAST[RIGHTS.get(route, UseCase.look)])
    program = Program()
    program.keys.known = {SCOPES[role]: [SCOPES[role]] for role in ROLES}
    program.jobs.known["b1"] = job(owner="key run")
    filled = path.format(**VALUES)

    for key in (None, "made-up"):
        assert program.caller(key, FAR).request(method, filled).status_code == 401
    for number, role in enumerate(ROLES):
        body = {"latitude": 37.5, "longitude": 127.0} if method == "POST" else None
        answer = program.caller(SCOPES[role], FAR).request(method, filled, json=body)
        assert (answer.status_code == 403) is (number < least), (role, answer.text)
        assert answer.status_code != 401


def test_every_right_above_reading_is_a_route():
    """A renamed route takes its line of the table along; refusals without a key are noted once."""
    assert set(RIGHTS) <= set(routes())
    program = Program()
    caller = program.caller(None, FAR)
    assert [caller.get(f"{BASE}/jobs").status_code for _ in range(3)] == [401] * 3
    assert program.audit.notes == [("nobody", "unauthenticated", f"{BASE}/jobs", FAR[0], {})]
