"""
``load admin``: districts with their outlines, and their population by code.

Outlines come as features in any CRS (Shapefile, GeoPackage, GeoJSON), of provinces (codes of 2
digits), districts (5) or towns (8 or 10), one level a file; population as a table with a code and
persons. Codes are legal codes (법정동코드); those of Statistics Korea's census look alike and are
refused. Levels without a file stay as they are. Persons are moved to 2020–2050 along the published
projections, as the demonstration's are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from modelops_core.domain.dataset import Column, Provenance
from modelops_core.domain.source import (
    SOURCE_ROW,
    Chunk,
    Field,
    Given,
    InputFile,
    Publication,
    Reject,
    Source,
)
from modelops_core.errors import SourceUnreadable
from modelops_core.sources import delimited, headers, vector
from modelops_core.sources.demo import reference
from modelops_core.sources.demo.places import population
from modelops_core.sources.demo.places.admin import SQUARE_METRES, URBAN_DISTRICTS, URBAN_TOWNS
from modelops_core.sources.demo.places.geometry import ewkb, multipolygons, to_metres
from modelops_core.sources.validation import check, whole

TABLE = "location_admin"
CODES = {
    "emd": Field(
        name="admin_code", headers=("emd_cd", "emd_code", "bjd_cd", "법정동코드"), kind="text"
    ),
    "sigungu": Field(
        name="admin_code", headers=("sgg_cd", "sig_cd", "sigungu_cd", "시군구코드"), kind="text"
    ),
    "sido": Field(name="admin_code", headers=("sido_cd", "ctprvn_cd", "시도코드"), kind="text"),
}
NAMES = {
    "emd": ("emd_nm", "emd_kor_nm", "읍면동명"),
    "sigungu": ("sgg_nm", "sig_kor_nm", "시군구명"),
    "sido": ("sido_nm", "ctp_kor_nm", "시도명"),
}
ENGLISH = {
    "emd": ("emd_eng_nm", "emd_nm_en"),
    "sigungu": ("sig_eng_nm", "sgg_nm_en"),
    "sido": ("ctp_eng_nm", "sido_nm_en"),
}
#: digits of a level's codes, and of the level above
DIGITS = {"sido": (2,), "sigungu": (5,), "emd": (8, 10)}
PARENT = {"sido": 0, "sigungu": 2, "emd": 5}
PERSONS = Field(
    name="persons",
    headers=("pop_2024_06", "population", "총인구수", "인구수", "총인구"),
    low=0,
    high=20_000_000,
    needed=True,
    unit="persons",
)
YEAR = re.compile(r"(20\d\d)")
#: share of known legal codes below which a file's codes are others
KNOWN_SHARE = 0.5
#: [°] what an outline may reach
LONGITUDES, LATITUDES = (123.0, 133.0), (32.0, 44.0)
POPULATIONS = [f"population_{year}" for year in population.YEARS]


@dataclass(frozen=True, slots=True)
class Outlines:
    """A recognised file of one level."""

    file: InputFile
    layer: vector.Layer
    level: str

    @property
    def fields(self) -> list[Field]:
        """Code and names of this level, and the name of the province for a full name."""
        level = self.level
        named = [
            Field(name="admin_name", headers=NAMES[level], kind="text", needed=True),
            Field(name="admin_name_en", headers=ENGLISH[level], kind="text"),
        ]
        if level != "sido":
            named += [
                Field(name="province", headers=NAMES["sido"], kind="text"),
                Field(name="province_en", headers=ENGLISH["sido"], kind="text"),
            ]
        return [_needed(CODES[level]), *named]


@dataclass(slots=True)
class Districts:
    """Recognised outlines and, if given, persons: a domain.source.Reading."""

    outlines: Sequence[Outlines]
    people: tuple[InputFile, delimited.TextTable] | None
    given: Given
    facts: dict[str, str]

    def chunks(self) -> Iterator[Chunk]:
        """One chunk a file: there are some 5,300 districts of all levels."""
        persons, rejects = self._persons()
        yield Chunk(rows={}, rejects=rejects, read=0, share=0.1)
        for number, one in enumerate(self.outlines, start=1):
            columns = one.layer.columns(one.fields)
            for frame, shapes in one.layer.features(columns, size=max(one.layer.count, 1)):
                checked = check(frame, one.fields, one.file.name)
                kept = np.isin(frame.rows, checked.rows)
                rows, off = _placed(checked.values, checked.rows, shapes[kept], one)
                yield Chunk(
                    rows={TABLE: _columns(rows, one.level, persons)},
                    rejects=[*checked.rejects, *off],
                    read=len(frame.rows),
                    share=0.1 + 0.9 * number / len(self.outlines),
                )

    def provenance(self) -> Mapping[str, Sequence[Provenance]]:
        """One data set for all files: they make one table together."""
        files = [one.file for one in self.outlines] + ([self.people[0]] if self.people else [])
        method = f"Outlines: {', '.join(f'{o.level} of {o.file.name}' for o in self.outlines)}."
        if self.people:
            method += (
                f" Registered persons of {self.people[0].name}, moved along the published change of"
                " each province (Statistics Korea, May 2024) and scaled to the national projection."
            )
        return {
            TABLE: [
                Provenance(
                    name=" + ".join(file.name for file in files),
                    provider=self.given.provider or "not stated",
                    licence=self.given.licence or "not stated",
                    version=self.given.version or "not stated",
                    kind="derived" if self.people else "observed",
                    period=self.given.period,
                    method=method,
                    file_name=files[0].name,
                    file_sha256=files[0].sha256,
                )
            ]
        }

    def _persons(self) -> tuple[pd.DataFrame, list[Reject]]:
        """Persons of districts by year; without a file no column is known."""
        if self.people is None:
            return pd.DataFrame(columns=list(population.YEARS)), []
        file, table = self.people
        fields = [_needed(CODES["sigungu"]), PERSONS]
        frames = [check(f, fields, file.name) for f in table.frames(table.columns(fields))]
        found = pd.concat([part.values for part in frames])
        persons = found.drop_duplicates("admin_code").set_index("admin_code")["persons"]
        year = int(self.facts["persons of"])
        return population.district_population(persons, year), [
            reject for part in frames for reject in part.rejects
        ]


def _needed(one: Field) -> Field:
    return Field(name=one.name, headers=one.headers, kind="text", needed=True)


def _open(files: Sequence[InputFile], given: Given) -> Districts:
    outlines = [_outlines(f, given) for f in files if vector.is_vector(f.path)]
    tables = [f for f in files if not vector.is_vector(f.path)]
    if not outlines:
        raise SourceUnreadable("no_outlines", file=[f.name for f in files])
    people = None
    facts = {
        "levels": ", ".join(f"{o.level} {o.layer.count:,} ({o.file.name})" for o in outlines),
        "crs": ", ".join(dict.fromkeys(o.layer.crs for o in outlines)),
        "encoding": ", ".join(dict.fromkeys(str(o.layer.encoding) for o in outlines)),
        "population": "no file: unknown",
    }
    for file in tables:
        table = delimited.recognise(file.path, given.encoding)
        header = table.columns([_needed(CODES["sigungu"]), PERSONS])["persons"]
        facts |= {"population": f"{file.name}: {header}"}
        facts |= {"persons of": _year(header, file, given)}
        people = file, table
    return Districts(outlines, people, given, facts)


def _year(header: str, file: InputFile, given: Given) -> str:
    """The year of the persons, as the option, the header or the file's name says."""
    found = YEAR.search(given.period or header) or YEAR.search(file.name)
    last = population.LAST
    if found is None or not population.FIRST <= int(found[1]) <= last:
        known = [population.FIRST, last]
        raise SourceUnreadable(
            "unsaid", file=file.name, column=header, what="year", known=known, option="period"
        )
    return found[1]


