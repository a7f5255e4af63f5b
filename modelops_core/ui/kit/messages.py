"""
Our own messages in the reader's language.

A job keeps the message it ended with as it was raised, in English. Which of our messages it
is (an error's default sentence, or one of the shapes below) decides the text that is shown;
what is none of ours, such as the words of the database server, is shown as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from modelops_core import errors
from modelops_core.domain.horizons import SCENARIOS
from modelops_core.ui.kit.i18n import catalogue, language, t

_NUMBER = r"[-\d.e+]+"
#: text's name → the message, with what it says of the case at hand; tests/unit/ui/test_messages.py finds each in the code
SHAPES: Mapping[str, re.Pattern[str]] = {
    name: re.compile(shape, re.DOTALL)
    for name, shape in {
        "messages.worker_died": r"The worker died (?P<count>\d+) times on this job\.",
        "messages.too_long": rf"The job took longer than (?P<seconds>{_NUMBER}) s and was stopped\.",
        "messages.cancelled_before": r"Cancelled before it began\.",
        "messages.night_killed": r"The night was killed; the next one goes on where it stopped\.",
        "messages.unexpected": r"Unexpected (?P<kind>\w+): (?P<rest>.*)",
        "messages.not_cancelled": r"job (?P<job>\S+): it is (?P<status>\w+) and cannot be cancelled\.",
        "messages.not_repeated": r"job (?P<job>\S+): it is (?P<status>\w+); only an ended job can be repeated\.",
        "messages.no_job": r"job (?P<job>\S+): there is no job with that id\.",
        "messages.no_job_id": r"job (?P<job>.+): not a job id\.",
        "messages.queue_full": r"(?P<count>\d+) jobs wait already; ask again later\.",
        "messages.night_waits": r"Night (?P<job>\S+) is (?P<status>\w+)\.",
        "messages.look_only": r"This account may look only; an administrator can add it to MODELOPS_ANALYSTS\.",
        "messages.grid_empty": r"The climate grid is empty: load data first \(`python -m modelops_core up`\)\.",
        "messages.not_calculated": r"The night has not calculated (?P<what>.+) for this cell\.",
        "messages.outside_box": rf"(?P<field>\w+) (?P<value>{_NUMBER}) lies outside South Korea \((?P<box>.+)\)\.",
        "messages.in_the_sea": (
            rf"latitude (?P<latitude>{_NUMBER}), longitude (?P<longitude>{_NUMBER}) lies in the sea or outside South Korea:"
            rf" the nearest district \((?P<district>.+)\) is (?P<distance>{_NUMBER}) km away\."
        ),
        "messages.far_from_cells": (
            rf"latitude (?P<latitude>{_NUMBER}), longitude (?P<longitude>{_NUMBER}): the nearest climate cell is"
            rf" (?P<distance>{_NUMBER}) km away; cells reach (?P<reach>{_NUMBER}) km\."
        ),
        "messages.out_of_range": rf"(?P<field>\w+): (?P<value>{_NUMBER}) lies outside (?P<low>{_NUMBER}) to (?P<high>{_NUMBER})(?P<unit> [^.]+)?\.",
        "messages.name_length": r"name: (?P<text>.+) has (?P<count>\d+) characters; 1 to (?P<limit>\d+) are allowed\.",
        "messages.note_length": r"note: (?P<count>\d+) characters; at most (?P<limit>\d+) are allowed\.",
        "messages.one_of": r"(?P<field>\w+):? '(?P<value>.*)'(?:: choose from| is none of) (?P<known>.+)\.",
        "messages.away_reason": r"The database (?:does not answer|went away): (?P<reason>.+)",
        "messages.all_busy": r"All connections to the database are busy\.",
        "messages.full_reason": r"The database has no room left: (?P<reason>.+)",
    }.items()
}


def said(message: str | None) -> str:
    """A message of an error or of a job in the reader's language; as it stands where it is none of ours."""
    if not message or language() == "en":
        return message or ""
    if message in _defaults():
        return t(_defaults()[message])
    for name, shape in SHAPES.items():
        if found := shape.fullmatch(message):
            return t(
                name, **{key: _word(key, value or "") for key, value in found.groupdict().items()}
            )
    return message


def _word(key: str, value: str) -> str:
    """A value of a message: fields and statuses have Korean names, anything else stays."""
    for name in {
        "field": (f"columns.{value}", f"jobs.field_{value}"),
        "status": (f"jobs.status_{value}",),
    }.get(key, ()):
        if name in catalogue():
            return t(name)
    return SCENARIOS.get(value, value)


@lru_cache(maxsize=1)
def _defaults() -> Mapping[str, str]:
    """Default sentence of each error → its text."""
    return {str(error()): f"errors.{error.__name__}" for error in _tree(errors.ModelOpsError)}


def _tree(error: type[errors.ModelOpsError]) -> Iterator[type[errors.ModelOpsError]]:
    if f"errors.{error.__name__}" in catalogue():
        yield error
    for child in error.__subclasses__():
        yield from _tree(child)
