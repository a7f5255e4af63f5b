"""
OED location files (Open Exposure Data 5.0.0): codes for unknown, feet, four values, many rows.

A location is PortNumber, AccNumber and LocNumber; it may stand on several rows, one for each peril
or condition, and counts once. BITIV is no value of property and is not added.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from modelops_core.domain.climate import Array
from modelops_core.domain.portfolio import TextArray
from modelops_core.domain.portfolio.choices import Choices
from modelops_core.domain.portfolio.fields import MOST, WORDS, BlockFields
from modelops_core.domain.portfolio.findings import Cited, Problem
from modelops_core.domain.portfolio.table import Table
from modelops_core.domain.source import Field
from modelops_core.sources.portfolio import oed_codes
from modelops_core.sources.portfolio.shape import Converted, Format, has
from modelops_core.sources.portfolio.sheet import Sheet

FOOT, SQUARE_FOOT = 0.3048, 0.09290304
#: OED's codes of units → factor to m and m²; the first is meant where none is given
LENGTHS = {1: FOOT, 2: 1.0}
AREAS = {11: SQUARE_FOOT, 12: 1.0}
#: storeys that are only known as low, mid or high, and not at all
STOREYS = (0.0, -1.0, -2.0, -3.0)
UNKNOWN_HEIGHT = (-999.0,)
#: code of Basement for a building without one; lower ones have one, of which 0 says nothing
NO_BASEMENT = 6
VALUES = ("building_tiv", "other_tiv", "contents_tiv")


def _text(name: str, *headers: str) -> Field:
    return Field(name=name, headers=headers, kind="text")


def _number(name: str, *headers: str, **facts: Any) -> Field:
    facts["missing"] = (*facts.get("missing", ()), *WORDS)
    return Field(name=name, headers=headers, **facts)


def _height(name: str, *headers: str) -> Field:
    return _number(name, *headers, low=-999, high=10_000, missing=UNKNOWN_HEIGHT)


def _code(name: str, *headers: str) -> Field:
    return _number(name, *headers, kind="whole", low=0, high=99_999)


LOCATIONS = BlockFields(
    name="site",
    key="loc_number",
    sheet_ko="OED location",
    sheet_en="OED location",
    fields=(
        _text("port_number", "PortNumber"),
        _text("acc_number", "AccNumber"),
        _text("loc_number", "LocNumber"),
        _text("country_code", "CountryCode"),
        _text("perils_covered", "LocPerilsCovered"),
        _text("currency", "LocCurrency"),
        _text("name", "LocName"),
        _text("group", "LocGroup"),
        _number("lat", "Latitude", low=-1e8, high=1e8, unit="°"),
        _number("lon", "Longitude", low=-1e8, high=1e8, unit="°"),
        _text("road_address", "StreetAddress"),
        _text("area_code", "AreaCode"),
        _number("address_match", "AddressMatch", kind="whole", low=0, high=20),
        _code("occupancy_code", "OccupancyCode"),
        _code("construction_code", "ConstructionCode"),
        _number("year_built", "YearBuilt", kind="whole", low=1800, high=2100, missing=(0.0,)),
        _number(
            "floors_above",
            "NumberOfStoreys",
            "NumberOfStories",
            kind="whole",
            low=-3,
            high=200,
            missing=STOREYS,
        ),
        _number("floors_below", "BasementLevelCount", kind="whole", low=0, high=5, missing=(0.0,)),
        _number("basement", "Basement", kind="whole", low=0, high=6, missing=(0.0,)),
        _number("floor_area", "FloorArea", low=0, high=1e8, missing=(0.0,)),
        _code("floor_area_unit", "FloorAreaUnit"),
        *(_number(name, name.replace("_", ""), low=0, high=MOST) for name in VALUES),
        _height("first_floor_height", "FirstFloorHeight"),
        _code("first_floor_height_unit", "FirstFloorHeightUnit"),
        _height("ground_elevation", "GroundElevation"),
        _code("ground_elevation_unit", "GroundElevationUnit"),
        _height("flood_defense_height", "FloodDefenseHeight"),
        _code("flood_defense_height_unit", "FloodDefenseHeightUnit"),
        _number("is_tenant", "IsTenant", kind="whole", low=0, high=1),
        _number("number_of_buildings", "NumberOfBuildings", kind="whole", low=0, high=1e6),
        # columns of our own, which an export of ours has for what OED lacks
        _text("own_use", "ModelOpsUse"),
        _text("own_structure", "ModelOpsStructure"),
        _number("own_floors_below", "ModelOpsFloorsBelow", kind="whole", low=0, high=99),
        _text("sigungu", "ModelOpsSigungu"),
        _text("site_ksic", "ModelOpsKsic"),
        _number("revenue_krw", "ModelOpsRevenue", low=0, high=MOST),
        _text("service_equipment_raised", "ModelOpsEquipmentRaised"),
    ),
)
#: columns that every file must have
REQUIRED = ("port_number", "acc_number", "country_code", "perils_covered", "currency")
#: columns of the file that its own numbers and codes are kept of, for the way back
KEPT = (
    *("port_number", "acc_number", "loc_number", "country_code", "perils_covered"),
    *("occupancy_code", "construction_code"),
)
#: our column → the file's, and the column with its unit
HEIGHTS = {
    "first_floor_height_m": "first_floor_height",
    "elevation_m": "ground_elevation",
    "flood_barrier_m": "flood_defense_height",
}
SAME = (
    *("name", "group", "lat", "lon", "road_address", "address_match", "year_built"),
    *("floors_above", "currency", "sigungu", "site_ksic", "revenue_krw"),
    "service_equipment_raised",
)


def recognises(sheet: Sheet) -> bool:
    """By the numbers of location and account."""
    return has(sheet, LOCATIONS, "loc_number", "acc_number")


def convert(table: Table, choices: Choices) -> Converted:
    """The template's columns; codes for unknown are unknown, units are metres and KRW's own."""
    problems = _missing(table) + _refused_codes(table)
    names = oed_codes.occupancies(), oed_codes.constructions()
    use, structure = (
        _named(table.numbers(name), known)
        for name, known in zip(("occupancy_code", "construction_code"), names, strict=True)
    )
    values = {name: table.values[name] for name in SAME if name in table}
    values |= {
        "site_id": _key(table),
        "use": _first(table.texts("own_use"), use),
        "structure": _first(table.texts("own_structure"), structure),
        "asset_value_krw": _sum(table, VALUES),
        "contents_in_value": table.numbers("contents_tiv"),
        "floor_area_m2": table.numbers("floor_area") * _factors(table, "floor_area_unit", AREAS),
        "perils_covered": table.texts("perils_covered"),
        "floors_below": _floors_below(table),
    }
    for name, own in HEIGHTS.items():
        values[name] = table.numbers(own) * _factors(table, f"{own}_unit", LENGTHS)
    values["owner_occupied"] = _owner(table.numbers("is_tenant"))
    return _with(table, values), problems


def _with(table: Table, values: dict[str, Any]) -> Table:
    cited = dict(table.cited)
    origins = {
        **HEIGHTS,
        "site_id": "loc_number",
        "use": "occupancy_code",
        "structure": "construction_code",
        "asset_value_krw": "building_tiv",
        "contents_in_value": "contents_tiv",
        "floor_area_m2": "floor_area",
        "owner_occupied": "is_tenant",
    }
    cited |= {name: cited[own] for name, own in origins.items() if own in cited}
    return Table(
        block="site",
        sheet=table.sheet,
        rows=table.rows,
        values=values,
        cited=cited,
        others=_as_written(table),
    )


def _as_written(table: Table) -> dict[str, TextArray]:
    """The columns KEPT as the file has them; a location's perils are those of all its rows."""
    found = {}
    for name in KEPT:
        text = table.cited[name].text if name in table.cited else None
        if text is not None:
            found[LOCATIONS[name].headers[0]] = text
    if "LocPerilsCovered" in found:
        found["LocPerilsCovered"] = _together(_key(table), found["LocPerilsCovered"])
    return found


