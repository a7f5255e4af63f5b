"""Errors, and jobs that ended with one, are shown in the reader's language."""

from __future__ import annotations

import json

import pytest

from modelops_core.domain.site import Site, check_coordinates
from modelops_core.errors import DatabaseUnavailable, InvalidInput, NoResults, OutsideKorea
from modelops_core.services.site import ondemand
from modelops_core.ui.kit import i18n, messages


@pytest.fixture
def korean(monkeypatch):
    monkeypatch.setattr(messages, "language", lambda: "ko")
    monkeypatch.setattr(i18n, "language", lambda: "ko")


def raised(call, *args, **kwargs):
    with pytest.raises(InvalidInput) as error:
        call(*args, **kwargs)
    return error.value


def test_field_value_and_allowed_range_are_said_in_korean(korean):
    """With the names that the pages use for fields."""
    assert messages.message(raised(check_coordinates, 10.0, 127.0)) == (
        "위도 10은 대한민국 범위(북위 33 – 38.7°, 동경 124.5 – 132°) 밖입니다."
    )
    assert messages.message(raised(Site, latitude=37.5, longitude=127.0, floors_above=900.0)) == (
        "지상 층수: 900은 허용 범위 0 – 200 층 밖입니다."
    )
    place = {"latitude": 37.5, "longitude": 127.0, "as_of": 2025}
    best = messages.message(raised(ondemand.request, {**place, "parameter_set": "best"}))
    assert "'best'는 쓸 수 없습니다. 다음 중에서 고르세요: low, central, high" in best


def test_a_job_keeps_an_error_for_every_language(korean):
    """What is written into its row as JSON is worded where it is read."""
    error = InvalidInput("not_cancellable", job="7", status="completed")
    kept = json.loads(json.dumps(error.as_dict()))
    assert messages.message(kept) == "작업 7은 이미 ‘완료’ 상태라서 취소할 수 없습니다."
    assert messages.message(kept) == messages.message(error)


def test_a_scenario_is_called_as_on_the_pages(korean):
    """In a list as well."""
    said = messages.message(NoResults("not_calculated", what=["drought", "ssp2", "2050s"]))
    assert said == "이 격자의 drought, SSP2-4.5, 2050s 결과가 마지막 야간 배치에 없습니다."


def test_what_is_not_ours_is_not_said(korean):
    """Neither the words of a server nor those of a job of an older version."""
    words = "FATAL: the database system is starting up"
    assert messages.message(words) == "작업이 결과 없이 끝났습니다."
    away = DatabaseUnavailable("database_silent", reason=words)
    assert messages.message(away) == messages.kind(away) == "데이터베이스에 연결할 수 없습니다."
    assert messages.message(None) == ""


def test_a_heading_is_the_sentence_of_the_class(korean):
    """Whatever the error's own code says."""
    assert messages.kind(OutsideKorea("outside_box")).startswith("선택한 지점은 바다이거나")


def test_english_readers_see_the_same_error(monkeypatch):
    """Unit and field included."""
    monkeypatch.setattr(messages, "language", lambda: "en")
    monkeypatch.setattr(i18n, "language", lambda: "en")
    wrong = raised(Site, latitude=37.5, longitude=127.0, floors_above=900.0)
    assert messages.message(wrong) == "Storeys above ground: 900 lies outside 0 to 200\xa0storeys."