def _outlines(file: InputFile, given: Given) -> Outlines:
    """The layer and its level: the finest whose code it has."""
    layer = vector.recognise(file.path, given.crs, given.encoding)
    for level, code in CODES.items():
        if layer.columns([code]):
            return Outlines(file, layer, level)
    raise headers.missing(CODES["sigungu"], layer.headers, file.name)


def _placed(
    values: pd.DataFrame, rows: np.ndarray, shapes: vector.Geometries, one: Outlines
) -> tuple[pd.DataFrame, list[Reject]]:
    """Rows with geometry in Korea and codes of the level; the others as rejects."""
    west, south, east, north = shapely.bounds(shapes).T
    inside = (west >= LONGITUDES[0]) & (east <= LONGITUDES[1])
    inside &= (south >= LATITUDES[0]) & (north <= LATITUDES[1])
    fits = values["admin_code"].str.len().isin(DIGITS[one.level]).to_numpy()
    digits = " or ".join(map(str, DIGITS[one.level]))
    where = "32 to 44° N, 123 to 133° E"
    rejects = [
        Reject(
            one.file.name,
            int(rows[i]),
            "geometry",
            f"{south[i]:.4g}° N, {west[i]:.4g}° E",
            "out_of_range",
            where,
            True,
        )
        for i in np.flatnonzero(~inside)
    ]
    rejects += [
        Reject(
            one.file.name,
            int(rows[i]),
            "admin_code",
            str(values["admin_code"].iloc[i]),
            "another_code",
            f"{digits} digits",
            True,
        )
        for i in np.flatnonzero(inside & ~fits)
    ]
    kept = inside & fits
    found = values[kept].assign(geom=shapes[kept], **{SOURCE_ROW: rows[kept]})
    if one.level == "sigungu" and len(found):
        _refuse_census_codes(found["admin_code"], one)
    return found, rejects


