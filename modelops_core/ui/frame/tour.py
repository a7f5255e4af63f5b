"""Draws a short tour of the product: one step at a time, each with a way to its page."""

from __future__ import annotations

import streamlit as st

from modelops_core.ui.kit import navigation
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import StateKey, WidgetKey

#: step → the page that it speaks of
STEPS = {
    "find": "assess",
    "card": "assess",
    "correct": "assess",
    "compare": "compare",
    "report": "assess",
    "trust": "method",
}
#: a button anywhere asks for the tour by the number of its first step
STEP = StateKey.TOUR_STEP
#: the page where the tour began
PAGE = StateKey.TOUR_PAGE


def begin() -> None:
    """Ask for the tour from its first step (a button's callback)."""
    st.session_state[STEP] = 0


def show(page: str) -> None:
    """Open the tour on *page* where a button asked for it; another page ends it."""
    if STEP not in st.session_state:
        return
    if st.session_state.setdefault(PAGE, page) == page:
        st.dialog(t("tour.title"), width="medium", on_dismiss=end)(_step)()
    else:
        end()


def end() -> None:
    """Forget the tour; the next one begins at its first step."""
    for key in (STEP, PAGE):
        st.session_state.pop(key, None)


def _turn(to: int) -> None:
    st.session_state[STEP] = to


def _step() -> None:
    """The step's text, its page, and the buttons to the steps beside it."""
    number = st.session_state.get(STEP, 0)
    name, last = list(STEPS)[number], len(STEPS) - 1
    st.progress((number + 1) / len(STEPS), text=f"{number + 1} / {len(STEPS)}")
    st.markdown(f"**{t(f'tour.{name}_title')}**")  # headings are smaller than text in a dialog
    st.markdown(t(f"tour.{name}"))
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        st.button(
            t("tour.back"),
            icon=":material/arrow_back:",
            disabled=number == 0,
            on_click=_turn,
            args=(number - 1,),
            key=WidgetKey.TOUR_BACK,
        )
        if number < last:
            st.button(
                t("tour.next"),
                icon=":material/arrow_forward:",
                type="primary",
                on_click=_turn,
                args=(number + 1,),
                key=WidgetKey.TOUR_NEXT,
            )
        elif st.button(
            t("tour.end"), icon=":material/check:", type="primary", key=WidgetKey.TOUR_END
        ):
            end()
            st.rerun()
    navigation.link(STEPS[name], t("tour.open", page=t(f"{STEPS[name]}.page")))
