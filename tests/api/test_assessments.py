"""Calculate, status, socket, results: the requirements' calls."""

from __future__ import annotations

import pytest

from modelops_core.db.access.audit import Audit
from modelops_core.db.queue.job_queue import JobQueue
from modelops_core.errors import InvalidInput
from tests import world
from tests.waiting import wait_for
from tests.world import BUSAN, SEOUL

BASE = "/api/v1/risk-assessment"
PLACE = {"latitude": SEOUL[0], "longitude": SEOUL[1]}


def ended(client, request_id):
    return wait_for(
        lambda: (
            (s := client.get(f"{BASE}/status/{request_id}").json())["status"]
            not in ("queued", "running")
            and s
        )
    )


def test_from_question_to_answer(client):
    """202 with an id; the status counts to 100; the results have the requirements' shape."""
    asked = client.post(
        f"{BASE}/calculate", json={**PLACE, "risk_types": ["extreme_heat", "river_flood"]}
    )
    answer = asked.json()

    assert asked.status_code == 202
    assert set(answer) == {"request_id", "status", "websocket_url"}
    assert answer["websocket_url"] == f"ws://127.0.0.1:8501{BASE}/ws/{answer['request_id']}"
    assert ended(client, answer["request_id"]) == {
        "request_id": answer["request_id"],
        "status": "completed",
        "progress": 100,
        "current_step": "Completed",
        "error": None,
        "error_code": None,
        "error_values": None,
    }
    found = client.get(f"{BASE}/results/{SEOUL[0]}/{SEOUL[1]}").json()
    assert (found["scenario"], found["horizon"]) == ("ssp2", "2050s")
    for table, value in (
        ("exposure", "exposure_score"),
        ("vulnerability", "vulnerability_score"),
        ("aal_scaled", "final_aal"),
    ):
        assert set(found[table]) == {"extreme_heat", "river_flood"}
        assert value in found[table]["extreme_heat"]


def test_a_peril_named_twice_counts_once(client):
    """In the request, the job and the answer; it is the same job as once."""
    once, twice = (
        client.post(f"{BASE}/calculate", json={**PLACE, "risk_types": names}).json()
        for names in (["typhoon", "drought"], ["typhoon", "drought", "typhoon"])
    )
    assert once["request_id"] == twice["request_id"]
    assert ended(client, twice["request_id"])["status"] == "completed"
    job = client.get(f"{BASE}/jobs/{twice['request_id']}").json()
    keys = [(r["risk_type"], r["ssp_scenario"], r["horizon"]) for r in job["results"]["results"]]
    assert job["input_params"]["risk_types"] == ["typhoon", "drought"]
    assert len(keys) == len(set(keys)) > 0


def test_scenario_and_horizon_choose_the_row(client, site_app):
    """Two scenarios differ; the default is the requirements' call."""
    answer = site_app.assess({**PLACE, "as_of": 2025})
    rows = {
        (r["risk_type"], r["ssp_scenario"], r["horizon"]): r["final_aal"] for r in answer["results"]
    }
    for scenario, horizon in (("ssp2", "2050s"), ("ssp5", "2090s"), ("ssp1", "baseline")):
        found = client.get(
            f"{BASE}/results/{SEOUL[0]}/{SEOUL[1]}",
            params={"scenario": scenario, "horizon": horizon},
        ).json()
        assert (
            found["aal_scaled"]["extreme_heat"]["final_aal"]
            == rows["extreme_heat", scenario, horizon]
        )


def test_the_socket_tells_every_stage_and_ends_with_the_results(idle, site_app):
    """Progress never falls; the last message is the whole answer."""
    request_id = idle.post(f"{BASE}/calculate", json=PLACE).json()["request_id"]
    messages = []
    with idle.websocket_connect(f"ws://127.0.0.1:8501{BASE}/ws/{request_id}") as socket:
        messages.append(socket.receive_json())
        pool = site_app.worker_pool(1)
        pool.start()
        while messages[-1]["status"] in ("queued", "running"):
            messages.append(socket.receive_json())
        pool.stop()
    progress = [m["progress"] for m in messages]

    assert messages[0] == {"progress": 0, "status": "queued", "step": None}
    assert progress == sorted(progress)
    assert {10, 50, 80, 95, 100} <= set(progress)
    assert "Fetching H and P(H)" in {m["step"] for m in messages}
    assert messages[-1]["status"] == "completed"
    assert messages[-1]["results"] == site_app.jobs.get(request_id).results
    assert len(messages[-1]["results"]["results"]) == world.SITE_ROWS


