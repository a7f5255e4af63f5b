"""Writes what was found in a portfolio's file into a CSV, one row a cell."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from modelops_core.domain.portfolio.findings import COLUMNS, Problem, findings
from modelops_core.errors import InvalidInput

#: how a text begins that a spreadsheet would run, and a plain number, which it may
_SIGN = re.compile(r"\s*[=+\-@\u2212]")
_NUMBER = re.compile(r"\s*[+-]?[\d,.]+\s*")


def write(path: Path, problems: Iterable[Problem]) -> None:
    """UTF-8 with BOM, so that Excel reads the Korean; raises InvalidInput where it cannot."""
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.DictWriter(stream, COLUMNS)
            writer.writeheader()
            for finding in findings(problems):
                writer.writerow({name: _inert(v) for name, v in finding.as_row().items()})
    except OSError as error:
        raise InvalidInput("file_unwritable", file=path, reason=error.strerror) from None


def _inert(value: object) -> object:
    """A text of the file's with an apostrophe where a spreadsheet would take it for a formula."""
    if not isinstance(value, str) or _NUMBER.fullmatch(value):
        return value
    return f"'{value}" if _SIGN.match(unicodedata.normalize("NFKC", value)) else value