def _refuse_census_codes(codes: pd.Series, one: Outlines) -> None:
    """Raise SourceUnreadable where hardly a code is a legal one."""
    known = codes.isin(reference.districts().index)
    if known.mean() < KNOWN_SHARE:
        raise SourceUnreadable(
            "census_codes",
            file=one.file.name,
            known=int(known.sum()),
            count=len(codes),
            example=codes[~known].iloc[0],
        )


def _columns(rows: pd.DataFrame, level: str, persons: pd.DataFrame) -> dict[str, Column]:
    shapes = multipolygons(rows["geom"].to_numpy())
    codes = rows["admin_code"]
    columns: dict[str, Column] = {
        "admin_code": codes.to_list(),
        "level": [level] * len(rows),
        "parent_code": [code[: PARENT[level]] or None for code in codes],
        "admin_name": _full(rows, "admin_name", "province", level, "{outer} {own}"),
        "admin_name_en": _full(rows, "admin_name_en", "province_en", level, "{own}, {outer}"),
        "is_urban": _urban(rows["admin_name"], level),
        "geom": ewkb(shapes),
        "area_km2": shapely.area(to_metres(shapes)) / SQUARE_METRES,
        SOURCE_ROW: rows[SOURCE_ROW].to_numpy(),
    }
    width = DIGITS[level][0]
    summed = persons.groupby(persons.index.str[:width]).sum() if len(persons) else persons
    for name, year in zip(POPULATIONS, population.YEARS, strict=True):
        known = codes.map(summed[year]) if len(summed) and level != "emd" else np.nan
        columns[name] = whole(np.broadcast_to(np.asarray(known, dtype=float), len(rows)))
    return columns


def _full(rows: pd.DataFrame, column: str, outer: str, level: str, form: str) -> list[str | None]:
    """Names with that of their province, as ``서울특별시 강남구``; a province that is one, once."""
    if column not in rows:
        return [None] * len(rows)
    own = rows[column]
    single = rows.groupby(outer)[column].transform("size") == 1 if outer in rows else None
    if level == "sigungu" and single is not None:
        own = own.where(~single, rows[outer])  # Sejong is province and district
    around = (
        rows[outer] if outer in rows and level != "sido" else pd.Series(None, rows.index, object)
    )
    return [
        None
        if name is None
        else form.format(outer=place, own=name)
        if place and not name.startswith(place)
        else name
        for name, place in zip(own, around.where(around.notna(), None), strict=True)
    ]


def _urban(names: pd.Series, level: str) -> Column:
    if level == "sido":
        return [None] * len(names)
    return names.str.endswith(URBAN_TOWNS if level == "emd" else URBAN_DISTRICTS).tolist()


def _publication(reading: object) -> Publication:
    """The levels that there are files for."""
    assert isinstance(reading, Districts)
    levels = tuple(dict.fromkeys(one.level for one in reading.outlines))
    return Publication((TABLE,), scope={TABLE: ("level", levels)})


SOURCE = Source(
    kind="admin",
    summary="Outlines of provinces, districts or towns, and persons by code.",
    tables=(TABLE,),
    open=_open,
    publication=_publication,
    takes=frozenset({"crs"}),
)
