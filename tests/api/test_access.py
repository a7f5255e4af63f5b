"""Keys, rights, other people's jobs, and what is refused before the routes."""

from __future__ import annotations

import io
import json
import re

import pytest
import structlog
from starlette.testclient import TestClient, WebSocketDenialResponse
from typer.testing import CliRunner

from modelops_core.api import create
from modelops_core.api.access import of_key
from modelops_core.api.buckets import TokenBuckets
from modelops_core.cli import keys as command
from modelops_core.db.access.audit import Audit
from modelops_core.db.access.keys import Keys
from modelops_core.errors import InvalidInput
from modelops_core.jobs import logs
from tests.api.conftest import FAR, LOCAL
from tests.world import SEOUL

BASE = "/api/v1/risk-assessment"
PLACE = {"latitude": SEOUL[0], "longitude": SEOUL[1]}
JOBS = f"{BASE}/jobs"


def caller(app, key=None, address=FAR, **headers):
    if key is not None:
        headers["Authorization"] = f"Bearer {key}"
    return TestClient(create(app), "http://127.0.0.1:8501", client=address, headers=headers)


def with_settings(app, **more):
    """*app* under other settings."""
    app.__dict__["settings"] = app.settings.model_copy(update=more)
    return app


def test_this_machine_needs_no_key_all_others_do(site_app):
    """Also through a proxy on this machine."""
    assert caller(site_app, address=LOCAL).get(JOBS).status_code == 200
    for client in (
        caller(site_app),
        caller(site_app, address=LOCAL, **{"X-Forwarded-For": "203.0.113.7"}),
    ):
        answer = client.get(JOBS)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert caller(site_app).get("/health").status_code == 200


def test_access_on_asks_everybody(site_app, key):
    """MODELOPS_ACCESS=on: this machine too."""
    app = with_settings(site_app, access="on")
    assert caller(app, address=LOCAL).get(JOBS).status_code == 401
    assert caller(app, key(), address=LOCAL).get(JOBS).status_code == 200
    assert caller(app, address=LOCAL, **{"X-API-Key": key()}).get(JOBS).status_code == 200


@pytest.mark.parametrize(
    "made_up", ["", "mo_", "mo_00000000_" + "x" * 43, "x" * 5000, "' OR ''='", "\u00e9"]
)
def test_made_up_keys_are_401(site_app, made_up):
    """None of them reaches a query as text."""
    client = caller(site_app)
    answer = client.get(JOBS, headers={"X-API-Key": made_up.encode("latin-1")})
    assert answer.status_code == 401
    assert answer.json()["code"] == "key_invalid"


def test_scopes(site_app, key):
    """read reads, run runs, and a refusal is recorded."""
    reader, runner = caller(site_app, key("read", name="reader")), caller(site_app, key("run"))
    assert reader.get(JOBS).status_code == 200
    refused = reader.post(f"{BASE}/calculate", json=PLACE)
    assert refused.status_code == 403
    assert "'run'" in refused.json()["detail"]
    assert runner.post(f"{BASE}/calculate", json=PLACE).status_code == 202
    actions = [
        (a["action"], a["actor"].split("(")[-1].rstrip(")")) for a in Audit(site_app.owner).recent()
    ]
    assert actions == [("assess", "tests"), ("refused", "reader")]


def test_revoked_and_expired_keys_end_at_once(site_app, key):
    """The next request is refused; its hash alone is in the database."""
    first, second = key(), key(days=1)
    keys = Keys(site_app.owner)
    assert caller(site_app, first).get(JOBS).status_code == 200
    keys.revoke(first.split("_")[1])
    with site_app.owner.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE modelops.api_keys SET expires_at = now() - interval '1 s' WHERE expires_at IS NOT NULL"
        )
        stored = str(connection.exec_driver_sql("SELECT * FROM modelops.api_keys").all())
    assert caller(site_app, first).get(JOBS).status_code == 401
    assert caller(site_app, second).get(JOBS).status_code == 401
    assert first.split("_", 2)[2] not in stored
    with pytest.raises(InvalidInput, match="no valid key"):
        keys.revoke(first.split("_")[1])


