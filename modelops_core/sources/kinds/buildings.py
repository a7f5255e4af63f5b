"""
``load buildings``: entries of the building register, with coordinates.

Tables (CSV, Excel; UTF-8 or CP949) and features (GeoPackage, Shapefile, GeoJSON) with the
register's column names in camelCase, snake_case or Korean. A bad field is unknown and said, it
never costs the entry; 0 stands for missing in storeys, areas and dates. A campus (총괄표제부) has
the sums of its buildings: its areas and storeys are unknown for each of them. Entries without a
position in Korea, and a second entry of the same key, are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import shapely

from modelops_core.domain.climate import BoolArray
from modelops_core.domain.dataset import Column, Provenance
from modelops_core.domain.source import (
    SOURCE_ROW,
    Chunk,
    Field,
    Given,
    InputFile,
    Reject,
    Source,
)
from modelops_core.sources import delimited, vector
from modelops_core.sources.delimited import Frame, TextTable
from modelops_core.sources.validation import Checked, check, rejected, whole
from modelops_core.sources.vector import Layer

TABLE = "api_buildings"
LATITUDE = Field(
    name="latitude", headers=("lat", "위도", "y"), unit="°", low=33, high=39, needed=True
)
LONGITUDE = Field(
    name="longitude",
    headers=("lon", "lng", "경도", "x"),
    unit="°",
    low=124,
    high=132,
    needed=True,
)
#: largest floor area of one building in Korea is some 500,000 m²
AREA = {"unit": "m²", "low": 1, "high": 1_000_000, "missing": (0,)}
FIELDS = (
    LATITUDE,
    LONGITUDE,
    Field(
        name="register_pk",
        headers=("mgmBldrgstPk", "관리건축물대장PK", "관리_건축물대장_PK"),
        kind="text",
    ),
    Field(
        name="register_kind", headers=("regstrKindCdNm", "대장종류코드명", "대장종류"), kind="text"
    ),
    Field(name="structure", headers=("strctCdNm", "구조코드명", "주구조", "구조"), kind="text"),
    Field(name="main_purpose", headers=("mainPurpsCdNm", "주용도코드명", "주용도"), kind="text"),
    Field(
        name="approved",
        headers=("useAprDay", "사용승인일", "사용승인일자"),
        kind="time",
        formats=("%Y%m%d", "%Y-%m-%d", "%Y%m", "%Y"),
        missing=("0", "00000000", "0.0"),
    ),
    Field(
        name="floors_above",
        headers=("grndFlrCnt", "지상층수"),
        kind="whole",
        low=1,
        high=150,
        missing=(0,),
    ),
    Field(name="floors_below", headers=("ugrndFlrCnt", "지하층수"), kind="whole", low=0, high=20),
    Field(name="total_area", headers=("totArea", "연면적"), **AREA),  # type: ignore[arg-type]
    Field(name="arch_area", headers=("archArea", "건축면적"), **AREA),  # type: ignore[arg-type]
    Field(name="admin_code", headers=("sigunguCd", "시군구코드"), kind="text"),
)
TEXTS = ("register_pk", "structure", "main_purpose", "admin_code")
WHOLE = ("floors_above", "floors_below")
NUMBERS = (*WHOLE, "total_area", "arch_area")
CAMPUS = "총괄"
#: years of use approval that a building may have
FIRST_YEAR, LAST_YEAR = 1850, 2100
METHOD = (
    "Entries as published; 0 in storeys, areas and dates is unknown; areas and storeys of a campus"
    " (총괄표제부) are unknown."
)


@dataclass(slots=True)
class Register:
    """Recognised files of the register: a domain.source.Reading."""

    files: Sequence[InputFile]
    given: Given
    tables: Sequence[TextTable | Layer]
    facts: dict[str, str]
    #: hashes of the keys seen so far
    seen: set[int] = field(default_factory=set)
    count: int = 0

    def chunks(self) -> Iterator[Chunk]:
        """The entries of all files, in frames."""
        self.seen, self.count = set(), 0
        for number, table in enumerate(self.tables):
            for frame in _frames(table):
                checked = check(frame, FIELDS, table.name)
                values, rows, rejects = self._once(checked, table.name)
                share = (number + frame.share) / len(self.tables)
                columns = self._columns(values, rows)
                yield Chunk(
                    rows={TABLE: columns}, rejects=rejects, read=len(frame.rows), share=share
                )

    def provenance(self) -> Mapping[str, Sequence[Provenance]]:
        """One data set a file."""
        return {
            TABLE: [
                Provenance(
                    name=f"Building register: {file.name}",
                    provider=self.given.provider
                    or "Ministry of Land, Infrastructure and Transport, building register",
                    licence=self.given.licence or "not stated",
                    version=self.given.version or "not stated",
                    kind="observed",
                    period=self.given.period,
                    method=METHOD,
                    file_name=file.name,
                    file_sha256=file.sha256,
                )
                for file in self.files
            ]
        }

    def _once(self, checked: Checked, name: str) -> tuple[pd.DataFrame, np.ndarray, list[Reject]]:
        """The entries whose key was not seen before; the others are rejects."""
        if "register_pk" not in checked.values:
            return checked.values, checked.rows, checked.rejects
        keys = checked.values["register_pk"]
        hashes = pd.util.hash_array(keys.fillna("").to_numpy(dtype=object)).tolist()
        twice = np.zeros(len(keys), dtype=bool)
        for i, (key, known) in enumerate(zip(hashes, keys.notna(), strict=True)):
            twice[i] = known and key in self.seen
            self.seen.add(key)
        one = Field(name="register_pk", kind="text", needed=True)
        found = rejected(checked.rows, keys, twice, one, name, "key_twice")
        return checked.values[~twice], checked.rows[~twice], [*checked.rejects, *found]

    def _columns(self, values: pd.DataFrame, rows: np.ndarray) -> dict[str, Column]:
        """Columns of the table; what the file has no column for is unknown."""
        size = len(values)
        columns: dict[str, Column] = {
            "building_id": np.arange(self.count + 1, self.count + size + 1),
            "latitude": values["latitude"].to_numpy(),
            "longitude": values["longitude"].to_numpy(),
            "built_year": _years(values),
            "kind": ["observed"] * size,
            SOURCE_ROW: rows,
        }
        self.count += size
        for name in TEXTS:
            columns[name] = values[name].tolist() if name in values else [None] * size
        campus = _campus(values)
        for name in NUMBERS:
            known = values[name].to_numpy() if name in values else np.full(size, np.nan)
            numbers = np.where(campus, np.nan, known)
            columns[name] = whole(numbers) if name in WHOLE else numbers
        return columns


def _open(files: Sequence[InputFile], given: Given) -> Register:
    tables: list[TextTable | Layer] = []
    for file in files:
        if vector.is_vector(file.path):
            tables.append(vector.recognise(file.path, given.crs, given.encoding))
        else:
            table = delimited.recognise(file.path, given.encoding)
            table.columns(FIELDS)
            tables.append(table)
    first = tables[0]
    known = first.headers
    facts = {
        "format": "features" if isinstance(first, Layer) else "table",
        "encoding": first.encoding or "",
        "crs": first.crs if isinstance(first, Layer) else "EPSG:4326 (latitude and longitude)",
        "columns": ", ".join(f"{name} ← {header}" for name, header in _found(first).items()),
        "unread": ", ".join(h for h in known if h not in _found(first).values()) or "none",
    }
    return Register(files, given, tables, facts)


def _found(table: TextTable | Layer) -> dict[str, str]:
    """Field → header; the position of features is their geometry's."""
    placed = (LATITUDE, LONGITUDE) if isinstance(table, Layer) else ()
    return table.columns([one for one in FIELDS if one not in placed])