def _together(keys: TextArray, texts: TextArray) -> TextArray:
    """The entries of all rows of a key, each once in their order, joined by ``;``."""
    entries: dict[str, dict[str, None]] = {}
    for key, text in zip(keys, texts, strict=True):
        own = (part.strip() for part in text.split(";"))
        entries.setdefault(key, {}).update(dict.fromkeys(part for part in own if part))
    return np.array([";".join(entries[key]) for key in keys], dtype=object)


def _first(known: TextArray, otherwise: TextArray) -> TextArray:
    return np.where(known != "", known, otherwise).astype(object)


def _floors_below(table: Table) -> Array:
    """A count of 0 is OED's default and says nothing: only the code says that there is none."""
    own, none = table.numbers("own_floors_below"), table.numbers("basement") == NO_BASEMENT
    counted = np.where(none, 0.0, table.numbers("floors_below"))
    return np.where(np.isnan(own), counted, own)


def _key(table: Table) -> TextArray:
    """LocNumber, with portfolio and account in front where the file has several of them."""
    location = table.texts("loc_number")
    parts = [table.texts("port_number"), table.texts("acc_number")]
    several = [part for part in parts if len(set(part.tolist())) > 1]
    key = location
    for part in reversed(several):
        key = part + "/" + key
    return np.where(location == "", "", key).astype(object)