def test_the_list_says_which_keys_are_valid(site_app, key, monkeypatch):
    """Expired and revoked ones are none; the time is the database's."""
    monkeypatch.setattr(command, "app", lambda: site_app)
    made = {
        state: key(name=state, days=1).split("_")[1] for state in ("valid", "expired", "revoked")
    }
    Keys(site_app.owner).revoke(made["revoked"])
    with site_app.owner.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE modelops.api_keys SET expires_at = now() WHERE name IN ('expired', 'revoked')"
        )
    lines = CliRunner().invoke(command.verbs, ["list"]).output.splitlines()
    said = {line.split()[0]: line.split()[1] for line in lines}
    assert {state: said[key_id] for state, key_id in made.items()} == {s: s for s in made}


def test_keys_on_the_command_line(site_app, monkeypatch):
    """Shown once, listed without it, revoked; every act is in the audit log."""
    monkeypatch.setattr(command, "app", lambda: site_app)
    run = CliRunner().invoke
    made = run(command.verbs, ["add", "GIS team", "--scope", "run", "--days", "30"])
    [key] = re.findall(r"mo_[0-9a-f]{8}_[\w-]{43}", made.output)
    assert caller(site_app, key).post(f"{BASE}/calculate", json=PLACE).status_code == 202
    listed = run(command.verbs, ["list"]).output
    assert "GIS team" in listed
    assert key not in listed
    run(command.verbs, ["revoke", key.split("_")[1]])
    assert "revoked" in run(command.verbs, ["list"]).output
    assert caller(site_app, key).get(JOBS).status_code == 401
    assert [a["action"] for a in Audit(site_app.owner).recent()] == [
        "unauthenticated",
        "revoke key",
        "assess",
        "add key",
    ]
    own = run(command.verbs, ["add", "Kim", "--person", " Kim@B.kr "]).output
    [key] = re.findall(r"mo_[0-9a-f]{8}_[\w-]{43}", own)
    assert of_key(Keys(site_app.worker).check(key), "here").person == "kim@b.kr"
    assert "Kim <kim@b.kr>" in run(command.verbs, ["list"]).output
    for wrong in (
        ["add", ""],
        ["add", "x", "--scope", "root"],
        ["add", "x", "--person", "x"],
        ["revoke", "nothing"],
    ):
        assert isinstance(run(command.verbs, wrong).exception, InvalidInput)


def test_the_dashboard_cannot_read_keys_or_audit(site_app, key):
    """Nor can the worker change what was done."""
    key()
    for engine, statement in (
        (site_app.reader, "SELECT key_hash FROM modelops.api_keys"),
        (site_app.reader, "SELECT * FROM modelops.audit_log"),
        (site_app.worker, "UPDATE modelops.audit_log SET actor = 'nobody'"),
        (site_app.worker, "UPDATE modelops.api_keys SET scopes = '{admin}'"),
        (site_app.worker, "UPDATE modelops.portfolio_report_versions SET made_person = 'a@b.kr'"),
        (site_app.worker, "DELETE FROM modelops.portfolio_report_versions"),
        (
            site_app.worker,
            "INSERT INTO modelops.api_keys (key_id, name, key_hash, scopes) VALUES ('a', 'a', 'a', '{admin}')",
        ),
    ):
        with engine.connect() as connection, pytest.raises(Exception, match="permission denied"):
            connection.exec_driver_sql(statement)


def test_another_users_job_is_404(site_app, key):
    """Status, job, cancel, retry, socket and list: as if it were not there; an administrator sees it."""
    mine, other, admin = (
        caller(site_app, key(scope, name=scope)) for scope in ("run", "run", "admin")
    )
    request_id = mine.post(f"{BASE}/calculate", json=PLACE).json()["request_id"]
    same = other.post(f"{BASE}/calculate", json=PLACE).json()["request_id"]
    assert same != request_id  # sharing a job would show it
    calls = [
        ("get", f"{BASE}/status/{request_id}"),
        ("get", f"{JOBS}/{request_id}"),
        ("post", f"{JOBS}/{request_id}/cancel"),
        ("post", f"{JOBS}/{request_id}/retry"),
    ]
    for method, path in calls:
        answer = getattr(other, method)(path)
        missing = getattr(other, method)(
            path.replace(request_id, "550e8400-e29b-41d4-a716-446655440000")
        )
        assert (answer.status_code, missing.status_code) == (404, 404)
        assert answer.json()["title"] == missing.json()["title"]
    with (
        pytest.raises(WebSocketDenialResponse) as denied,
        other.websocket_connect(f"ws://127.0.0.1{BASE}/ws/{request_id}"),
    ):
        pass
    assert denied.value.status_code == 404
    assert [j["request_id"] for j in other.get(JOBS).json()["jobs"]] == [same]
    assert {request_id, same} <= {j["request_id"] for j in admin.get(JOBS).json()["jobs"]}
    assert mine.get(f"{JOBS}/{request_id}").status_code == 200


