"""
Makes the sentence of an error in the reader's language.

An error, and a job that ended with one, holds a code and values; the sentence is made here
from the catalogue of the errors. Names of fields and statuses among the values are put into
the words that the pages use for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.korean import particles
from modelops_core.errors import ModelOpsError, default_code, published, sentence
from modelops_core.ui.kit import formats
from modelops_core.ui.kit.i18n import catalogue, language, t


def message(problem: ModelOpsError | Mapping[str, Any] | str | None) -> str:
    """
    Return the sentence of an error, or of the code and values that a job keeps of one.

    What only the log may say is left out; a job of an older version, which has no code, failed.
    """
    if problem is None:
        return ""
    code, kept = published(problem)
    values = {name: _translated_value(name, value) for name, value in kept.items()}
    said = formats.unbroken(sentence(code, values, language()))
    return particles.placed(said) if language() == "ko" else said


def kind(error: ModelOpsError) -> str:
    """The sentence of an error's class, for a heading."""
    return sentence(default_code(type(error)), {}, language())


def _translated_value(name: str, value: Any) -> Any:
    """
    A value of an error: fields, statuses and units have names on the pages, anything else stays.
    """
    if isinstance(value, list):
        return [_translated_value(name, one) for one in value]
    if not isinstance(value, str):
        return value
    for text in {
        "field": (f"columns.{value}", f"jobs.field_{value}"),
        "status": (f"jobs.status_{value}",),
        "unit": (f"common.{value}",),
    }.get(name, ()):
        if text in catalogue():
            return t(text)
    return SCENARIOS.get(value, value)
