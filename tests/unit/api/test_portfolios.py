"""Routes of portfolios: a file comes as it is, and what a run gave goes out as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.api.program import FAR, Program

BASE = "/api/v1/portfolios"
FILE = "사업장번호,위도,경도\r\n0001,37.5,127\r\n".encode("cp949")


def test_a_file_is_checked_as_it_came_and_leaves_nothing():
    """Its bytes and name reach the check with what the caller says of it; findings have words."""
    program = Program()
    asked = {"name": "담보.csv", "encoding": "cp949", "currency": "KRW", "as_of": "2027-12-31"}
    answer = program.caller().post(f"{BASE}/check", params=asked, content=FILE)

    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["sites"], found["errors"], found["warnings"]) == (0, 1, 0)
    assert found["findings"][0]["code"] == "no_sites"
    assert found["findings"][0]["message_ko"]
    assert program.portfolio_access.files == [("담보.csv", FILE)]
    [(_, choices)] = program.portfolio_access.calls
    assert (choices.encoding, choices.currency, str(choices.as_of)) == (
        "cp949",
        "KRW",
        "2027-12-31",
    )


@pytest.mark.parametrize(
    "name", ["", "x", "../sites.csv", "a/b.csv", "a\\b.csv", "x.exe", ".csv", "a\nb.csv", "x.shp"]
)
def test_a_name_is_a_name_of_a_file_that_is_read(name):
    """No path and no other kind of file."""
    program = Program()
    answer = program.caller().post(f"{BASE}/check", params={"name": name}, content=FILE)
    assert (answer.status_code, program.portfolio_access.files) == (422, [])


def test_a_file_may_be_larger_than_other_bodies_and_not_without_end():
    """The limit of uploads is their own; what it stops never reaches the check."""
    program = Program(MODELOPS_BODY_LIMIT=1024, MODELOPS_UPLOAD_LIMIT=4096)
    caller, asked = program.caller(), {"name": "x.csv"}

    assert caller.post(f"{BASE}/check", params=asked, content=b"x" * 4096).status_code == 200
    assert caller.post(f"{BASE}/check", params=asked, content=b"x" * 4097).status_code == 413
    parts = (b"x" * 1024 for _ in range(5))
    assert caller.post(BASE, params=asked, content=parts).status_code == 413
    assert caller.post(f"{BASE}/1/runs", content=b"x" * 1025).status_code == 413
    assert len(program.portfolio_access.files) == 1


def test_a_portfolio_is_kept_calculated_and_read():
    """201 with a version, 202 with its job, then sums, sites and files of the run."""
    program = Program()
    caller = program.caller()
    kept = caller.post(BASE, params={"name": "x.csv"}, content=FILE)
    assert (kept.status_code, kept.json()["version_id"]) == (201, 1)
    refused = caller.post(BASE, params={"name": "x.csv"}, content=b"")
    assert (refused.status_code, refused.json()["code"]) == (422, "portfolio_wrong")
    started = caller.post(f"{BASE}/1/runs", headers={"Idempotency-Key": "k"})
    assert (started.status_code, started.json()["request_id"]) == (202, "new")
    assert program.portfolio_access.calls[-1][2]["key"] == "k"

    assert caller.get(BASE).json()["portfolios"][0]["name"] == "담보"
    assert caller.get(f"{BASE}/1").json()["runs"] == []
    assert caller.get(f"{BASE}/2").json()["code"] == "no_such_portfolio"
    assert caller.get(f"{BASE}/runs/5").json()["finished_at"] is None
    sums = caller.get(f"{BASE}/runs/5/sums", params={"dimension": "basin"}).json()["sums"]
    assert [(row["horizon"], row["loss"]) for row in sums] == [("2050s", None)]
    page = caller.get(f"{BASE}/runs/5/sites", params={"first": 3, "limit": 2}).json()
    assert (page["next"], page["sites"][0]["grand_loss"]) == (7, None)
    assert program.portfolio_access.calls[-1] == ("sites", 5, ("ssp2", "2050s"), 3, 2)


def test_a_file_of_a_run_goes_out_whole_and_leaves_nothing(monkeypatch, tmp_path):
    """Bytes with a name; the folder is gone afterwards, also where there is no such file."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    caller = Program().caller()
    answer = caller.get(f"{BASE}/runs/5/files/sites.csv", params={"scenario": "ssp5"})

    assert (answer.status_code, answer.text) == (200, "5 ('ssp5', '2050s')")
    assert 'filename="modelops_portfolio_5_sites.csv"' in answer.headers["content-disposition"]
    assert caller.get(f"{BASE}/runs/5/files/nothing.csv").status_code == 422
    assert caller.get(f"{BASE}/runs/5/files/..%2Fx.csv").status_code in (404, 422)
    assert list(Path(tmp_path).iterdir()) == []


def test_a_report_is_a_version_that_another_person_signs():
    """Made with its settings, listed, fetched with what has changed, signed by a second holder."""
    program = Program()
    program.keys.known = {"a": ["run"], "b": ["run"], "system": ["admin"]}
    program.keys.holders = {"a": "a@b.kr", "b": "b@b.kr"}
    first, second, system = (program.caller(key, FAR) for key in ("a", "b", "system"))
    reports = f"{BASE}/runs/5/reports"
    asked = {"lens": "loss_rate", "threshold": 0.2, "reporting_date": "2027-12-31", "note": "초안"}
    made = first.post(reports, json={**asked, "former_run_id": 4})
    assert (made.status_code, made.json()["number"]) == (201, 1)
    assert made.json()["settings"]["reporting_date"] == "2027-12-31"
    assert program.report_versions.calls == [("make", 5, 4)]
    for wrong in ({"lens": "x"}, {"threshold": -1}, {"note": "a\nb"}, {"signed_by": "me"}):
        assert first.post(reports, json=wrong).status_code == 422

    program.report_versions.changed = ["T13", "T14"]
    file = first.get(f"{reports}/1.xlsx")
    assert (file.text, file.headers["x-content-changed"]) == ("5 1 xlsx", "T13 T14")
    assert 'filename="modelops_portfolio_5_report_1.xlsx"' in file.headers["content-disposition"]
    assert first.get(f"{reports}/2.pdf").json()["code"] == "no_such_report"
    assert first.get(f"{reports}/1.exe").status_code == 422

    sign = f"{reports}/1/signature"
    for caller, code in ((first, "own_report"), (system, "signature_needs_person")):
        refused = caller.post(sign, json={})
        assert (refused.status_code, refused.json()["code"]) == (403, code)
    changed = second.post(sign, json={}).json()
    assert (changed["code"], changed["values"]["tables"]) == ("report_changed", ["T13", "T14"])
    program.report_versions.changed = []
    signed = second.post(sign, json={"note": "확인"})
    assert (signed.status_code, signed.json()["signed_by"]) == (200, "b@b.kr (key b (tests))")
    assert second.post(sign, json={}).json()["code"] == "report_signed"
    assert second.get(reports).json()["reports"][0]["signed_note"] == "확인"
