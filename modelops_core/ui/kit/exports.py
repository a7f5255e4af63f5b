"""
Files for other programs: CSV with a BOM, XLSX; no streamlit.

Each begins with a head that says where the numbers come from: versions, parameter set,
sources with their kinds. Column names are stable English codes; a second row has labels.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font

from modelops_core.domain.answer import Answer
from modelops_core.domain.data_source import DataSource
from modelops_core.ports import Row

#: of one site's answer, in the order of the file
RESULT_COLUMNS = (
    "risk_type",
    "ssp_scenario",
    "horizon",
    "status",
    "hazard_score",
    "hazard_level",
    "exposure_score",
    "proximity_factor",
    "normalized_asset_value",
    "vulnerability_score",
    "vulnerability_level",
    "base_aal",
    "site_factor",
    "vulnerability_scale",
    "final_aal",
    "aal_p05",
    "aal_p95",
    "insurance_rate",
    "exposed_value",
    "expected_loss",
    "integrated_risk",
    "integrated_level",
    "flags",
    "remarks",
)
TOTAL_COLUMNS = (
    "ssp_scenario",
    "horizon",
    "physical",
    "physical_no_overlap",
    "operating",
    "grand",
    "assessed",
    "not_assessed",
)

#: what a spreadsheet would take for a formula
FORMULA = ("=", "+", "-", "@", "\t", "\r")
Head = Sequence[tuple[str, str]]


def head(answer: Answer, sources: Sequence[DataSource]) -> Head:
    """What every file of an answer says first."""
    kinds = [f"{s.table_name}: {s.name} ({s.kind}; {s.provider}; {s.version})" for s in sources]
    return [
        ("product", "ModelOps"),
        ("method_version", answer.method_version),
        ("parameter_set", f"{answer.parameter_set} {answer.parameter_hash}"),
        ("batch_id", answer.batch_id),
        ("latitude, longitude", f"{answer.latitude}, {answer.longitude}"),
        ("district", answer.district.name),
        ("units", "AAL % of exposed value a year; losses KRW a year; scores 0..1"),
        ("use", "screening level; not for engineering design, underwriting or appraisal"),
        *(("source", kind) for kind in kinds),
    ]


def csv_bytes(
    head: Head, columns: Sequence[str], labels: Mapping[str, str], rows: Sequence[Row]
) -> bytes:
    """UTF-8 with a BOM, so that spreadsheets read Korean; comment lines first."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    for name, value in head:
        writer.writerow([f"# {name}", value])
    writer.writerow(columns)
    if labels:
        writer.writerow([labels.get(column, "") for column in columns])
    writer.writerows([_plain(row.get(column)) for column in columns] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def xlsx_bytes(
    head: Head, sheets: Mapping[str, tuple[Sequence[str], Mapping[str, str], Sequence[Row]]]
) -> bytes:
    """One sheet a table, and one for the head."""
    book = Workbook()
    about = book.active
    about.title = "about"
    for line in head:
        about.append(list(line))
    for name, (columns, labels, rows) in sheets.items():
        sheet = book.create_sheet(name[:31])
        sheet.append(list(columns))
        if labels:
            sheet.append([labels.get(column, "") for column in columns])
        for row in rows:
            sheet.append([_plain(row.get(column)) for column in columns])
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _plain(value: Any) -> Any:
    """Lists as text; what is unknown stays an empty cell beside its status."""
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"  # a spreadsheet must not run it
    return value
