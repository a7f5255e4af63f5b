"""
Amounts at sites: asset values, or the exposures of loans at their collaterals.

A loan's exposure is spread over its collaterals in proportion to their values; where it has several
and one value is unknown, so is how it is spread. A loan without collateral lies at no site.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from modelops_core.domain.climate import Array, BoolArray, IntArray
from modelops_core.domain.portfolio import Loans
from modelops_core.services.report.portfolio.material import Material

#: the position of an item that lies at no site
NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Items:
    """
    Amounts [KRW] (item,) and the sites that they lie at; ``row`` is the loan of each, or the site.
    """

    basis: str
    site: IntArray
    amount: Array
    row: IntArray

    @property
    def known(self) -> BoolArray:
        """Items of known amount."""
        return ~np.isnan(self.amount)

    @property
    def total(self) -> float:
        """Sum of the known amounts [KRW]."""
        return float(np.nansum(self.amount))

    def at_sites(self, values: BoolArray, nowhere: bool) -> BoolArray:
        """*values* (…, site) of each item's site, (…, item); *nowhere* where it has none."""
        if not values.shape[-1]:
            return np.full((*values.shape[:-1], self.site.size), nowhere)
        return np.where(self.site == NOWHERE, nowhere, values[..., self.site])


def of_assets(material: Material) -> Items:
    """Each site with its asset value."""
    every = np.arange(material.value.size, dtype=np.int64)
    return Items("asset_value", every, material.value, every)


def of_loans(material: Material) -> Items | None:
    """Each loan at each of its collaterals; None for a portfolio without loans."""
    loans = material.portfolio.loans
    if loans is None:
        return None
    row, site = loans.collateral.row, loans.collateral.site
    secured = np.bincount(row, minlength=len(loans))
    value = material.value[site]
    whole = np.zeros(len(loans))
    np.add.at(whole, row, value)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(secured[row] == 1, 1.0, value / np.where(whole > 0, whole, np.nan)[row])
    without = np.flatnonzero(secured == 0)
    return Items(
        "exposure",
        np.concatenate([site, np.full(without.size, NOWHERE)]).astype(np.int64),
        np.concatenate([loans.exposure[row] * share, loans.exposure[without]]),
        np.concatenate([row, without]).astype(np.int64),
    )


def all_items(material: Material) -> list[Items]:
    """Every basis that the portfolio has."""
    loans = of_loans(material)
    return [of_assets(material), *([] if loans is None else [loans])]


def section(code: str) -> str:
    """The section letter A to U of a KSIC code, '' where it says none."""
    text = code.strip().upper()
    if text[:1].isalpha():
        return text[:1] if "A" <= text[:1] <= "U" else ""
    if not text[:2].isdigit():
        return ""
    division = int(text[:2])
    return next((letter for first, last, letter in DIVISIONS if first <= division <= last), "")


#: first and last division of each section, KSIC 10 and 11 (as in NACE 2 by letter)
DIVISIONS = (
    *((1, 3, "A"), (5, 8, "B"), (10, 34, "C"), (35, 35, "D"), (36, 39, "E"), (41, 42, "F")),
    *((45, 47, "G"), (49, 52, "H"), (55, 56, "I"), (58, 63, "J"), (64, 66, "K"), (68, 68, "L")),
    *((70, 73, "M"), (74, 76, "N"), (84, 84, "O"), (85, 85, "P"), (86, 87, "Q"), (90, 91, "R")),
    *((94, 96, "S"), (97, 98, "T"), (99, 99, "U")),
)


def maturity_years(loans: Loans, day: np.datetime64) -> Array:
    """Years from *day* to each loan's maturity, (loan,); NaN where unknown."""
    days = (loans.maturity - day).astype("timedelta64[D]")
    years = days.astype(float) / 365.25
    return np.where(np.isnat(loans.maturity), np.nan, years)
