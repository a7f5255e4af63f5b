"""What the routes ask of the program and what they answer, without a database."""

from __future__ import annotations

import pytest

from modelops_core.services.portfolio.rating import Rank, Standing
from tests.unit.api.program import FAR, LOCAL, Program, job

BASE = "/api/v1/risk-assessment"
PLACE = {"latitude": 37.5, "longitude": 127.0}


@pytest.mark.parametrize(
    ("url", "scheme"), [("http://127.0.0.1:8501", "ws"), ("https://127.0.0.1:8501", "wss")]
)
def test_the_socket_is_as_safe_as_the_request(url, scheme):
    """Behind https its address is wss."""
    answer = Program().caller(url=url).post(f"{BASE}/calculate", json=PLACE).json()
    assert answer["websocket_url"] == f"{scheme}://127.0.0.1:8501{BASE}/ws/new"
    assert (answer["request_id"], answer["status"]) == ("new", "queued")


def test_a_repeated_job_belongs_to_who_repeats_it():
    """The owner goes with it, the new job is answered, and a note names both."""
    program = Program()
    program.keys.known["a"] = ["run"]
    program.jobs.known["b1"] = job(owner="key a", status="failed")
    answer = program.caller("a", FAR).post(f"{BASE}/jobs/b1/retry")

    assert (answer.status_code, answer.json()["request_id"]) == (202, "again")
    assert program.jobs.calls == [("retry", "b1", "key a")]
    assert program.audit.notes == [("key a (tests)", "retry", "b1", FAR[0], {"job": "again"})]


def test_a_cancelled_job_is_answered_as_it_is_afterwards():
    """Not as it was before; the act is noted."""
    program = Program()
    program.jobs.known["b1"] = job(progress=10)
    answer = program.caller().post(f"{BASE}/jobs/b1/cancel").json()

    assert (answer["request_id"], answer["status"]) == ("b1", "cancelled")
    assert program.jobs.calls == [("cancel", "b1")]
    assert program.audit.notes == [("local", "cancel", "b1", LOCAL[0], {})]


@pytest.mark.parametrize(("scope", "owner"), [("read", "key a"), ("run", "key a"), ("admin", None)])
def test_whose_jobs_are_listed(scope, owner):
    """One's own; an administrator's key all. Fifty, unless told otherwise."""
    program = Program()
    program.keys.known["a"] = [scope]
    client = program.caller("a", FAR)
    assert client.get(f"{BASE}/jobs").json()["next"] == "next page"
    client.get(f"{BASE}/jobs", params={"limit": 7, "cursor": "c", "status": "failed"})

    assert program.jobs.calls == [
        ("page", 50, None, {"status": None, "owner": owner}),
        ("page", 7, "c", {"status": "failed", "owner": owner}),
    ]


def test_stored_results_say_which_place_and_view_they_are():
    """Latitude, longitude, scenario and horizon in their places; nothing stored is 404."""
    program = Program()
    program.stored_results.tables = {"extreme_heat": {"final_aal": 0.1}}
    view = {"scenario": "ssp5", "horizon": "2090s"}
    found = program.caller().get(f"{BASE}/results/37.5/127.25", params=view).json()

    assert program.stored_results.calls == [("site", 37.5, 127.25, "ssp5", "2090s")]
    assert {name: found[name] for name in ("latitude", "longitude", *view)} == {
        "latitude": 37.5,
        "longitude": 127.25,
        **view,
    }
    program.stored_results.tables = {}
    missing = program.caller().get(f"{BASE}/results/37.5/127.25")
    assert (missing.status_code, missing.json()["code"]) == (404, "no_assessment")


def test_a_job_is_told_with_its_times_and_origin():
    """Each field under its own name."""
    program = Program()
    program.jobs.known["b1"] = job(
        progress=30,
        attempts=2,
        worker="w",
        retry_of="b0",
        cancel_requested=True,
        input_params=PLACE,
        durations={"total": 2.5},
        results={"a": 1},
    )
    found = program.caller().get(f"{BASE}/jobs/b1").json()

    assert (found["request_id"], found["progress"], found["attempts"]) == ("b1", 30, 2)
    assert (found["worker"], found["retry_of"], found["cancel_requested"]) == ("w", "b0", True)
    assert (found["input_params"], found["durations"]) == (PLACE, {"total": 2.5})
    assert (found["results"], found["logs"]) == ({"a": 1}, None)
    assert found["created_at"].startswith("2026-01-02T03:04")
    assert (found["started_at"], found["completed_at"]) == (None, None)