def test_sockets_need_a_key_too(site_app):
    """401 instead of an open socket."""
    batch_id = site_app.jobs.create("a", {})
    with (
        pytest.raises(WebSocketDenialResponse) as denied,
        caller(site_app).websocket_connect(f"ws://127.0.0.1{BASE}/ws/{batch_id}"),
    ):
        pass
    assert denied.value.status_code == 401


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "localhost@evil.example"]
)
def test_foreign_hosts_are_refused(site_app, host):
    """A page that rebinds its name to 127.0.0.1 gets nothing."""
    assert caller(site_app, address=LOCAL).get(JOBS, headers={"Host": host}).status_code == 400


def test_named_hosts_are_let_in(site_app, key):
    """MODELOPS_HOSTS, with and without a port."""
    app = with_settings(site_app, hosts="risk.example.kr, 10.0.0.5")
    for host in (
        "risk.example.kr",
        "RISK.example.kr:8501",
        "10.0.0.5:80",
        "localhost",
        "[::1]:8501",
    ):
        assert caller(app, key()).get(JOBS, headers={"Host": host}).status_code == 200


def test_pages_of_other_sites_cannot_act_on_this_machine(site_app):
    """No change, no socket and no reading by script; a page of this server may."""
    client = caller(site_app, address=LOCAL)
    foreign = {"Origin": "https://evil.example"}
    request_id = site_app.jobs.create("a", {})
    assert client.post(f"{BASE}/calculate", json=PLACE, headers=foreign).status_code == 403
    assert "access-control-allow-origin" not in client.get(JOBS, headers=foreign).headers
    with (
        pytest.raises(WebSocketDenialResponse),
        client.websocket_connect(f"ws://127.0.0.1{BASE}/ws/{request_id}", headers=foreign),
    ):
        pass
    assert (
        client.post(
            f"{BASE}/calculate", json=PLACE, headers={"Origin": "http://127.0.0.1:8501"}
        ).status_code
        == 202
    )
    typed = client.post(
        f"{BASE}/calculate", content=json.dumps(PLACE), headers={"Content-Type": "text/plain"}
    )
    assert typed.status_code in (415, 422)


def test_cors_is_closed_but_for_named_origins(site_app, key):
    """MODELOPS_CORS_ORIGINS opens for these and no others."""
    app = with_settings(site_app, cors_origins="https://map.example.kr")
    client = caller(app, key())
    asked = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    allowed = caller(app).options(
        f"{BASE}/calculate", headers={"Origin": "https://map.example.kr", **asked}
    )
    assert allowed.headers["access-control-allow-origin"] == "https://map.example.kr"
    assert client.get(JOBS, headers={"Origin": "https://map.example.kr"}).headers[
        "access-control-allow-origin"
    ]
    assert (
        "access-control-allow-origin"
        not in client.get(JOBS, headers={"Origin": "https://evil.example"}).headers
    )


def test_bodies_have_a_limit(site_app):
    """By the length announced, and by what comes where none is announced."""
    client = caller(site_app, address=LOCAL)
    big = (
        b'{"latitude": 37.5, "longitude": 127.0, "corrections": {"structure": "'
        + b"x" * 70_000
        + b'"}}'
    )
    announced = client.post(
        f"{BASE}/calculate", content=big, headers={"Content-Type": "application/json"}
    )
    chunks = (big[i : i + 1000] for i in range(0, len(big), 1000))
    streamed = client.post(
        f"{BASE}/calculate", content=chunks, headers={"Content-Type": "application/json"}
    )
    forged = client.post(f"{BASE}/calculate", content=b"{}", headers={"Content-Length": "-5"})
    assert announced.status_code == streamed.status_code == forged.status_code == 413
    assert streamed.headers["content-type"] == "application/problem+json"