def _sum(table: Table, names: tuple[str, ...]) -> Array:
    """Values together; unknown where none is known or all are 0, which is OED's default."""
    known = np.array([table.numbers(name) for name in names])
    total = np.nansum(known, axis=0)
    return np.where(total > 0, total, np.nan)


def _factors(table: Table, name: str, units: dict[int, float]) -> Array:
    """Factor of each row's unit; OED's default where none is given, NaN for an unknown code."""
    given = table.numbers(name)
    default = next(iter(units.values()))
    factors = np.full(len(table), np.nan)
    factors[np.isnan(given) | (given == 0)] = default
    for code, factor in units.items():
        factors[given == code] = factor
    return factors


def _owner(tenant: Array) -> TextArray:
    return np.select([tenant == 0, tenant == 1], ["y", "n"], "").astype(object)


def _named(codes: Array, known: dict[int, str]) -> TextArray:
    """The words of each code, '' where it is unknown."""
    found, inverse = np.unique(codes, return_inverse=True)
    words = [known.get(int(code), "") if not np.isnan(code) else "" for code in found]
    return np.array(words, dtype=object)[inverse]


def _missing(table: Table) -> list[Problem]:
    problems = [
        Problem(
            code="header_missing",
            sheet=table.sheet,
            column=Cited(header=LOCATIONS[name].headers[0]),
        )
        for name in REQUIRED
        if name not in table
    ]
    for name in REQUIRED:
        if name in table:
            problems += table.problem("value_missing", name, table.texts(name) == "")
    return problems


def _refused_codes(table: Table) -> list[Problem]:
    """Codes that OED does not have, countries other than Korea, units that are no code."""
    country, area = table.texts("country_code"), table.texts("area_code")
    perils = table.texts("perils_covered")
    korea = country == "KR"
    problems = table.problem("oed_country", "country_code", (country != "") & ~korea)
    problems += table.problem("oed_perils", "perils_covered", _foreign(perils))
    for name, known in (
        ("occupancy_code", oed_codes.occupancies()),
        ("construction_code", oed_codes.constructions()),
    ):
        codes = table.numbers(name)
        wrong = ~np.isnan(codes) & ~np.isin(codes, list(known))
        problems += table.problem(f"oed_{name}", name, wrong)
    known_area = np.isin(area, list(oed_codes.areas()))
    problems += table.problem("oed_area", "area_code", (area != "") & korea & ~known_area)
    doubt = np.isin(area, list(oed_codes.AMBIGUOUS))
    problems += table.problem("area_ambiguous", "area_code", doubt)
    for own, units in (("floor_area", AREAS), *((own, LENGTHS) for own in HEIGHTS.values())):
        unit = table.numbers(f"{own}_unit")
        wrong = ~np.isnan(table.numbers(own)) & (unit > 0) & ~np.isin(unit, list(units))
        allowed = ", ".join(map(str, units))
        problems += table.problem("unit_code", f"{own}_unit", wrong, allowed=allowed)
    basement, levels = table.numbers("basement"), table.numbers("floors_below")
    problems += table.problem(
        "basement_differs", "basement", (basement == NO_BASEMENT) & (levels > 0)
    )
    problems += table.problem(
        "basement_levels_unknown", "basement", (basement < NO_BASEMENT) & np.isnan(levels)
    )
    many = table.numbers("number_of_buildings") > 1
    return problems + table.problem("many_buildings", "number_of_buildings", many)


def _foreign(perils: TextArray) -> np.ndarray[Any, Any]:
    """Where a list of perils has a code that OED does not have."""
    found, inverse = np.unique(perils.astype(str), return_inverse=True)
    known = oed_codes.perils()
    parts = [[one.strip() for one in text.split(";") if one.strip()] for text in found]
    return np.array([any(one not in known for one in own) for own in parts])[inverse]


FORMAT = Format(
    name="oed",
    summary="OED location file 5.0.0.",
    blocks=(LOCATIONS,),
    recognises=recognises,
    convert=convert,
)
