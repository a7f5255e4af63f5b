"""Widgets that choose one of several options: what they show, what the URL says, what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

#: widget → what AppTest calls it
WIDGETS = {
    "segments": "button_group",
    "from_list": "selectbox",
    "slider": "select_slider",
    "radio": "radio",
}


def page(widget: str, default: str | None) -> None:
    import streamlit as st

    from modelops_core.ui.kit import choose, state
    from modelops_core.ui.kit.keys import UrlName

    field = choose.Field(UrlName.ORDER, ("loss", "rate", "name"), default)
    captions = (["", "", ""],) if widget == "radio" else ()
    st.button("put", on_click=choose.set_choice, args=(field, "name"), key="put")
    with state.address("page"):
        draw = getattr(choose, widget)
        chosen = draw(field, "Order", lambda code: f"By {code}", *captions)
    st.markdown(f"chosen: {chosen}")
    st.caption(f"refused: {', '.join(state.take_rejected_params())}")


def opened(widget: str, default: str | None = "rate", **url: str) -> AppTest:
    shown = AppTest.from_function(
        page, kwargs={"widget": widget, "default": default}, default_timeout=60
    )
    for name, value in url.items():
        shown.query_params[name] = value
    return again(shown)


def again(shown: AppTest) -> AppTest:
    shown.run()
    assert not shown.exception
    return shown


def element(shown: AppTest, widget: str) -> Any:
    [found] = getattr(shown, WIDGETS[widget])
    assert found.key == "order"
    return found


def address(shown: AppTest) -> str:
    value = shown.query_params["order"]
    return value[0] if isinstance(value, list) else value


def outcome(shown: AppTest, widget: str) -> tuple[str, str, str]:
    """What the page goes on with, what the widget shows and what the URL says."""
    [chosen] = [text.value.removeprefix("chosen: ") for text in shown.markdown]
    return chosen, element(shown, widget).value, address(shown)


def refused(shown: AppTest) -> str:
    return str(shown.caption[-1].value).removeprefix("refused:").strip()


@pytest.mark.parametrize("widget", WIDGETS)
def test_without_a_choice_the_default_completes_the_address(widget):
    """The field's own default; the first option where it names none."""
    assert outcome(opened(widget), widget) == ("rate",) * 3
    assert outcome(opened(widget, default=None), widget) == ("loss",) * 3


@pytest.mark.parametrize("widget", WIDGETS)
def test_a_link_chooses(widget):
    """The option that the URL names is shown and gone on with; nothing is refused."""
    shown = opened(widget, order="name")

    assert outcome(shown, widget) == ("name",) * 3
    assert refused(shown) == ""


@pytest.mark.parametrize("widget", WIDGETS)
@pytest.mark.parametrize("wrong", ["size", "By loss", "LOSS"])
def test_what_is_no_option_is_refused_once_and_mended(widget, wrong):
    """A label or another letter case is no code; the address names the default afterwards."""
    shown = opened(widget, order=wrong)

    assert outcome(shown, widget) == ("rate",) * 3
    assert refused(shown) == "order"
    assert refused(again(shown)) == ""


@pytest.mark.parametrize("widget", WIDGETS)
def test_the_reader_sees_words_in_the_order_of_the_options(widget):
    """Codes go to the URL, words to the screen."""
    shown = element(opened(widget), widget)

    assert shown.label == "Order"
    options = [getattr(option, "content", option) for option in shown.proto.options]
    assert options == ["By loss", "By rate", "By name"]


@pytest.mark.parametrize("widget", WIDGETS)
def test_a_choice_goes_to_the_address(widget):
    """Whatever was there before, and it stays at the next run."""
    shown = opened(widget, order="rate")
    element(shown, widget).set_value("loss").run()

    assert outcome(shown, widget) == ("loss",) * 3
    assert outcome(again(shown), widget) == ("loss",) * 3


@pytest.mark.parametrize("widget", WIDGETS)
def test_a_button_elsewhere_may_choose(widget):
    """``put`` moves the widget and the address together."""
    shown = opened(widget, order="rate")
    shown.button(key="put").click().run()

    assert outcome(shown, widget) == ("name",) * 3


def spoken() -> None:
    import streamlit as st

    from modelops_core.ui.kit import choose, state
    from modelops_core.ui.kit.keys import UrlName

    field = choose.Field(UrlName.ORDER, ("loss", "rate"))

    def former_label() -> None:
        st.session_state[field.name] = "손실률 높은 순"
        callback = choose._bound(field)
        callback["on_change"](*callback["args"])

    st.button("another language", on_click=former_label, key="another language")
    with state.address("page"):
        st.markdown(choose.from_list(field, "Order", lambda code: f"By {code}"))
    st.caption(", ".join(state.take_rejected_params()))


def test_a_label_of_the_former_language_chooses_nothing():
    """A browser sends what it shows; right after a switch of the language that is an old label."""
    shown = AppTest.from_function(spoken, default_timeout=60)
    shown.query_params["order"] = "rate"
    again(shown).button(key="another language").click().run()

    assert (shown.markdown[0].value, element(shown, "from_list").value) == ("rate", "rate")
    assert (address(shown), shown.caption[0].value) == ("rate", "")


def bound() -> None:
    import streamlit as st

    from modelops_core.ui.kit import choose, state
    from modelops_core.ui.kit.keys import UrlName

    field = choose.Field(UrlName.ORDER, ("loss", "rate"))
    with state.address("page"):
        st.markdown(field.bind())
    st.caption(f"{field.named('rate')} {field.named(None)} {field.named('size')}")


def test_what_is_not_drawn_is_bound_all_the_same():
    """The address is whole before the widget is ever shown; an unknown value is the default."""
    shown = again(AppTest.from_function(bound, default_timeout=60))

    assert (shown.markdown[0].value, address(shown)) == ("loss", "loss")
    assert shown.caption[0].value == "rate loss loss"
