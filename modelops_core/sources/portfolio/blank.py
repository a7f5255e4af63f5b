"""
Writes the empty template: four sheets with Korean headers and examples, and a page that explains.

Examples have ids that begin with 예시; rows of that kind are never read as sites.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from modelops_core.domain.portfolio.fields import (
    BLOCKS,
    FLAGS,
    HOLDINGS,
    LOANS,
    POLICIES,
    PRODUCTS,
    SITES,
    BlockFields,
)
from modelops_core.domain.source import Field
from modelops_core.sources import whole_file
from modelops_core.sources.portfolio.typed import allowed

#: what an example has in its columns, by block
EXAMPLES: Mapping[str, Sequence[Mapping[str, Any]]] = {
    SITES.name: (
        {
            "site_id": "예시-0001",
            "name": "서울 본점",
            "lat": 37.5665,
            "lon": 126.978,
            "sigungu": "서울특별시 중구",
            "use": "업무시설",
            "structure": "철근콘크리트구조",
            "year_built": 1998,
            "floors_above": 12,
            "floors_below": 3,
            "floor_area_m2": 15000,
            "asset_value_krw": 42_000_000_000,
            "contents_value_krw": 3_000_000_000,
            "owner_occupied": "Y",
            "flood_barrier_m": 0.6,
            "service_equipment_raised": "N",
        },
        {
            "site_id": "예시-0002",
            "name": "담보 공장",
            "jibun_address": "경기도 화성시 장안면 수촌리 100",
            "use": "공장",
            "structure": "일반철골구조",
            "year_built": 2011,
            "floors_above": 2,
            "floors_below": 0,
            "floor_area_m2": 3200,
            "asset_value_krw": 4_500_000_000,
        },
        {
            "site_id": "예시-0003",
            "name": "담보 아파트",
            "pnu": "1111010100100010000",
            "use": "공동주택",
        },
    ),
    LOANS.name: (
        {
            "loan_id": "예시-L1",
            "site_id": "예시-0002",
            "borrower_id": "B001",
            "ksic_code": "C26",
            "product": "기업담보",
            "exposure_krw": 2_500_000_000,
            "loan_collateral_krw": 4_500_000_000,
            "ltv": 55.6,
            "origination": "2023-05-31",
            "maturity_date": "2030-05-31",
            "ifrs9_stage": 1,
            "npl": "N",
            "provision_krw": 12_000_000,
            "insured": "Y",
            "insurance_limit_krw": 3_000_000_000,
        },
    ),
    POLICIES.name: (
        {
            "policy_id": "예시-P1",
            "site_id": "예시-0001",
            "line": "재산종합보험",
            "gross_limit_krw": 45_000_000_000,
            "deductible_krw": 100_000_000,
            "retention_krw": 9_000_000_000,
            "reinsurance_share": 0.8,
        },
    ),
    HOLDINGS.name: ({"isin": "예시-KR7000000001", "weight": 0.02, "site_id": "예시-0001"},),
}
#: columns whose digits are a name, not a number
TEXTS = "@"
WIDTH = 18
GUIDE = "안내"
GUIDE_HEADERS = ("시트", "열", "영문 열", "형식", "허용 값")
KINDS = {"text": "텍스트", "number": "숫자", "whole": "정수", "time": "날짜"}


def write(path: Path) -> None:
    """Write the template as XLSX, or its sites as CSV; raises InvalidInput where it cannot."""
    with whole_file.written(path) as part:
        if path.suffix.lower() == ".csv":
            _write_csv(part)
        else:
            _write_workbook(part)


def header(field: Field) -> str:
    """The Korean name of a column with its unit."""
    name = field.headers[0] if field.headers else field.name
    unit = {"KRW": "원", "m²": "㎡", "storeys": "층", "°": "", "%": "%", "m": "m"}.get(
        field.unit, ""
    )
    return f"{name}({unit})" if unit else name


def rows(block: BlockFields) -> Iterator[list[Any]]:
    """The header and the examples of a block."""
    yield [header(field) for field in block.fields]
    for example in EXAMPLES[block.name]:
        yield [example.get(field.name) for field in block.fields]


def _write_csv(path: Path) -> None:
    """With a BOM, so that Excel reads the Korean."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows(rows(SITES))


def _write_workbook(path: Path) -> None:
    from openpyxl import Workbook  # slow to import, needed here only
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.active)
    for block in BLOCKS:
        sheet = book.create_sheet(block.sheet_ko)
        for row in rows(block):
            sheet.append(row)
        for i, field in enumerate(block.fields, start=1):
            column = sheet.cell(1, i).column_letter
            sheet.cell(1, i).font = Font(bold=True)
            sheet.column_dimensions[column].width = WIDTH
            if field.kind == "text":
                for line in range(2, sheet.max_row + 1):
                    sheet.cell(line, i).number_format = TEXTS
                sheet.column_dimensions[column].number_format = TEXTS
        sheet.freeze_panes = "B2"
    guide = book.create_sheet(GUIDE)
    for explained in _guide():
        guide.append(explained)
    book.save(path)


def _guide() -> Iterator[tuple[str, ...]]:
    """What each column holds."""
    yield GUIDE_HEADERS
    for block in BLOCKS:
        for field in block.fields:
            yield (block.sheet_ko, header(field), field.name, KINDS[field.kind], _choices(field))


def _choices(field: Field) -> str:
    if field.name in FLAGS:
        return "Y, N"
    if field.name == "product":
        return ", ".join(PRODUCTS)
    return "" if field.kind == "text" else allowed(field)
