"""An error is a code and values; one catalogue says it in English and Korean."""

from __future__ import annotations

import ast
import importlib
import json
import math
import pickle
import pkgutil
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from string import Formatter

import numpy as np
import pytest

import modelops_core
from modelops_core import errors
from modelops_core.errors import InvalidInput, ModelOpsError, NoResults, OutsideKorea, sentence

ROOT = Path(modelops_core.__file__).parent
HANGUL = re.compile(r"[가-힣]")


def classes(kind: type[ModelOpsError] = ModelOpsError) -> Iterator[type[ModelOpsError]]:
    """The package's errors, those declared outside errors.py as well."""
    yield kind
    for child in kind.__subclasses__():
        if child.__module__.startswith("modelops_core"):
            yield from classes(child)


@lru_cache(maxsize=1)
def raised() -> list[tuple[str, ast.Call]]:
    """Every call in the package that makes one of its errors, with where it stands."""
    for module in pkgutil.walk_packages([str(ROOT / "jobs")], "modelops_core.jobs."):
        importlib.import_module(module.name)
    names = {kind.__name__ for kind in classes()}
    return [
        (f"{path.relative_to(ROOT)}:{node.lineno}", node)
        for path in sorted(ROOT.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", None)) in names
    ]


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def code_of(call: ast.Call) -> str | None:
    if call.args and isinstance(call.args[0], ast.Constant):
        return call.args[0].value
    return None


def test_every_error_is_raised_with_a_code_and_named_values():
    """No sentence is put together where an error is raised."""
    loose = [
        where
        for where, call in raised()
        if (call.args or call.keywords)
        and (len(call.args) != 1 or not re.fullmatch(r"[a-z_]+", str(code_of(call))))
    ]
    assert loose == []


def test_every_code_has_a_sentence_with_the_values_that_are_given():
    """Neither a placeholder without a value nor a value that is never said."""
    wrong = []
    for where, call in raised():
        code = code_of(call)
        if code is None:
            continue
        given = {keyword.arg for keyword in call.keywords}
        template = errors.catalogue().get(code)
        if template is None or placeholders(template["en"]) != given:
            wrong.append((where, code, given))
    assert wrong == []


def test_every_sentence_stands_in_both_languages():
    """With the same values; the Korean one is Korean."""
    for code, entry in errors.catalogue().items():
        assert set(entry) == {"en", "ko"}, code
        assert placeholders(entry["en"]) == placeholders(entry["ko"]), code
        assert HANGUL.search(entry["ko"]), code
        assert not HANGUL.search(entry["en"]), code


def test_every_sentence_is_said_somewhere():
    """A code that nothing raises is left over; each class has one of its own."""
    own = {errors.default_code(kind) for _ in [raised()] for kind in classes()}
    assert set(errors.catalogue()) == own | {code_of(call) for _, call in raised()} - {None}
    assert all(not placeholders(errors.catalogue()[code]["en"]) for code in own)


def test_an_error_without_a_code_has_that_of_its_class():
    """As ``raise NoResults`` does."""
    assert NoResults().code == "no_results"
    assert "nightly" in str(NoResults())


def test_an_error_survives_json_and_another_process():
    """Class, code and values; numbers of numpy's are numbers, what JSON lacks is text."""
    error = OutsideKorea(
        "in_the_sea",
        latitude=np.float64(37.5),
        longitude=math.nan,
        district="a\0b\ud800",
        distance=np.float32(2.5),
    )
    kept = json.loads(json.dumps(error.as_dict()))
    assert kept["values"]["longitude"] == "nan"
    for same in (OutsideKorea.from_dict(kept), pickle.loads(pickle.dumps(error))):
        assert type(same) is OutsideKorea
        assert same.as_dict() == error.as_dict()
        assert str(same) == (
            "Latitude 37.5, longitude nan lies in the sea or outside South Korea:"
            " the nearest district (a\N{REPLACEMENT CHARACTER}b?) is 2.5 km away."
        )


@pytest.mark.parametrize(
    ("code", "values", "said"),
    [
        (
            "out_of_range",
            {"field": "x", "value": 0.1 + 0.2, "low": 0, "high": 200.0, "unit": "m"},
            "x: 0.3 lies outside 0 to 200 m.",
        ),
        (
            "out_of_range",
            {"field": "x", "value": -1, "low": 0, "high": 1, "unit": ""},
            "x: -1 lies outside 0 to 1.",
        ),
        (
            "not_one_of",
            {"field": "peril", "value": ["hail", "fog"], "known": ["flood"]},
            "peril 'hail', 'fog': choose from flood.",
        ),
        ("not_one_of", {"field": "peril", "value": "a"}, "peril 'a': choose from ?."),
        ("not_one_of", {"field": "peril", "value": "a", "known": []}, "peril 'a': choose from –."),
        ("far_from_cells", {"distance": "nan"}, "Latitude ?, longitude ?: the nearest climate"),
        ("of another version", {"field": "x"}, "of another version"),
    ],
)
def test_a_sentence_is_made_from_whatever_a_row_holds(code, values, said):
    """Values of any kind, missing ones, and codes of another version of this program."""
    assert sentence(code, values).startswith(said)


def test_a_value_is_no_longer_than_a_row_should_hold():
    """Such as the words of a server."""
    error = InvalidInput("database_silent", reason="x" * 10_000)
    assert len(error.values["reason"]) == errors.LONGEST
    assert errors.coded(error) is error


def test_an_error_of_somebody_else_is_named():
    """Its kind and its words."""
    error = errors.coded(ZeroDivisionError("division by zero"))
    assert str(error) == "Unexpected ZeroDivisionError: division by zero"
