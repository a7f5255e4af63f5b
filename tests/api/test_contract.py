"""The API against its own description (schemathesis), and against anything at all (hypothesis)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode, checks
from starlette.testclient import TestClient

from modelops_core.api import create
from modelops_core.bootstrap import App
from modelops_core.db.queue.jobs import _position
from modelops_core.errors import InvalidInput
from tests.api.conftest import LOCAL, serving
from tests.world import BUSAN, SEOUL

BASE = "/api/v1/risk-assessment"
PORTFOLIOS = "/api/v1/portfolios"
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
QUICK = settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.function_scoped_fixture,
    ],
)


@pytest.fixture(scope="module")
def address(nightly_app: App) -> Iterator[str]:
    """After a nightly run, nobody works: jobs pile up, and that is no error."""
    with serving(nightly_app, workers=False) as url:
        yield url
    with nightly_app.owner.begin() as connection:
        connection.exec_driver_sql("DELETE FROM modelops.batch_jobs WHERE job_type <> 'nightly'")
        connection.exec_driver_sql("DELETE FROM modelops.audit_log")


@pytest.fixture(scope="module")
def api(address: str) -> schemathesis.BaseSchema:
    """The description as the server gives it; a body that is too large is refused as such."""
    refused = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429]
    config = schemathesis.Config.from_dict(
        {"checks": {"negative_data_rejection": {"expected-statuses": refused}}}
    )
    return schemathesis.openapi.from_url(f"{address}/api/openapi.json", config=config)


OPERATIONS = [
    "GET /health",
    "GET /health/ready",
    "GET /health/db",
    "GET /metrics",
    "GET /api/v1/layers/{risk_type}.geojson",
    "GET /api/v1/places",
    "GET /tiles/{layer}/{z}/{x}/{y}.mvt",
    f"POST {BASE}/calculate",
    f"POST {BASE}/hazard-curves",
    f"GET {BASE}/status/{{request_id}}",
    f"GET {BASE}/results/{{latitude}}/{{longitude}}",
    f"GET {BASE}/jobs",
    f"GET {BASE}/jobs/{{request_id}}",
    f"GET {BASE}/jobs/{{request_id}}/report.pdf",
    f"GET {BASE}/jobs/{{request_id}}/rating",
    f"POST {BASE}/jobs/{{request_id}}/cancel",
    f"POST {BASE}/jobs/{{request_id}}/retry",
    f"GET {PORTFOLIOS}",
    f"POST {PORTFOLIOS}",
    f"POST {PORTFOLIOS}/check",
    f"GET {PORTFOLIOS}/{{version_id}}",
    f"POST {PORTFOLIOS}/{{version_id}}/runs",
    f"GET {PORTFOLIOS}/runs/{{run_id}}",
    f"GET {PORTFOLIOS}/runs/{{run_id}}/sums",
    f"GET {PORTFOLIOS}/runs/{{run_id}}/sites",
    f"GET {PORTFOLIOS}/runs/{{run_id}}/files/{{file}}",
    f"GET {PORTFOLIOS}/runs/{{run_id}}/reports",
    f"POST {PORTFOLIOS}/runs/{{run_id}}/reports",
    f"GET {PORTFOLIOS}/runs/{{run_id}}/reports/{{number}}.{{kind}}",
    f"POST {PORTFOLIOS}/runs/{{run_id}}/reports/{{number}}/signature",
]


def test_every_operation_is_described(api):
    """The list below is the whole API but its socket."""
    assert {result.ok().label for result in api.get_all_operations()} == set(OPERATIONS)


FITTING = [(label, GenerationMode.POSITIVE) for label in OPERATIONS]
#: what takes no parameters cannot be asked wrongly
UNFITTING = [
    (label, GenerationMode.NEGATIVE) for label in OPERATIONS if "{" in label or BASE in label
]


@pytest.mark.parametrize(("label", "mode"), FITTING + UNFITTING)
def test_no_request_breaks_the_description(api, label, mode):
    """What is described comes back, whatever is sent; nothing is 5xx."""
    operation = next(
        o for o in (result.ok() for result in api.get_all_operations()) if o.label == label
    )

    @QUICK
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case):
        case.call_and_validate(checks=CHECKS)

    run()


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3)
    ),
    max_leaves=8,
)
POINTS = st.sampled_from([SEOUL, BUSAN, (36.0, 125.0), (91.0, 0.0)])


@st.composite
def questions(draw: st.DrawFn) -> dict:
    """Almost right: a point, and something else in one or two fields."""
    latitude, longitude = draw(POINTS)
    body = {"latitude": latitude, "longitude": longitude}
    names = ["latitude", "longitude", "risk_types", "corrections", "parameter_set", "as_of", "x"]
    for name in draw(st.lists(st.sampled_from(names), max_size=2, unique=True)):
        body[name] = draw(ANYTHING)
    return body


@pytest.fixture(scope="module")
def inside(nightly_app: App, address: str) -> TestClient:
    """Without a port, so that hundreds of requests take a second."""
    return TestClient(create(nightly_app), "http://127.0.0.1:8501", client=LOCAL)


@settings(QUICK, max_examples=200)
@given(body=questions())
def test_any_question_is_answered_or_refused(inside, body):
    """202 or a problem document that names what is wrong."""
    answer = inside.post(
        f"{BASE}/calculate", content=json.dumps(body), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in (202, 400, 422), answer.text
    assert answer.status_code == 202 or answer.headers["content-type"] == "application/problem+json"


@settings(QUICK, max_examples=200)
@given(
    body=st.binary(max_size=200),
    kind=st.sampled_from(
        ["application/json", "text/plain", "multipart/form-data; boundary=x", "\u00ff"]
    ),
)
def test_any_bytes_are_refused(inside, body, kind):
    """No body at random is a question."""
    answer = inside.post(
        f"{BASE}/calculate", content=body, headers={"Content-Type": kind.encode("latin-1")}
    )
    assert answer.status_code in (400, 415, 422), answer.text


SEGMENTS = st.text(st.characters(codec="utf-8"), max_size=30)


@settings(QUICK, max_examples=300)
@given(
    path=st.sampled_from(
        [
            BASE + "/status/{}",
            BASE + "/jobs/{}",
            BASE + "/results/{}/127",
            "/api/v1/layers/{}.geojson",
            "/tiles/{}/1/1/1.mvt",
            "/tiles/grid/{}/1/1.mvt",
            BASE + "/jobs?cursor={}",
            BASE + "/jobs?limit={}",
            "/tiles/grid/8/1/1.mvt?risk_type={}",
            "/api/v1/layers/extreme_heat.geojson?scenario={}",
        ]
    ),
    text=SEGMENTS,
)
def test_any_address_is_answered_or_refused(inside, path, text):
    """Paths and queries of any characters, quotes and NULs among them."""
    answer = inside.get(path.format(quote(text, safe="")))
    assert answer.status_code in (200, 204, 404, 422), answer.text


@given(cursor=st.text(max_size=60))
@settings(QUICK, max_examples=200)
def test_cursors_are_parsed_or_refused(cursor):
    """No string crashes the parser."""
    try:
        moment, batch_id = _position(cursor)
    except InvalidInput:
        return
    assert moment.tzinfo is not None
    assert len(batch_id) == 36