def test_a_socket_on_an_ended_job_says_so_at_once(client, site_app):
    """One message: history is there for late comers, failures with their reason."""
    done = site_app.assess({**PLACE, "as_of": 2025})["batch_id"]
    failed = site_app.jobs.create("nobody works on this", {})
    values = {"field": "floors_above", "value": 500, "low": 0, "high": 200, "unit": "storeys"}
    site_app.jobs.fail(failed, InvalidInput("out_of_range", **values))
    with client.websocket_connect(f"ws://127.0.0.1:8501{BASE}/ws/{done}") as socket:
        assert socket.receive_json()["status"] == "completed"
    with client.websocket_connect(f"ws://127.0.0.1:8501{BASE}/ws/{failed}") as socket:
        said = socket.receive_json()
    assert said["error"] == "floors_above: 500 lies outside 0 to 200 storeys."
    assert (said["error_code"], said["error_values"]) == ("out_of_range", values)
    listed = client.get(f"{BASE}/jobs/{failed}").json()
    assert (listed["error_code"], listed["error_values"]) == ("out_of_range", values)


def test_the_same_request_is_the_same_job(idle, site_app):
    """Two clicks, one job; when it has ended, a new one."""
    first, second = (
        idle.post(f"{BASE}/calculate", json=PLACE).json()["request_id"] for _ in range(2)
    )
    other = idle.post(f"{BASE}/calculate", json={**PLACE, "parameter_set": "high"}).json()[
        "request_id"
    ]
    site_app.jobs.fail(first, "done")
    third = idle.post(f"{BASE}/calculate", json=PLACE).json()["request_id"]

    assert first == second
    assert len({first, other, third}) == 3


