"""
Translates the descriptions of data sets into the reader's language.

``data_sources`` holds the English descriptions of whoever loaded the data. Sentences of the
demonstration data have Korean translations; other sentences are shown as they are.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from modelops_core.domain.data_source import DataSource
from modelops_core.domain.stamp import Language

FILE = Path(__file__).with_name("data_sources.toml")
#: fields of a DataSource that are words
WORDS = ("name", "provider", "licence", "period", "method")
#: a sentence ends here and the next begins
_BETWEEN = re.compile(r"(?<=\.)\s+(?=[A-Z0-9])")


@lru_cache(maxsize=1)
def korean() -> Mapping[str, str]:
    """English sentence → Korean."""
    return {
        entry["en"]: entry["ko"]
        for entry in tomllib.loads(FILE.read_text(encoding="utf-8"))["description"]
    }


def sentences(text: str) -> list[str]:
    """*text* as the parts that have words of their own."""
    return [text] if text in korean() else _BETWEEN.split(text)


def translated(source: DataSource, language: Language) -> DataSource:
    """The data set with its words in *language*."""
    if language == "en":
        return source
    return replace(
        source,
        name=_korean_text(source.name),
        provider=_korean_text(source.provider),
        licence=_korean_text(source.licence),
        period=source.period and _korean_text(source.period),
        method=source.method and _korean_text(source.method),
    )


def translate(text: str, language: Language) -> str:
    """One description in *language*; as it is where no translation is known."""
    return text if language == "en" else _korean_text(text)


def _korean_text(text: str) -> str:
    return " ".join(korean().get(part, part) for part in sentences(text))
