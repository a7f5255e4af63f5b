"""Draws the glossary: the words of the results and what they mean."""

from __future__ import annotations

import streamlit as st

from modelops_core.ui.kit.i18n import catalogue, language, t
from modelops_core.ui.kit.keys import WidgetKey

ENDING = "_means"


def terms() -> list[str]:
    """The words that are explained, in the order of the catalogue."""
    names = (key.removeprefix("glossary.") for key in catalogue() if key.startswith("glossary."))
    return [name.removesuffix(ENDING) for name in names if name.endswith(ENDING)]


def draw() -> None:
    """A field to search, then a line a word."""
    st.caption(t("glossary.intro"))
    words = st.text_input(t("glossary.find"), key=WidgetKey.GLOSSARY_QUERY).strip().lower()
    found = [name for name in terms() if words in _whole(name)]
    if not found:
        st.info(t("glossary.nothing", words=words), icon=":material/search_off:")
    other = "en" if language() == "ko" else "ko"
    for name in found:
        beside = catalogue()[f"glossary.{name}"][other]
        st.markdown(f"**{t(f'glossary.{name}')}** ({beside}) — {t(f'glossary.{name}{ENDING}')}")


def _whole(name: str) -> str:
    """All that a search looks in, in both languages."""
    entries = (catalogue()[f"glossary.{name}"], catalogue()[f"glossary.{name}{ENDING}"])
    return " ".join(text for entry in entries for text in entry.values()).lower()