@pytest.mark.parametrize(
    ("body", "field", "sentence"),
    [
        ({"latitude": 52.5, "longitude": 13.4}, "body.latitude", "38.7"),
        ({"latitude": "north", "longitude": 127}, "body.latitude", "number"),
        ({"longitude": 127}, "body.latitude", "required"),
        ({**PLACE, "risk_types": ["Robert'); DROP TABLE"]}, "body.risk_types.0", "pattern"),
        ({**PLACE, "corrections": {"floors_above": 500}}, "body.corrections.floors_above", "200"),
        ({**PLACE, "corrections": {"height": 3}}, "body.corrections.height", "not permitted"),
        (
            {**PLACE, "corrections": {"structure": "RC\u0000"}},
            "body.corrections.structure",
            "pattern",
        ),
        ({**PLACE, "parameter_set": "best"}, "body.parameter_set", "central"),
        ({**PLACE, "as_of": 1999}, "body.as_of", "not permitted"),
    ],
)
def test_wrong_input_is_422_and_names_the_field(idle, body, field, sentence):
    """A problem document; nothing is queued."""
    answer = idle.post(f"{BASE}/calculate", json=body)
    problem = answer.json()

    assert (answer.status_code, problem["status"]) == (422, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert field in [e["field"] for e in problem["errors"]]
    assert sentence in problem["detail"]
    assert {job["job_type"] for job in idle.get(f"{BASE}/jobs").json()["jobs"]} == {"nightly"}


@pytest.mark.parametrize(
    ("body", "sentence", "code", "value"),
    [
        (
            {"latitude": 36.0, "longitude": 125.0},
            "lies in the sea or outside South Korea",
            "in_the_sea",
            {"latitude": 36.0},
        ),
        (
            {**PLACE, "risk_types": ["locusts"]},
            "peril 'locusts': choose from",
            "not_one_of",
            {"value": ["locusts"]},
        ),
    ],
)
def test_the_sea_and_unknown_perils_are_422_with_the_sentence(idle, body, sentence, code, value):
    """Before a job is made; a program reads the code and the values beside it."""
    answer = idle.post(f"{BASE}/calculate", json=body)
    assert answer.status_code == 422
    found = answer.json()
    assert sentence in found["detail"]
    assert found["code"] == code
    assert value.items() <= found["values"].items()


@pytest.mark.parametrize(
    "forged",
    ["550e8400-e29b-41d4-a716-446655440000", "1", "' OR 1=1 --", "%00", "..%2f..%2fetc%2fpasswd"],
)
@pytest.mark.parametrize("path", ["status/{}", "jobs/{}"])
def test_unknown_and_forged_ids_are_404(idle, path, forged):
    """Never 500, and never another answer than for no job."""
    answer = idle.get(f"{BASE}/{path.format(forged)}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_no_stored_assessment_is_404_with_the_way_out(idle):
    """Not an empty answer that looks like no risk."""
    answer = idle.get(f"{BASE}/results/{BUSAN[0]}/{BUSAN[1]}")
    assert answer.status_code == 404
    assert "POST" in answer.json()["detail"]
    assert answer.json()["code"] == "no_assessment"


def test_a_full_queue_is_503_with_retry_after(idle, site_app):
    """Back-pressure: refused, not forgotten."""
    site_app.__dict__["jobs"] = JobQueue(site_app.worker, queue_limit=2)
    answers = [
        idle.post(f"{BASE}/calculate", json={**PLACE, "corrections": {"floors_above": n}})
        for n in range(1, 4)
    ]

    assert [a.status_code for a in answers] == [202, 202, 503]
    assert int(answers[2].headers["retry-after"]) > 0
    assert "2 jobs wait" in answers[2].json()["detail"]


def test_pages_of_jobs(idle, site_app):
    """Every job once, the latest first, whatever is added meanwhile."""
    ids = [site_app.jobs.create("a", {"n": n}) for n in range(7)]
    seen, cursor = [], None
    while True:
        page = idle.get(
            f"{BASE}/jobs", params={"limit": 3, **({"cursor": cursor} if cursor else {})}
        ).json()
        seen += [job["request_id"] for job in page["jobs"]]
        cursor = page["next"]
        if cursor is None:
            break
        site_app.jobs.create("late", {})

    assert seen[:-1] == ids[::-1]
    assert site_app.jobs.get(seen[-1]).job_type == "nightly"
    assert idle.get(f"{BASE}/jobs", params={"status": "failed"}).json()["jobs"] == []
    for bad in (
        {"limit": 0},
        {"limit": 501},
        {"status": "lost"},
        {"cursor": "bm9uc2Vuc2U="},
        {"cursor": "ü"},
    ):
        assert idle.get(f"{BASE}/jobs", params=bad).status_code == 422


def test_cancel_and_retry(idle, site_app):
    """A waiting job ends at once; its repetition has the same input and knows its origin."""
    request_id = idle.post(f"{BASE}/calculate", json=PLACE).json()["request_id"]
    assert idle.post(f"{BASE}/jobs/{request_id}/retry").status_code == 422
    assert idle.post(f"{BASE}/jobs/{request_id}/cancel").json()["status"] == "cancelled"
    again = idle.post(f"{BASE}/jobs/{request_id}/cancel")
    repeated = idle.post(f"{BASE}/jobs/{request_id}/retry").json()["request_id"]
    jobs = [idle.get(f"{BASE}/jobs/{i}").json() for i in (request_id, repeated)]

    assert again.status_code == 422
    assert "it is cancelled" in again.json()["detail"]
    assert jobs[0]["input_params"] == jobs[1]["input_params"]
    assert jobs[1]["retry_of"] == request_id
    assert [(a["actor"], a["action"]) for a in Audit(site_app.owner).recent()] == [
        ("local", "retry"),
        ("local", "cancel"),
        ("local", "assess"),
    ]


def test_a_job_keeps_its_steps_and_durations(client):
    """What the Jobs page shows."""
    request_id = client.post(f"{BASE}/calculate", json=PLACE).json()["request_id"]
    ended(client, request_id)
    job = client.get(f"{BASE}/jobs/{request_id}").json()

    assert {
        "place",
        "exposure",
        "vulnerability",
        "scaled_aal",
        "total",
    } <= set(job["durations"])
    assert job["durations"]["total"] >= max(v for k, v in job["durations"].items() if k != "total")
    assert job["logs"][0]["step"] == "Finding the place"