def test_deep_and_odd_json_is_refused(site_app):
    """Nesting, NaN, huge integers, lone surrogates, no UTF-8: 400 or 422."""
    client = caller(site_app, address=LOCAL)
    odd = [
        b"[" * 20_000,
        b'{"latitude": NaN, "longitude": 127}',
        b'{"latitude": 1' + b"0" * 5000 + b', "longitude": 127}',
        b'{"latitude": 37.5, "longitude": 127, "corrections": {"structure": "\\ud800"}}',
        b"\xff\xfe",
        b"",
        b"null",
        b'{"latitude": 1e999, "longitude": 127}',
        b'{"latitude": 37.5, "longitude": 127, "corrections": {"asset_value": true}}',
    ]
    for body in odd:
        answer = client.post(
            f"{BASE}/calculate", content=body, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code in (400, 422), body[:60]
        assert answer.headers["content-type"] == "application/problem+json"


def test_rates_are_limited_for_those_with_keys(site_app, key):
    """A bunch, then 429 with the time to wait; this machine is not counted."""
    app = with_settings(site_app, rate_per_minute=20)
    client, here = caller(app, key()), caller(app, address=LOCAL)
    answers = [client.get(JOBS) for _ in range(7)]
    assert [a.status_code for a in answers] == [200] * 5 + [429] * 2
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 3
    assert {here.get(JOBS).status_code for _ in range(30)} == {200}


def test_buckets_fill_with_time_and_forget():
    """One a second; a clock that goes back takes nothing away."""
    now = [100.0]
    buckets = TokenBuckets(60, lambda: now[0])
    assert [buckets.take("a") for _ in range(15)] == [None] * 15
    assert buckets.take("a") == pytest.approx(1)
    now[0] = 50.0
    assert buckets.take("a") == pytest.approx(1)
    now[0] = 51.0
    assert buckets.take("a") is None
    assert buckets.take("b") is None
    for n in range(10_001):
        buckets.take(f"c{n}")
    assert len(buckets._levels) == 10_000


def test_every_answer_carries_the_security_headers(site_app):
    """Refusals and problems too."""
    client = caller(site_app, address=LOCAL)
    for answer in (
        client.get(JOBS),
        client.get("/api/nothing"),
        client.get(JOBS, headers={"Host": "evil"}),
    ):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/tiles/../../etc/passwd",
        "/tiles/%2e%2e/%2e%2e/etc/passwd",
        "/api/v1/layers/..%2f..%2fetc%2fpasswd.geojson",
        "/api/../app.py",
    ],
)
def test_path_traversal_finds_nothing(site_app, path):
    """There are no files behind these routes."""
    answer = caller(site_app, address=LOCAL).get(path)
    assert answer.status_code in (404, 422)
    assert b"root:" not in answer.content


def test_access_off_asks_nobody(site_app):
    """For a gateway in front."""
    assert caller(with_settings(site_app, access="off")).get(JOBS).status_code == 200


def test_logs_are_json_without_secrets():
    """With the job's id, and stars for what nobody may read."""
    stream = io.StringIO()
    before = structlog.get_config()
    logs.configure(stream)
    try:
        structlog.get_logger().bind(batch_id="b1").info(
            "called",
            authorization="Bearer x",
            reason="mo_0123abcd_s3cr-et at postgresql://me:pass@host/db",
        )
        try:
            raise ValueError("mo_0123abcd_s3cr-et")
        except ValueError:
            structlog.get_logger().exception("broken")
    finally:
        structlog.configure(**before)
    first, second = map(json.loads, stream.getvalue().splitlines())

    assert (first["event"], first["batch_id"], first["level"]) == ("called", "b1", "info")
    assert re.match(r"\d{4}-\d\d-\d\dT", first["timestamp"])
    assert first["authorization"] == "***"
    assert first["reason"] == "*** at postgresql://me:***@host/db"
    assert "s3cr" not in second["exception"]
    assert "ValueError" in second["exception"]
