"""What a load did not take: a CSV that a spreadsheet opens without running it."""

from __future__ import annotations

import csv

import pytest

from modelops_core.domain.source import Reject
from modelops_core.errors import InvalidInput
from modelops_core.sources.rejects import HEADERS, rejects_file


def reject(value, dropped=True):
    return Reject("a.csv", 3, "name", value, "not_a_number", "0 to 9", dropped)


def test_rejects_are_added_as_they_come_and_nothing_of_them_runs(tmp_path):
    """One head, one line each; an earlier load's file is gone."""
    path = tmp_path / "new" / "rejects.csv"
    with rejects_file(path) as write:
        write([reject("=1+1"), reject("－cmd", dropped=False)])
        write([])
        write([reject("12")])
    with path.open(encoding="utf-8-sig", newline="") as stream:
        head, *lines = csv.reader(stream)
    assert tuple(head) == HEADERS
    assert [line[3] for line in lines] == ["'=1+1", "'－cmd", "12"]
    assert [line[-1] for line in lines] == ["row left out", "value unknown", "row left out"]
    with rejects_file(path) as write:
        write([])
    assert not path.exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    """Before anything is read."""
    (tmp_path / "file").touch()
    with (
        pytest.raises(InvalidInput, match=r"rejects\.csv"),
        rejects_file(tmp_path / "file" / "rejects.csv"),
    ):
        pass