def test_a_method_that_a_route_has_not_says_which_it_has():
    """405 with Allow, as a problem document."""
    answer = Program().caller().put("/health")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_crash_says_nothing_of_the_inside():
    """500 as a problem document, without the exception's words."""
    answer = Program().caller().get(f"{BASE}/status/unknown")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "KeyError" not in answer.text
    assert "unknown" not in answer.text


def losses(**more):
    """The answer to one hazard curve of two sites."""
    body = {
        "risk_type": "river_flood",
        "return_periods": [50],
        "sites": [{"intensity": [1.0], "asset_value": 1e9}, {"name": "Mill", "intensity": [2.0]}],
    }
    return Program().caller().post(f"{BASE}/hazard-curves", json=body | more).json()


def test_a_hazard_curve_follows_the_parameter_set():
    """Low, central and high are three numbers in their order."""
    low, central, high = (
        losses(parameter_set=name)["sites"][0]["final_aal"] for name in ("low", "central", "high")
    )
    assert 0 < low < central < high
    assert losses()["sites"][0]["final_aal"] == central


def test_sites_of_a_hazard_curve_keep_their_order_and_names():
    """The first without a name is site 1; an unknown value has a rate and no loss."""
    first, mill = losses()["sites"]
    assert (first["site"], mill["site"]) == ("site 1", "Mill")
    assert first["expected_loss"] == pytest.approx(first["final_aal"] / 100 * 1e9)
    assert mill["final_aal"] > first["final_aal"]
    assert mill["expected_loss"] is None


def test_the_age_of_a_building_counts_to_the_programs_year():
    """Built in 1960: older in 2025 than one of 2020, and more vulnerable."""
    old, new = (losses(building={"built_year": year}) for year in (1960, 2020))
    assert old["vulnerability_score"] > new["vulnerability_score"]


def test_a_report_is_a_pdf_of_the_choices_that_were_made():
    """Language, scenario, horizon and name go on; the link is the job's; the name holds no quote."""
    program = Program()
    program.jobs.known["b1"] = job(status="completed")
    chosen = {"scenario": "ssp5", "horizon": "2090s", "lang": "en", "name": "Main"}
    answer = program.caller().get(f"{BASE}/jobs/b1/report.pdf", params=chosen)

    assert (answer.status_code, answer.content) == (200, b"%PDF-1.7")
    assert answer.headers["content-type"] == "application/pdf"
    assert 'filename="modelops_b1_ssp5_2090s.pdf"' in answer.headers["content-disposition"]
    link = f"http://127.0.0.1:8501{BASE}/jobs/b1"
    wanted = {"language": "en", "scenario": "ssp5", "horizon": "2090s", "name": "Main"}
    assert program.reported == [("b1", {**wanted, "link": link})]


def test_another_callers_report_is_no_report():
    """404, and nothing is made."""
    program = Program()
    program.keys.known["a"] = ["read"]
    program.jobs.known["b1"] = job(owner="key b", status="completed")
    assert program.caller("a", FAR).get(f"{BASE}/jobs/b1/report.pdf").status_code == 404
    assert program.reported == []


def test_the_rating_of_a_job_is_of_the_choice_that_was_made():
    """One scenario and horizon, by peril; null where there is no rank; nobody else's job."""
    program = Program()
    program.keys.known["a"] = ["read"]
    program.jobs.known["b1"] = job(owner="key b", status="completed")
    program.ranks = {
        ("typhoon", "ssp5", "2090s"): Standing(Rank(3, 4), Rank(1, 2)),
        ("drought", "ssp5", "2090s"): Standing(),
        ("typhoon", "ssp2", "2050s"): Standing(Rank(0, 4)),
    }
    chosen = {"scenario": "ssp5", "horizon": "2090s"}
    perils = program.caller().get(f"{BASE}/jobs/b1/rating", params=chosen).json()["perils"]

    assert set(perils) == {"typhoon", "drought"}
    assert perils["typhoon"] == {
        "national_percentile": 75.0,
        "national_cells": 4,
        "peers_below": 1,
        "peers": 2,
    }
    assert set(perils["drought"].values()) == {None}
    assert program.caller("a", FAR).get(f"{BASE}/jobs/b1/rating").status_code == 404
