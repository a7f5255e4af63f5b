"""Notices of a page: what failed is said where it failed, and the rest stays."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from modelops_core import errors
from modelops_core.errors import DatabaseUnavailable, InvalidInput, NoResults, SchemaOutdated


def parts(first: dict, second: dict, kind: str) -> None:
    import streamlit as st

    from modelops_core import errors
    from modelops_core.ui.kit import notices

    for part, kept in (("map", first), ("table", second)):
        with notices.show_errors("assess", part):
            raise getattr(errors, kind).from_dict(kept)
    st.write("the rest of the page")


def drawn(first: errors.ModelOpsError, second: errors.ModelOpsError) -> AppTest:
    page = AppTest.from_function(
        parts,
        kwargs={
            "first": first.as_dict(),
            "second": second.as_dict(),
            "kind": type(first).__name__,
        },
        default_timeout=60,
    ).run()
    assert not page.exception
    return page


@pytest.mark.parametrize("kind", [DatabaseUnavailable, SchemaOutdated])
def test_two_parts_may_fail_for_the_same_reason(kind):
    """Each has its own button; neither takes the page with it."""
    page = drawn(kind(), kind())
    assert [button.key for button in page.button] == ["retry.map", "retry.table"]
    assert [error.value for error in page.error] == [
        errors.sentence(errors.default_code(kind), {}, "ko")
    ] * 2
    assert page.markdown[-1].value == "the rest of the page"
    page.button[1].click().run()
    assert not page.exception


def test_the_words_of_a_server_are_for_the_log():
    """The page has the sentence of the class and the reference under which the log has the rest."""
    page = drawn(DatabaseUnavailable("database_silent", reason="FATAL: no"), DatabaseUnavailable())
    said = [caption.value for caption in page.caption]
    assert not any("FATAL" in words for words in said)
    assert any("참조 번호" in words for words in said)
    assert [error.value for error in page.error] == ["데이터베이스에 연결할 수 없습니다."] * 2
    assert len(said) == 3  # that the page goes on, twice; the first one's detail


def test_before_the_first_results_the_command_is_shown():
    """Which no button can replace."""
    page = drawn(NoResults("grid_empty"), NoResults())
    assert [code.value for code in page.code] == ["python -m modelops_core up"] * 2
    assert not page.button


def test_an_input_that_is_wrong_has_no_button():
    """The reader changes the input."""
    wrong = InvalidInput("out_of_range", field="total_area", value=0, low=1, high=9, unit="m²")
    page = drawn(wrong, wrong)
    assert not page.button
    assert "연면적: 0은 허용 범위 1 – 9\N{NO-BREAK SPACE}m² 밖입니다." in [
        c.value for c in page.caption
    ]


def twice(kept: dict) -> None:
    from modelops_core.errors import DatabaseUnavailable
    from modelops_core.ui.kit import notices

    for _ in range(2):
        notices.failed(DatabaseUnavailable.from_dict(kept))


def test_two_notices_without_a_part_do_not_take_the_page_with_them():
    """Each has a button of its own, which works."""
    kept = DatabaseUnavailable().as_dict()
    page = AppTest.from_function(twice, kwargs={"kept": kept}, default_timeout=60).run()
    assert not page.exception
    assert len({button.key for button in page.button}) == 2
    page.button[1].click().run()
    assert not page.exception
