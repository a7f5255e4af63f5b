"""``location_admin``: provinces, districts and towns with names, areas and population."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from modelops_core.domain.dataset import Column, Dataset, Provenance
from modelops_core.sources.demo import provenance, reference
from modelops_core.sources.demo.places import boundaries as source
from modelops_core.sources.demo.places.boundaries import Boundaries
from modelops_core.sources.demo.places.geometry import ewkb, multipolygons, to_degrees
from modelops_core.sources.demo.places.population import YEARS, district_population

URBAN_TOWNS = ("동", "가", "로")
URBAN_DISTRICTS = ("구", "시")
SQUARE_METRES = 1e6
NAMES = ("admin_code", "level", "parent_code", "admin_name", "admin_name_en", "is_urban")
POPULATIONS = [f"population_{year}" for year in YEARS]

METHOD = (
    "Towns (eup, myeon, dong) of the NGII boundaries were moved to the district codes of June 2024,"
    " freed of overlaps and slivers, simplified to about 40 m as one coverage and dissolved to"
    " districts and provinces, so that the three levels nest exactly. Population: registered"
    " population of June 2024 moved along the change 2022-2052 of its province (Statistics Korea,"
    " May 2024; unpublished provinces share the published regional remainder) and scaled, by at"
    " most 1.5 %, to the projection's national total; before 2022 the value of 2022 is held."
    " Towns have no population."
)


def dataset(country: Boundaries) -> Dataset:
    """All three levels, sorted by code."""
    rows = pd.concat([_provinces(country), _districts(country), _towns(country)])
    rows = rows.sort_values("admin_code").reset_index(drop=True)
    columns: dict[str, Column] = {name: rows[name].to_list() for name in NAMES}
    columns["geom"] = ewkb(multipolygons(to_degrees(rows["geom"].to_numpy())))
    columns["area_km2"] = rows["area_km2"].to_numpy()
    for name in POPULATIONS:
        columns[name] = [None if np.isnan(value) else int(value) for value in rows[name]]
    return Dataset(table="location_admin", columns=columns, provenance=_provenance())


def _provinces(country: Boundaries) -> pd.DataFrame:
    listed = (
        reference.districts()
        .drop_duplicates("sido_cd")
        .set_index("sido_cd")
        .loc[list(country.province_codes)]
    )
    return _level("sido", country.province_codes, country.province_shapes).assign(
        parent_code=None,
        admin_name=listed["sido_nm"].to_numpy(),
        admin_name_en=listed["sido_nm_en"].to_numpy(),
        is_urban=None,
        **_columns(_population(country.province_codes, length=2)),
    )


def _districts(country: Boundaries) -> pd.DataFrame:
    listed = reference.districts().loc[list(country.district_codes)]
    return _level("sigungu", country.district_codes, country.district_shapes).assign(
        parent_code=country.district_codes.astype("U2"),
        admin_name=district_names(),
        admin_name_en=_english_names().loc[list(country.district_codes)].to_numpy(),
        is_urban=listed["sgg_nm"].str.endswith(URBAN_DISTRICTS).to_list(),
        **_columns(_population(country.district_codes, length=5)),
    )


def _towns(country: Boundaries) -> pd.DataFrame:
    towns = country.towns
    district = pd.Series(district_names(), index=country.district_codes)
    return _level("emd", towns["code"].to_numpy(dtype=str), country.town_shapes).assign(
        parent_code=towns["district"].to_numpy(),
        admin_name=(towns["district"].map(district) + " " + towns["name"]).to_numpy(),
        admin_name_en=None,
        is_urban=is_urban(towns["name"]).to_list(),
        **dict.fromkeys(POPULATIONS, np.nan),
    )


def is_urban(town_names: pd.Series[str]) -> pd.Series[bool]:
    """A dong (also 가, 로) is urban; eup and myeon are not."""
    return town_names.str.endswith(URBAN_TOWNS)


def district_names() -> list[str]:
    """Name every district as '서울특별시 성북구', sorted by code; a province that is one, once."""
    listed = reference.districts()
    names = listed["sido_nm"] + " " + listed["sgg_nm"]
    return names.where(~_is_province(listed), listed["sido_nm"]).to_list()


def _english_names() -> pd.Series[str]:
    """By code, the name as 'Seongbuk-gu, Seoul'; a province that is one district, once."""
    listed = reference.districts()
    names = listed["sgg_nm_en"] + ", " + listed["sido_nm_en"]
    return names.where(~_is_province(listed), listed["sido_nm_en"])


def _is_province(listed: pd.DataFrame) -> pd.Series[bool]:
    """Whether a district is all of its province."""
    return listed.groupby("sido_cd")["sgg_nm"].transform("size") == 1


def _level(level: str, codes: np.ndarray, shapes: np.ndarray) -> pd.DataFrame:
    area = shapely.area(shapes) / SQUARE_METRES
    return pd.DataFrame({"admin_code": codes, "level": level, "geom": shapes, "area_km2": area})


def _population(codes: np.ndarray, length: int) -> pd.DataFrame:
    """Persons of the districts whose code starts with each of *codes*."""
    persons = district_population()
    return persons.groupby(persons.index.str[:length]).sum().loc[list(codes)]


def _columns(persons: pd.DataFrame) -> dict[str, np.ndarray]:
    return {name: persons[year].to_numpy() for name, year in zip(POPULATIONS, YEARS, strict=True)}


def _provenance() -> Provenance:
    return provenance.packaged(
        "Administrative districts and population",
        "National Geographic Information Institute; Ministry of the Interior and Safety; Statistics"
        " Korea",
        "open public data, attribution",
        source.PACKAGE,
        "derived",
        METHOD,
        "boundaries 2023-09-15, population 2020-2050",
    )
