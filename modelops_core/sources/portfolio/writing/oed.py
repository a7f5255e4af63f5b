"""
A portfolio as an OED location file (5.0.0): what is read again is the same portfolio.

Numbers and codes of an OED file stay as they were. What OED has no field for, and the words behind
a code, stand in columns of our own (``ModelOps…``), which other programs pass over.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from modelops_core.domain.building import STRUCTURE_CLASSES, USE_GROUPS, classify
from modelops_core.domain.portfolio import Portfolio, TextArray
from modelops_core.sources.portfolio.formats.oed import LOCATIONS, NO_BASEMENT
from modelops_core.sources.portfolio.writing.template import (
    building_value,
    given_columns,
    numbers,
    yes_no,
)

#: perils of ours that OED has a code for: wind, surge, river, flash flood, wildfire, freeze
PERILS = "WTC;WSS;ORF;OSF;BBF;ZFZ"
METRES, SQUARE_METRES = "2", "12"
#: most storeys below ground that OED has
MOST_LEVELS = 5
#: class of ours → code of OED, 1000 and 5000 for an unknown one
OCCUPANCY = {
    "residential": 1050,
    "office": 1104,
    "retail": 1101,
    "lodging": 1115,
    "hospital": 1106,
    "warehouse": 1122,
    "factory": 1150,
    "education": 1230,
    "datacentre": 2306,
    "other": 1100,
}
CONSTRUCTION = {
    "rc": 5150,
    "src": 5208,
    "steel": 5200,
    "light": 5201,
    "masonry": 5100,
    "timber": 5050,
}
UNKNOWN_OCCUPANCY, UNKNOWN_CONSTRUCTION = 1000, 5000


def table(portfolio: Portfolio) -> pd.DataFrame:
    """One row a location."""
    columns: dict[str, npt.NDArray[Any]] = {
        **_identity(portfolio),
        **_building(portfolio),
        **_values(portfolio),
        **_heights(portfolio),
        **_own(portfolio),
    }
    known = {header for field in LOCATIONS.fields for header in field.headers}
    kept = {header: texts for header, texts in portfolio.others.items() if header not in known}
    return pd.DataFrame({**columns, **kept}, dtype=object)


def _identity(portfolio: Portfolio) -> dict[str, TextArray]:
    """Who and where; numbers of an OED file as they were."""
    n = len(portfolio)
    made = {
        "PortNumber": _same("1", n),
        "AccNumber": _same("1", n),
        "LocNumber": portfolio.site_id,
        "CountryCode": _same("KR", n),
        "LocPerilsCovered": _same(PERILS, n),
    }
    return {
        **{header: portfolio.others.get(header, texts) for header, texts in made.items()},
        "LocCurrency": _same("KRW", n),
        "LocName": portfolio.site_name,
        "LocGroup": portfolio.group,
        "Latitude": numbers(portfolio.latitude),
        "Longitude": numbers(portfolio.longitude),
        "StreetAddress": portfolio.address,
        "AddressMatch": numbers(portfolio.address_match),
    }


def _building(portfolio: Portfolio) -> dict[str, TextArray]:
    given = given_columns(portfolio)
    above, below = given["floors_above"], given["floors_below"]
    codes = {
        "OccupancyCode": _codes(given["purpose"], USE_GROUPS, OCCUPANCY, UNKNOWN_OCCUPANCY),
        "ConstructionCode": _codes(
            given["structure"], STRUCTURE_CLASSES, CONSTRUCTION, UNKNOWN_CONSTRUCTION
        ),
    }
    return {
        **{header: portfolio.others.get(header, texts) for header, texts in codes.items()},
        "YearBuilt": _or_zero(given["built_year"]),
        "NumberOfStoreys": _or_zero(above),
        "Basement": np.where(below == 0, str(NO_BASEMENT), "0").astype(object),
        "BasementLevelCount": _or_zero(np.minimum(below, MOST_LEVELS)),
        "FloorArea": _or_zero(given["total_area"]),
        "FloorAreaUnit": _same(SQUARE_METRES, len(portfolio)),
    }


def _values(portfolio: Portfolio) -> dict[str, TextArray]:
    return {
        "BuildingTIV": _or_zero(building_value(portfolio)),
        "OtherTIV": _same("0", len(portfolio)),
        "ContentsTIV": numbers(portfolio.contents_value),
        "IsTenant": np.select(
            [portfolio.owner_occupied == 1, portfolio.owner_occupied == 0], ["0", "1"], ""
        ).astype(object),
    }


def _heights(portfolio: Portfolio) -> dict[str, TextArray]:
    named = {
        "FirstFloorHeight": portfolio.first_floor_height_m,
        "GroundElevation": given_columns(portfolio)["elevation_m"],
        "FloodDefenseHeight": portfolio.flood_barrier_m,
    }
    found = {}
    for name, values in named.items():
        found[name] = numbers(values)
        found[f"{name}Unit"] = _same(METRES, len(portfolio))
    return found


def _own(portfolio: Portfolio) -> dict[str, TextArray]:
    """What OED has no field for, or a coarser one."""
    given = given_columns(portfolio)
    return {
        "ModelOpsUse": given["purpose"],
        "ModelOpsStructure": given["structure"],
        "ModelOpsFloorsBelow": numbers(given["floors_below"]),
        "ModelOpsSigungu": portfolio.district_code,
        "ModelOpsKsic": portfolio.industry,
        "ModelOpsRevenue": numbers(portfolio.revenue),
        "ModelOpsEquipmentRaised": yes_no(portfolio.service_equipment_raised),
    }


def _codes(texts: TextArray, rules: Any, codes: dict[str, int], unknown: int) -> TextArray:
    found, inverse = np.unique(texts.astype(str), return_inverse=True)
    named = [str(codes.get(classify(text, rules, "other"), unknown)) for text in found]
    return np.array(named, dtype=object)[inverse]


def _or_zero(values: npt.NDArray[Any]) -> TextArray:
    """OED's word for unknown is 0."""
    texts = numbers(values)
    return np.where(texts == "", "0", texts).astype(object)


def _same(text: str, rows: int) -> TextArray:
    return np.full(rows, text, dtype=object)