def _frames(table: TextTable | Layer) -> Iterator[Frame]:
    """Frames of cells with latitude and longitude."""
    columns = _found(table)
    if isinstance(table, TextTable):
        yield from table.frames(columns)
        return
    for frame, shapes in table.features(columns):
        points = shapely.point_on_surface(shapes)
        position = {"latitude": shapely.get_y(points), "longitude": shapely.get_x(points)}
        texts = {name: np.char.mod("%.7f", at) for name, at in position.items()}
        yield Frame(frame.cells.assign(**texts), frame.rows, frame.share)


def _years(values: pd.DataFrame) -> Column:
    """Years of use approval; None where there is none or none is possible."""
    if "approved" not in values:
        return [None] * len(values)
    years = values["approved"].dt.year
    return whole(years.where(years.between(FIRST_YEAR, LAST_YEAR)).to_numpy(dtype=float))


def _campus(values: pd.DataFrame) -> BoolArray:
    if "register_kind" not in values:
        return np.zeros(len(values), dtype=bool)
    found: BoolArray = values["register_kind"].fillna("").str.contains(CAMPUS).to_numpy(dtype=bool)
    return found


SOURCE = Source(
    kind="buildings",
    summary="Entries of the building register with coordinates: tables or features.",
    tables=(TABLE,),
    open=_open,
    takes=frozenset({"crs"}),
)
