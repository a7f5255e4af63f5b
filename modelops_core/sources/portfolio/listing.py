"""Writes what was found in a portfolio's file into a CSV, one row a cell."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from modelops_core.domain.portfolio.findings import COLUMNS, Problem, findings
from modelops_core.services import safe_text
from modelops_core.sources import whole_file


def write(path: Path, problems: Iterable[Problem]) -> None:
    """UTF-8 with BOM, so that Excel reads the Korean; raises InvalidInput where it cannot."""
    with (
        whole_file.written(path) as part,
        part.open("w", encoding="utf-8-sig", newline="") as stream,
    ):
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        for finding in findings(problems):
            writer.writerow({name: _inert(v) for name, v in finding.as_row().items()})


def _inert(value: object) -> object:
    """A text of the file's as no spreadsheet takes it for anything else."""
    return safe_text.for_csv(value) if isinstance(value, str) else value
