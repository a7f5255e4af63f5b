"""The tour: six steps in both languages, forward and back, ended by its button or another page."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from modelops_core.ui.frame import tour
from modelops_core.ui.kit.i18n import catalogue
from tests.pages import said

SCRIPT = """
import streamlit as st
from modelops_core.ui.frame import tour
st.button("begin", on_click=tour.begin, key="begin")
tour.show(st.session_state.get("page", ""))
"""


def begun(language: str = "ko") -> AppTest:
    page = AppTest.from_string(SCRIPT)
    page.query_params["lang"] = language
    return page.run().button(key="begin").click().run()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_tour_goes_through_its_steps(language):
    """Each step's text in its order; back is one step, the last one ends it."""
    page = begun(language)
    for number, name in enumerate(tour.STEPS):
        assert catalogue()[f"tour.{name}"][language] in said(page)
        assert page.button(key="tour.back").disabled == (number == 0)
        if number < len(tour.STEPS) - 1:
            page.button(key="tour.next").click().run()
    page.button(key="tour.back").click().run()
    assert catalogue()["tour.report"][language] in said(page)
    page.button(key="tour.next").click().run()
    page.button(key="tour.end").click().run()
    assert not page.exception
    assert not any(b.key == "tour.back" for b in page.button)


def test_another_page_ends_the_tour():
    """It would stand before the page that the reader went to."""
    page = begun()
    assert page.button(key="tour.next")
    page.session_state["page"] = "compare"
    page.run()
    assert not any(b.key == "tour.next" for b in page.button)
    page.session_state["page"] = ""
    page.run()
    assert not any(b.key == "tour.next" for b in page.button)
