"""
Korean and English from one catalogue: ``ui/*/*.toml``, beside the pages that say them.

An entry is ``key = {ko = "…", en = "…"}``; its full name is ``file.key``. The language is
``?lang=`` in the URL, else the browser's.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import cast

import streamlit as st

from modelops_core.domain.korean import particles
from modelops_core.domain.stamp import Language
from modelops_core.ui.kit import formats
from modelops_core.ui.kit.keys import UrlName

FOLDER = Path(__file__).parents[1]
#: names of columns, which files have too: they stay as they are written
NAMES = "columns."
LANGUAGES: Mapping[Language, str] = {"ko": "한국어", "en": "English"}


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Every text by its full name."""
    found: dict[str, Mapping[str, str]] = {}
    for path in sorted(FOLDER.glob("*/*.toml")):
        for key, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
            found[f"{path.stem}.{key}"] = entry
    return found


def language() -> Language:
    """The reader's language: as chosen, else the browser's; Korean where neither says."""
    chosen = st.session_state.get(UrlName.LANGUAGE) or st.query_params.get(UrlName.LANGUAGE)
    if chosen in LANGUAGES:
        return cast(Language, chosen)
    browser = st.context.locale or "ko"
    return "ko" if browser.lower().startswith("ko") else "en"


def t(key: str, **values: object) -> str:
    """The text *key* in the reader's language with *values*, no unit apart from its number."""
    lang = language()
    text = catalogue()[key][lang]
    if values:
        said = text.format(**values)
        text = particles.placed(said) if lang == "ko" else said
    return text if key.startswith(NAMES) else formats.unbroken(text)
