"""Small portfolios as files, and what a check says of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from openpyxl import Workbook

from modelops_core.domain.portfolio.choices import Choices
from modelops_core.domain.portfolio.findings import findings
from modelops_core.services.portfolio import validation
from modelops_core.services.portfolio.validation import Validated
from modelops_core.sources.portfolio import draft

#: cost of building anew [KRW/m²]
UNIT_COST = 2_000_000.0
AS_OF = date(2026, 11, 29)
HEADER = ["사업장번호", "위도", "경도", "연면적(㎡)", "자산가액", "준공연도"]
GOOD = ["0001", 37.5665, 126.978, 1000, 2_000_000_000, 1998]


class Korea:
    """Two districts, west and east of 128 °E; the sea begins at 130 °E. A ports.PortfolioPlaces."""

    rows: Sequence[dict[str, Any]] = (
        {
            "key": "세종대로110",
            "road": True,
            "name": "서울특별시 중구 세종대로 110",
            "latitude": 37.5663,
            "longitude": 126.9779,
        },
        {
            "key": "중앙로1",
            "road": True,
            "name": "서울특별시 중구 중앙로 1",
            "latitude": 37.56,
            "longitude": 126.97,
        },
        {
            "key": "중앙로1",
            "road": True,
            "name": "강원특별자치도 강릉시 중앙로 1",
            "latitude": 37.75,
            "longitude": 128.9,
        },
    )
    lots: Sequence[dict[str, Any]] = (
        {
            "key": "1114010300100310000",
            "road": False,
            "name": "서울특별시 중구 태평로1가 31",
            "latitude": 37.5664,
            "longitude": 126.9778,
        },
    )

    def districts_at(self, latitude, longitude):
        codes = np.where(longitude < 128, "11140", "51150").astype(object)
        return codes, np.where(longitude < 130, 0.0, 100_000.0 * (longitude - 130))

    def distances(self, codes, latitude, longitude):
        west = codes == "11140"
        return 88_000.0 * np.maximum(np.where(west, longitude - 128, 128 - longitude), 0)

    def district_names(self):
        return {
            "11140": "서울특별시 중구",
            "51150": "강원특별자치도 강릉시",
            "26110": "부산광역시 중구",
        }

    def addresses(self, keys):
        return [row for row in self.rows if row["key"] in keys]

    def parcels(self, numbers):
        return [row for row in self.lots if row["key"] in numbers]

    def towns(self):
        town = {"admin_code": "5115010100", "admin_name": "강원특별자치도 강릉시 홍제동"}
        return [{**town, "latitude": 37.75, "longitude": 128.88}]


def workbook(path: Path, **sheets: list[list[Any]]) -> Path:
    """An XLSX with these sheets, rows as given."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def checked(*paths: Path, places: Korea | None = None, **choices: Any) -> Validated:
    """What a check of *paths* finds."""
    chosen = Choices(as_of=AS_OF, **choices)
    return recheck(draft.read(paths, chosen), places, chosen)


def recheck(found: draft.Draft, places: Korea | None = None, chosen: Choices | None = None):
    """What a check of a draft finds."""
    chosen = chosen or Choices(as_of=AS_OF)
    tables, problems = draft.tables(found, chosen)
    return validation.validate(found.name, tables, problems, chosen, places, UNIT_COST)


def cells(found: Validated, severity: str = "error") -> list[tuple[str, str]]:
    """Cell and code of what was found."""
    return [
        (one.cell or str(one.row or ""), one.problem.code)
        for one in findings(found.problems)
        if one.problem.severity == severity
    ]
