"""Which addresses of the server are the API's."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.routing import Match
from starlette.testclient import TestClient

from modelops_core import api
from modelops_core.api.paths import PathPrefixes
from modelops_core.api.server import PREFIXES
from tests.unit.api.program import LOCAL, Program, job


@pytest.mark.parametrize(
    ("path", "kind", "match"),
    [
        ("/api", "http", Match.FULL),
        ("/api/v1/x", "http", Match.FULL),
        ("/api/v1/ws", "websocket", Match.FULL),
        ("/tiles/grid/1/1/1.mvt", "http", Match.FULL),
        ("/metrics", "http", Match.FULL),
        ("/health/db", "http", Match.FULL),
        ("/apiary", "http", Match.NONE),
        ("/healthy", "http", Match.NONE),
        ("/", "http", Match.NONE),
        ("/pages/api", "http", Match.NONE),
        ("/api", "lifespan", Match.NONE),
    ],
)
def test_a_prefix_counts_at_whole_segments(path, kind, match):
    """What only begins with the same letters is the dashboard's."""

    async def nobody(scope, receive, send):
        """Never called here."""

    found, more = PathPrefixes(nobody, PREFIXES).matches({"type": kind, "path": path})
    assert (found, more) == (match, {})


def test_a_report_beside_the_pages_has_the_link_of_its_job():
    """The router of the pages does not know the routes of the API."""
    program = Program()
    program.jobs.known["b1"] = job(status="completed")
    served = TestClient(Starlette(routes=api.routes(program)), "http://127.0.0.1", client=LOCAL)
    path = "/api/v1/risk-assessment/jobs/b1"
    assert served.get(f"{path}/report.pdf").status_code == 200
    assert program.reported[0][1]["link"] == f"http://127.0.0.1{path}"
