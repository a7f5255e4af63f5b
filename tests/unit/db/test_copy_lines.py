"""COPY lines: what has a meaning to COPY or JSON is escaped, numbers and flags are what they were."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest

from modelops_core.db import bulk
from modelops_core.db.results import lines
from modelops_core.domain.climate import Array

ESCAPES = {"\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\r": "\r"}


def read(field: str) -> str | None:
    """A field of a line as COPY reads it."""
    if field == r"\N":
        return None
    out, i = "", 0
    while i < len(field):
        pair = field[i : i + 2]
        out += ESCAPES.get(pair, field[i])
        i += 2 if pair in ESCAPES else 1
    return out


@pytest.mark.parametrize(
    "value", ["a\tb", "a\nb", "a\rb", "a\\b", "\\N", "\\t", "a\r\nb\\", "한글", ""]
)
def test_text_survives_a_line(value):
    """One field of one line, whatever is in it."""
    line = bulk.line([value, 1])
    assert not {"\n", "\r"} & set(line)
    field, other = line.split("\t")
    assert (read(field), other) == (value, "1")


def test_numbers_and_the_unknown_survive_a_line():
    """To the last bit; None and NaN are NULL."""
    line = bulk.line([0.1 + 0.2, None, float("nan"), 7, True, -1e-300])
    assert [read(field) for field in line.split("\t")] == [
        "0.30000000000000004",
        None,
        None,
        "7",
        "True",
        "-1e-300",
    ]


def test_rows_are_cut_into_chunks(monkeypatch):
    """None is lost, none stands twice."""
    monkeypatch.setattr(bulk, "CHUNK", 3)
    for count in (0, 2, 3, 7):
        chunks = list(bulk._chunks([(n,) for n in range(count)]))
        assert [n for chunk in chunks for (n,) in chunk] == list(range(count))
        assert all(0 < len(chunk) <= 3 for chunk in chunks)


def test_dates_are_days_since_2000():
    """As the binary format has them; integers are of the column's width."""
    days = np.array(["1999-12-31", "2000-01-02"], dtype="datetime64[D]")
    assert bulk._on_wire(days, "date").tolist() == [-1, 1]
    assert bulk._on_wire(np.array([1, 2]), "smallint").dtype == np.int16
    missing = bulk._missing(np.array(["NaT", "2000-01-01"], dtype="datetime64[D]"))
    assert missing.tolist() == [True, False]
    assert bulk._missing(np.array([1.0, np.nan])).tolist() == [False, True]


def numbers(*values: float) -> Array:
    return np.array(values)


def test_numbers_of_columns():
    """Thirteen figures, whole numbers where asked for, NULL where unknown."""
    assert lines.numbers(numbers(0.1, np.nan, 1234.5)) == ["0.1", r"\N", "1234.5"]
    assert lines.numbers(numbers(12.0, np.nan), whole=True) == ["12", r"\N"]
    assert lines.significant(numbers(1.23456, -0.00123456, 0.0, 123456.0), 3).tolist() == [
        1.23,
        -0.00123,
        0.0,
        123000.0,
    ]
    assert lines.json_rows(np.array([[1.0, 2.0], [np.nan, 4.0]])) == ["[1.0,null]", "[2.0,4.0]"]
    objects = list(lines.objects({"a": numbers(1, 2), "b": numbers(3, np.nan)}))
    assert [json.loads(text) for text in objects] == [{"a": 1, "b": 3}, {"a": 2, "b": None}]


def test_each_cell_has_its_own_flags():
    """Every combination of three."""
    on = np.array([[bool(code >> bit & 1) for code in range(8)] for bit in range(3)])
    flags = dict(zip(("a", "b", "c"), on, strict=True))
    found = lines.flag_lists(flags, np.zeros(8, np.int8))
    assert found == ["{}", "{a}", "{b}", "{a,b}", "{c}", "{a,c}", "{b,c}", "{a,b,c}"]
    assert lines.flag_lists({}, np.zeros(2, np.int8)) == ["{}", "{}"]


def estimate(**more):
    """Two bins over one scenario and two cells; the second is unknown."""
    known = {"p": [[0.75, np.nan], [0.25, np.nan]]}
    known |= {
        name: np.full((2, 2), n / 10).tolist() for n, name in enumerate(("p_low", "p_high"), 1)
    }
    arrays = {name: np.array(values)[:, None, :] for name, values in known.items()}
    return SimpleNamespace(
        **arrays,
        damage_ratio=np.array([[0.0, 0.0], [0.5, 0.5]])[:, None, :],
        edges=numbers(1.0, 2.0),
        estimator="counted",
        n=np.array([[30.0, 20.0]]),
        details={},
        **more,
    )


def test_bins_and_details_are_json():
    """Probabilities by bin; NULL where unknown; notes with quotes and backslashes of one cell only."""
    said = 'a "quote", a back\\slash,\na tab\t'
    risk = SimpleNamespace(
        estimate=estimate(),
        estimate_status=np.zeros((1, 2), np.int8),
        first_year=1991,
        last_year=2020,
        notes={"why": [said, ""]},
    )
    probabilities = list(lines._bin_probabilities(risk.estimate.p))
    assert json.loads(probabilities[0]) == {"bin1": 0.75, "bin2": 0.25}
    assert probabilities[1] == lines.NULL
    data, unknown = lines._bin_data(risk)
    assert json.loads(data) == {
        "edges": [1.0, 2.0],
        "p": [0.75, 0.25],
        "p_low": [0.1, 0.1],
        "p_high": [0.2, 0.2],
        "dr": [0.0, 0.5],
    }
    assert unknown == lines.NULL
    first, second = (read(text) for text in lines._details(risk))
    assert json.loads(first) == {
        "years": [1991, 2020],
        "estimator": "counted",
        "why": said,
        "n": 30.0,
    }
    assert "why" not in json.loads(second)
