"""
Widgets that choose one of several options and keep the choice in the URL.

A :class:`Field` says which parameter of the URL it is, what it may be and what it is at first;
the functions draw it. A widget's default is always its value too: a run that another one
overtakes may take the value of the session with it, and the browser then shows the default
while the server goes on with the value. For the same reason nothing here relies on the
session's value alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import streamlit as st

from modelops_core.ui.kit import state
from modelops_core.ui.kit.keys import UrlName

Option = TypeVar("Option", bound=str)
Words = Callable[[Option], str]


@dataclass(frozen=True, slots=True)
class Field(Generic[Option]):
    """
    A parameter of the URL with its options; *default* is the first option where not given.

    ``elsewhere`` are options that other choices bring: here the default quietly takes their place.
    ``kept`` are options of other pages: here the default is shown, and the address keeps them.
    """

    name: UrlName
    options: Sequence[Option]
    default: Option | None = None
    elsewhere: Sequence[str] = ()
    kept: Sequence[str] = ()

    def bind(self) -> Option:
        """
        Read the URL into the session and complete the address.

        Drawing does so too; call it for what is not drawn in this run, so that drawing it later
        adds no step to the browser's history.
        """
        default = self.options[0] if self.default is None else self.default
        return self.named(
            state.bind_widget(self.name, self.options, default, self.elsewhere, self.kept)
        )

    def named(self, value: object) -> Option:
        """The option equal to *value*, the default where there is none."""
        default = self.options[0] if self.default is None else self.default
        return next((option for option in self.options if option == value), default)


def segments(
    field: Field[Option],
    label: str,
    words: Words[Option],
    *,
    stretch: bool = False,
    hide_label: bool = False,
    help: str | None = None,
) -> Option:
    """Draw a row of buttons, one of which is pressed, and return the chosen option."""
    chosen = st.segmented_control(
        label,
        field.options,
        default=field.bind(),
        format_func=words,
        help=help,
        required=True,
        width="stretch" if stretch else "content",
        label_visibility="collapsed" if hide_label else "visible",
        **_bound(field),
    )
    return field.named(chosen)


def from_list(
    field: Field[Option], label: str, words: Words[Option], *, disabled: bool = False
) -> Option:
    """Draw a drop-down list and return the chosen option."""
    index = list(field.options).index(field.bind())
    chosen = st.selectbox(
        label, field.options, index, format_func=words, disabled=disabled, **_bound(field)
    )
    return field.named(chosen)


def slider(
    field: Field[Option], label: str, words: Words[Option] = str, *, help: str | None = None
) -> Option:
    """Draw a slider over the options in their order and return the chosen one."""
    chosen = st.select_slider(
        label, field.options, field.bind(), format_func=words, help=help, **_bound(field)
    )
    return field.named(chosen)


def radio(
    field: Field[Option], label: str, words: Words[Option], captions: Sequence[str]
) -> Option:
    """Draw all options below each other, each with a caption, and return the chosen one."""
    index = list(field.options).index(field.bind())
    chosen = st.radio(
        label, field.options, index, format_func=words, captions=captions, **_bound(field)
    )
    return field.named(chosen)


def set_choice(field: Field[Option], value: Option) -> None:
    """Set the field to *value*, as the reader does by a button or a click elsewhere."""
    st.session_state[field.name] = value
    state.on_widget_change(field.name)


def _bound(field: Field[Option]) -> dict[str, Any]:
    """What ties a widget to its parameter of the URL."""
    args = (field.name, tuple(field.options))
    return {"key": field.name, "on_change": state.on_widget_change, "args": args}
