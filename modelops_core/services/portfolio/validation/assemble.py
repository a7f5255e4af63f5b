"""Makes a portfolio of tables in which no error is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from modelops_core.domain.climate import IntArray
from modelops_core.domain.portfolio import Holdings, Loans, Policies, Portfolio, TextArray
from modelops_core.domain.portfolio.fields import HOLDINGS, LOANS, POLICIES
from modelops_core.domain.portfolio.table import Table
from modelops_core.services.portfolio.validation.lending import Joined

#: attribute of a site → column of the table
NUMBERS = {
    "asset_value": "value",
    "built_year": "year_built",
    "floors_above": "floors_above",
    "floors_below": "floors_below",
    "total_area": "floor_area_m2",
    "elevation_m": "elevation_m",
}
TEXTS = {"structure": "structure", "purpose": "use"}


def portfolio(
    name: str, sites: Table, same_place: IntArray, blocks: Mapping[str, Joined]
) -> Portfolio:
    """The portfolio of checked tables."""
    given: dict[str, npt.NDArray[Any]] = {
        field: sites.numbers(column).copy() for field, column in NUMBERS.items()
    }
    given |= {field: sites.texts(column).copy() for field, column in TEXTS.items()}
    return Portfolio(
        name=name,
        source_row=sites.rows.copy(),
        site_id=sites.texts("site_id").copy(),
        site_name=sites.texts("name").copy(),
        latitude=sites.numbers("lat").copy(),
        longitude=sites.numbers("lon").copy(),
        address=_address(sites),
        address_match=sites.numbers("match").astype(np.int64),
        district_code=sites.texts("district_code").copy(),
        industry=sites.texts("site_ksic").copy(),
        group=sites.texts("group").copy(),
        same_place=same_place.copy(),
        contents_value=sites.numbers("contents").copy(),
        revenue=sites.numbers("revenue_krw").copy(),
        owner_occupied=sites.numbers("owner_occupied").copy(),
        first_floor_height_m=sites.numbers("first_floor_height_m").copy(),
        flood_barrier_m=sites.numbers("flood_barrier_m").copy(),
        service_equipment_raised=sites.numbers("service_equipment_raised").copy(),
        given=given,
        others={header: texts.copy() for header, texts in sites.others.items()},
        loans=_loans(blocks.get(LOANS.name)),
        policies=_policies(blocks.get(POLICIES.name)),
        holdings=_holdings(blocks.get(HOLDINGS.name)),
    )


def _address(sites: Table) -> TextArray:
    road, lot, parcel = (sites.texts(n) for n in ("road_address", "jibun_address", "pnu"))
    return np.where(road != "", road, np.where(lot != "", lot, parcel)).astype(object)


def _loans(block: Joined | None) -> Loans | None:
    if block is None:
        return None
    table = block.table
    region = table.texts("region" if "region" in table else "region_of_activity")
    return Loans(
        source_row=table.rows.copy(),
        loan_id=table.texts("loan_id").copy(),
        borrower_id=table.texts("borrower_id").copy(),
        ksic_code=table.texts("ksic_code").copy(),
        product=table.texts("product").copy(),
        exposure=table.numbers("exposure_krw").copy(),
        collateral_value=table.numbers("loan_collateral_krw").copy(),
        ltv=table.numbers("ltv").copy(),
        origination=table.days("origination").copy(),
        maturity=table.days("maturity_date").copy(),
        stage=table.numbers("ifrs9_stage").copy(),
        npl=table.numbers("npl").copy(),
        provision=table.numbers("provision_krw").copy(),
        insured=table.numbers("insured").copy(),
        insurance_limit=table.numbers("insurance_limit_krw").copy(),
        region=region.copy(),
        collateral=block.pledges,
    )


def _policies(block: Joined | None) -> Policies | None:
    if block is None:
        return None
    table = block.table
    return Policies(
        source_row=table.rows.copy(),
        policy_id=table.texts("policy_id").copy(),
        line=table.texts("line").copy(),
        gross_limit=table.numbers("gross_limit_krw").copy(),
        deductible=table.numbers("deductible_krw").copy(),
        retention=table.numbers("retention_krw").copy(),
        reinsurance_share=table.numbers("reinsurance_share").copy(),
        insured_sites=block.pledges,
    )


def _holdings(block: Joined | None) -> Holdings | None:
    if block is None:
        return None
    table = block.table
    return Holdings(
        source_row=table.rows.copy(),
        isin=table.texts("isin").copy(),
        weight=table.numbers("weight").copy(),
        issuer_sites=block.pledges,
    )
