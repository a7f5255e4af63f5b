"""
A portfolio in the columns of our own template, as texts: what is read again is the same portfolio.

Numbers are written with as many figures as tell them apart from all others.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from modelops_core.domain.climate import Array
from modelops_core.domain.portfolio import (
    DayArray,
    Holdings,
    Loans,
    Pledges,
    Policies,
    Portfolio,
    TextArray,
)
from modelops_core.sources.portfolio.formats.oed import KEPT, LOCATIONS

#: whole numbers below this are written without a point
WHOLE = 1e15
#: columns by which a table would be taken for an OED file
OED = frozenset(LOCATIONS[name].headers[0] for name in KEPT)
#: column of the template → field of the portfolio
LOANS = {
    "exposure_krw": "exposure",
    "loan_collateral_krw": "collateral_value",
    "ltv": "ltv",
    "ifrs9_stage": "stage",
    "provision_krw": "provision",
    "insurance_limit_krw": "insurance_limit",
}
POLICIES = {
    "gross_limit_krw": "gross_limit",
    "deductible_krw": "deductible",
    "retention_krw": "retention",
    "reinsurance_share": "reinsurance_share",
}


def blocks(portfolio: Portfolio) -> dict[str, pd.DataFrame]:
    """The blocks that the portfolio has, by the names of their files: sites, loans …"""
    found = {"sites": sites(portfolio)}
    ids = portfolio.site_id
    if portfolio.loans is not None:
        found["loans"] = _loans(portfolio.loans, ids)
    if portfolio.policies is not None:
        found["policies"] = _policies(portfolio.policies, ids)
    if portfolio.holdings is not None:
        found["holdings"] = _holdings(portfolio.holdings, ids)
    return found


def sites(portfolio: Portfolio) -> pd.DataFrame:
    """One row a site, with the file's own columns behind ours; '' where unknown."""
    given = given_columns(portfolio)
    own: dict[str, npt.NDArray[Any]] = {
        "site_id": portfolio.site_id,
        "name": portfolio.site_name,
        "lat": numbers(portfolio.latitude),
        "lon": numbers(portfolio.longitude),
        "road_address": portfolio.address,
        "sigungu": portfolio.district_code,
        "address_match": numbers(portfolio.address_match),
        "use": given["purpose"],
        "structure": given["structure"],
        "year_built": numbers(given["built_year"]),
        "floors_above": numbers(given["floors_above"]),
        "floors_below": numbers(given["floors_below"]),
        "floor_area_m2": numbers(given["total_area"]),
        "asset_value_krw": numbers(building_value(portfolio)),
        "contents_value_krw": numbers(portfolio.contents_value),
        "revenue_krw": numbers(portfolio.revenue),
        "owner_occupied": yes_no(portfolio.owner_occupied),
        "first_floor_height_m": numbers(portfolio.first_floor_height_m),
        "flood_barrier_m": numbers(portfolio.flood_barrier_m),
        "service_equipment_raised": yes_no(portfolio.service_equipment_raised),
        "elevation_m": numbers(given["elevation_m"]),
        "site_ksic": portfolio.industry,
        "group": portfolio.group,
        "currency": np.full(len(portfolio), "KRW", dtype=object),
    }
    others = {header: texts for header, texts in portfolio.others.items() if header not in OED}
    return pd.DataFrame({**own, **others}, dtype=object)


def given_columns(portfolio: Portfolio) -> dict[str, npt.NDArray[Any]]:
    """What the file gives of the buildings; unknown where it lacks a column."""
    n = len(portfolio)
    texts, unknown = np.full(n, "", dtype=object), np.full(n, np.nan)
    names = ("built_year", "floors_above", "floors_below", "total_area", "elevation_m")
    nothing = {**dict.fromkeys(("structure", "purpose"), texts), **dict.fromkeys(names, unknown)}
    return {name: portfolio.given.get(name, column) for name, column in nothing.items()}


def building_value(portfolio: Portfolio) -> Array:
    """The value without the contents [KRW], all of it where these are unknown."""
    value = portfolio.given.get("asset_value", np.full(len(portfolio), np.nan))
    return np.where(np.isnan(portfolio.contents_value), value, value - portfolio.contents_value)


def numbers(values: npt.NDArray[Any]) -> TextArray:
    """Numbers as texts, '' where unknown."""
    return np.array([_number(value) for value in values.tolist()], dtype=object)


def _number(value: float) -> str:
    if math.isnan(value):
        return ""
    return str(int(value)) if value == int(value) and abs(value) < WHOLE else repr(value)


def yes_no(values: Array) -> TextArray:
    """Y, N and '' of 1, 0 and NaN."""
    return np.select([values == 1, values == 0], ["Y", "N"], "").astype(object)


def _days(values: DayArray) -> TextArray:
    texts = values.astype("datetime64[D]").astype(str)
    return np.where(np.isnat(values), "", texts).astype(object)


def _sites_of(pledges: Pledges, rows: int, ids: TextArray) -> TextArray:
    """The sites of each row of a block, with ``;`` between them."""
    named: list[list[str]] = [[] for _ in range(rows)]
    for row, site in zip(pledges.row.tolist(), pledges.site.tolist(), strict=True):
        named[row].append(ids[site])
    return np.array([";".join(own) for own in named], dtype=object)


def _loans(loans: Loans, ids: TextArray) -> pd.DataFrame:
    own: dict[str, Any] = {
        "loan_id": loans.loan_id,
        "site_id": _sites_of(loans.collateral, len(loans), ids),
        "borrower_id": loans.borrower_id,
        "ksic_code": loans.ksic_code,
        "product": loans.product,
        **_columns(loans, LOANS),
        "origination": _days(loans.origination),
        "maturity_date": _days(loans.maturity),
        "npl": yes_no(loans.npl),
        "insured": yes_no(loans.insured),
        "region_of_activity": loans.region,
    }
    return pd.DataFrame(own, dtype=object)


def _policies(policies: Policies, ids: TextArray) -> pd.DataFrame:
    own: dict[str, Any] = {
        "policy_id": policies.policy_id,
        "site_id": _sites_of(policies.insured_sites, len(policies), ids),
        "line": policies.line,
        **_columns(policies, POLICIES),
    }
    return pd.DataFrame(own, dtype=object)


def _holdings(holdings: Holdings, ids: TextArray) -> pd.DataFrame:
    own = {
        "isin": holdings.isin,
        "weight": numbers(holdings.weight),
        "site_id": _sites_of(holdings.issuer_sites, len(holdings), ids),
    }
    return pd.DataFrame(own, dtype=object)


def _columns(block: Any, names: Mapping[str, str]) -> dict[str, TextArray]:
    return {column: numbers(getattr(block, field)) for column, field in names.items()}
