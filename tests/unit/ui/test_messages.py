"""Messages of errors and jobs, kept in English, are shown in the reader's language."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from pathlib import Path

import pytest

import modelops_core
from modelops_core.domain.site import Site, check_coordinates
from modelops_core.errors import InvalidInput, NoResults
from modelops_core.services.site import ondemand
from modelops_core.ui.kit import i18n, messages

ROOT = Path(modelops_core.__file__).parent
#: what stands in the place of a value: any number, or a quoted word where the code writes !r
NUMBER, QUOTED = "1", "'x'"


@pytest.fixture
def korean(monkeypatch):
    monkeypatch.setattr(messages, "language", lambda: "ko")
    monkeypatch.setattr(i18n, "language", lambda: "ko")


@lru_cache(maxsize=1)
def written() -> frozenset[str]:
    """Every text of the code and of the queries, with a stand-in for each value."""
    found = set()
    for path in (ROOT.parent / "sql" / "queries").glob("*.sql"):
        found |= set(re.findall(r"'([^']+)'", path.read_text("utf-8")))
    for path in ROOT.rglob("*.py"):
        if path.name == "messages.py":  # the shapes themselves
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            if isinstance(node, ast.JoinedStr):
                found.add("".join(_part(value) for value in node.values))
    return frozenset(found)


def _part(value):
    if isinstance(value, ast.Constant):
        return value.value
    return QUOTED if value.conversion == ord("r") else NUMBER


@pytest.mark.parametrize("name", messages.SHAPES)
def test_a_shape_is_that_of_a_message_of_the_code(name):
    """A message that is reworded would fall back to English without a word."""
    assert any(messages.SHAPES[name].fullmatch(text) for text in written())


def raised(call, *args, **kwargs):
    with pytest.raises(InvalidInput) as error:
        call(*args, **kwargs)
    return str(error.value)


def test_messages_as_they_are_raised(korean):
    """Field, value and allowed range survive the translation."""
    outside = messages.said(raised(check_coordinates, 10.0, 127.0))
    assert "10" in outside
    assert "대한민국" in outside
    range_of = messages.said(raised(Site, latitude=37.5, longitude=127.0, floors_above=900.0))
    assert all(part in range_of for part in ("지상 층수", "900", "0", "200", "허용 범위"))
    best = messages.said(
        raised(
            ondemand.request,
            {"latitude": 37.5, "longitude": 127.0, "as_of": 2025, "parameter_set": "best"},
        )
    )
    assert all(part in best for part in ("best", "low, central, high", "고르세요"))
    assert messages.said(str(NoResults())) == i18n.catalogue()["errors.NoResults"]["ko"]


def test_what_is_not_ours_stays_as_it_is(korean):
    """The words of a server are not guessed at."""
    assert (
        messages.said("FATAL: the database system is starting up")
        == "FATAL: the database system is starting up"
    )
    assert messages.said(None) == ""
