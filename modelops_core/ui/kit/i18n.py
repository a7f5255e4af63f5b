"""
Korean and English from one catalogue: ``ui/*/*.toml``, beside the pages that say them.

An entry is ``key = {ko = "…", en = "…"}``; its full name is ``file.key``. The language is
``?lang=`` in the URL, Korean where none is given.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import cast

import streamlit as st

from modelops_core.domain.stamp import Language
from modelops_core.ui.kit.keys import UrlName

FOLDER = Path(__file__).parents[1]
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
    """The reader's language."""
    chosen = st.session_state.get(UrlName.LANGUAGE) or st.query_params.get(UrlName.LANGUAGE)
    return cast(Language, chosen) if chosen in LANGUAGES else "ko"


def t(key: str, **values: object) -> str:
    """The text *key* in the reader's language, with *values* put in."""
    text = catalogue()[key][language()]
    return text.format(**values) if values else text
