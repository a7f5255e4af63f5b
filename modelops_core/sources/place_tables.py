"""
Reads tables of places: landmarks and stations, postal codes, addresses with their positions.

CSV of any separator in UTF-8 or CP949, also compressed, with Korean or English headers. Positions
are latitude and longitude [°, WGS84], or X and Y [m, EPSG:5179] as the public address files have.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyproj

from modelops_core.domain.dataset import Column, Dataset, Provenance
from modelops_core.domain.source import Chunk, Given, InputFile, only
from modelops_core.errors import SourceUnreadable
from modelops_core.services.site.place_search import address_key
from modelops_core.sources.demo import reference

#: what a position may be: the country with its sea
LATITUDES, LONGITUDES = (32.0, 44.0), (123.0, 133.0)
#: column → headers that mean it, besides its own name
HEADERS: Mapping[str, Sequence[str]] = {
    "latitude": ("위도", "lat", "y좌표(wgs84)", "역위도"),
    "longitude": ("경도", "lon", "lng", "x좌표(wgs84)", "역경도"),
    "x": ("x좌표", "좌표x"),
    "y": ("y좌표", "좌표y"),
    "name": ("이름", "명칭", "시설명", "역사명", "역명", "지하철역명"),
    "name_en": ("영문명", "영문역사명"),
    "aliases": ("다른이름", "별칭"),
    "kind": ("종류", "구분"),
    "district": ("시군구",),
    "postal_code": ("우편번호", "기초구역번호", "zipcode"),
    "place": ("읍면동명", "읍면동"),
    "sido": ("시도명", "시도"),
    "sigungu": ("시군구명",),
    "pnu": ("필지고유번호", "고유번호", "토지고유번호"),
    "road_address": ("도로명주소", "도로명전체주소", "소재지도로명주소"),
    "lot_address": ("지번주소", "소재지지번주소", "지번전체주소"),
    "road": ("도로명",),
    "below_ground": ("지하여부",),
    "number": ("건물본번",),
    "number_sub": ("건물부번",),
    "building_name": ("건물명", "시군구용건물명", "상세건물명"),
}
ENCODINGS = ("utf-8-sig", "cp949")
SEPARATORS = ",|\t;"
UNSTATED = "not stated"
Reader = Callable[[pd.DataFrame], dict[str, Column]]


def read(table: str, path: Path, provider: str, licence: str, version: str) -> Dataset:
    """
    Read *path* as rows for *table*, one of :data:`TABLES`; raises SourceUnreadable.

    Landmarks of a file come after those that ship with the program.
    """
    content = _content(path)
    rows = _positions(_frame(content, path), path)
    return Dataset(
        table=table,
        columns=TABLES[table](rows),
        provenance=Provenance(
            name=path.name,
            provider=provider,
            licence=licence,
            version=version,
            kind="observed",
            file_name=path.name,
            file_sha256=hashlib.sha256(content).hexdigest(),
            method=SHIPPED_TOO if table == "place_names" else None,
        ),
    )


@dataclass(frozen=True, slots=True)
class PlaceFile:
    """A file of one of the tables that the search reads: a domain.source.Reading."""

    dataset: Dataset

    @property
    def facts(self) -> Mapping[str, str]:
        return {"format": "CSV", "columns": ", ".join(self.dataset.columns)}

    def chunks(self) -> Iterator[Chunk]:
        """All rows at once: the search reads small tables."""
        size = len(self.dataset)
        yield Chunk(rows={self.dataset.table: self.dataset.columns}, read=size)

    def provenance(self) -> Mapping[str, Sequence[Provenance]]:
        """The file, as the user describes it."""
        return {self.dataset.table: [self.dataset.provenance]}


def opener(table: str) -> Callable[[Sequence[InputFile], Given], PlaceFile]:
    """How a kind of file opens that fills *table*."""

    def opened(files: Sequence[InputFile], given: Given) -> PlaceFile:
        (file,) = only(files)
        about = (given.provider, given.licence, given.version)
        return PlaceFile(read(table, file.path, *(text or UNSTATED for text in about)))

    return opened


def shipped() -> Dataset:
    """The landmarks, stations and islands that ship with the program."""
    return Dataset(
        table="place_names",
        columns=_place_columns(reference.table("places")),
        provenance=Provenance(
            name="Stations, airports, landmarks and islands",
            provider="ModelOps",
            licence="Apache-2.0",
            version="2026-11",
            kind="derived",
            method="Compiled by hand from commonly published positions, each within the outline of"
            " the town that its address names, good to about 1 km; read by the search only, by no"
            " calculation.",
        ),
    )


SHIPPED_TOO = "The file's rows after those that ship with the program."


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if path.suffix == ".gz" else content
    except OSError as error:
        raise SourceUnreadable("file_unreadable", file=path, why=error) from None


def _frame(content: bytes, path: Path) -> pd.DataFrame:
    """All cells as text, stripped, under this module's column names; '' where empty."""
    text = _text(content, path)
    first = next((line for line in text.splitlines() if line and line[0] != "#"), "")
    separator = max(SEPARATORS, key=first.count)
    try:
        frame = pd.read_csv(
            io.StringIO(text),
            sep=separator,
            dtype=str,
            comment="#",
            keep_default_na=False,
            quoting=csv.QUOTE_MINIMAL,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise SourceUnreadable("file_unreadable", file=path, why=error) from None
    if frame.empty:
        raise SourceUnreadable("table_empty", file=path.name)
    frame = frame.rename(columns={header: _column(str(header)) for header in frame})
    return frame.loc[:, ~frame.columns.duplicated()].map(str.strip)


def _text(content: bytes, path: Path) -> str:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            reason = error
    raise SourceUnreadable("file_unreadable", file=path, why=reason)


def _column(header: str) -> str:
    plain = header.strip().lower().replace(" ", "").replace("_", "")
    for column, known in HEADERS.items():
        if plain in (column.replace("_", ""), *known):
            return column
    return header


def _positions(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    """*frame* with ``latitude`` and ``longitude`` as numbers; raises for a row without."""
    if {"x", "y"} <= set(frame) and not {"latitude", "longitude"} <= set(frame):
        to_degrees = pyproj.Transformer.from_crs(5179, 4326, always_xy=True)
        x, y = (_numbers(frame, name, path) for name in ("x", "y"))
        longitude, latitude = to_degrees.transform(x.to_numpy(), y.to_numpy())
        frame = frame.assign(longitude=longitude, latitude=latitude)
    for name, (low, high) in (("latitude", LATITUDES), ("longitude", LONGITUDES)):
        values = _numbers(frame, name, path)
        wrong = ~values.between(low, high).to_numpy()
        if wrong.any():
            row = int(wrong.argmax())
            raise SourceUnreadable(
                "row_out_of_range",
                file=path.name,
                column=name,
                row=row + 1,
                value=values.iloc[row],
                low=low,
                high=high,
            )
        frame = frame.assign(**{name: values})
    return frame


def _numbers(frame: pd.DataFrame, name: str, path: Path) -> pd.Series[float]:
    if name not in frame:
        needed = ["latitude", "longitude"]
        raise SourceUnreadable("column_missing", file=path.name, missing=[name], needed=needed)
    values = pd.to_numeric(frame[name], errors="coerce")
    if values.isna().any():
        row = int(values.isna().to_numpy().argmax())
        raise SourceUnreadable(
            "row_not_a_number",
            file=path.name,
            column=name,
            row=row + 1,
            value=frame[name].iloc[row],
        )
    return values.astype(float)


def _need(frame: pd.DataFrame, *columns: str) -> None:
    """Raise SourceUnreadable unless one of *columns* is there."""
    if not any(column in frame for column in columns):
        raise SourceUnreadable(
            "column_missing", file="", missing=[columns[0]], needed=list(columns)
        )


def _texts(frame: pd.DataFrame, name: str) -> list[str | None]:
    """A column with None where it is empty or missing."""
    if name not in frame:
        return [None] * len(frame)
    return [None if pd.isna(value) or value == "" else str(value) for value in frame[name]]


def _place_columns(frame: pd.DataFrame) -> dict[str, Column]:
    _need(frame, "name")
    return {
        "place_id": np.arange(1, len(frame) + 1),
        "kind": [kind or "landmark" for kind in _texts(frame, "kind")],
        **{name: _texts(frame, name) for name in ("name", "name_en", "aliases", "district")},
        **_degrees(frame),
    }


def _with_shipped(frame: pd.DataFrame) -> dict[str, Column]:
    return _place_columns(pd.concat([reference.table("places"), frame], ignore_index=True))


def _postcode_columns(frame: pd.DataFrame) -> dict[str, Column]:
    """One row a code, the first where a file has several points of one."""
    _need(frame, "postal_code")
    codes = frame["postal_code"].str.zfill(5)
    kept = frame.assign(postal_code=codes).drop_duplicates("postal_code").sort_values("postal_code")
    names = ("postal_code", "place", "sigungu", "sido")
    return {**{name: _texts(kept, name) for name in names}, **_degrees(kept)}


def _address_columns(frame: pd.DataFrame) -> dict[str, Column]:
    _need(frame, "road_address", "lot_address", "road")
    roads = _texts(frame, "road_address")
    if "road_address" not in frame and {"road", "number"} <= set(frame):
        roads = _assembled(frame)
    lots = _texts(frame, "lot_address")
    texts = {name: _texts(frame, name) for name in ("pnu", "building_name", "postal_code")}
    return {
        "address_id": np.arange(1, len(frame) + 1),
        "pnu": texts["pnu"],
        "road_address": roads,
        "lot_address": lots,
        "road_key": [address_key(address) for address in roads],
        "lot_key": [address_key(address) for address in lots],
        "building_name": texts["building_name"],
        "postal_code": texts["postal_code"],
        **_degrees(frame),
    }


def _assembled(frame: pd.DataFrame) -> list[str | None]:
    """Road addresses from their parts, as the public building file has them."""
    columns = ("sido", "sigungu", "road", "below_ground", "number", "number_sub")
    made = []
    for parts in zip(*(_texts(frame, name) for name in columns), strict=True):
        sido, sigungu, road, below, number, sub = (part or "" for part in parts)
        house = number if sub in ("", "0") else f"{number}-{sub}"
        named = (sido, sigungu, road, "지하" if below == "1" else "", house)
        made.append(" ".join(part for part in named if part) or None)
    return made


def _degrees(frame: pd.DataFrame) -> dict[str, Column]:
    return {name: frame[name].to_numpy(float) for name in ("latitude", "longitude")}


#: table → its reader
TABLES: Mapping[str, Reader] = {
    "place_names": _with_shipped,
    "postcodes": _postcode_columns,
    "addresses": _address_columns,
}
