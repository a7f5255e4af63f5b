"""
What of a collateral's loss is whose: the printed rule of a portfolio with loans.

    share of loan l at site s = exposure_l / Σ exposure of all loans secured by s

A loan's loss is the sum of its shares over its sites. A site where no exposure is known, or where
one is unknown, is shared out to nobody and said.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from modelops_core.domain.climate import Array, BoolArray, IntArray
from modelops_core.domain.portfolio import Loans

RULE = {
    "en": "A collateral's loss is shared by the loans that it secures in proportion to their"
    " exposures.",
    "ko": "한 담보가 여러 여신을 담보하면 담보의 손실을 여신별 익스포저 비율로 나눕니다.",
}


@dataclass(frozen=True, slots=True)
class Allocation:
    """
    Shares of each pledge, (pledge,), of the loss and value of its site; NaN where unknown.

    ``loan`` and ``site`` are the positions of the pledge's two ends.
    """

    loan: IntArray
    site: IntArray
    share: Array
    loans: int

    def of_loans(self, values: Array) -> Array:
        """
        Bring *values* of the sites (…, site) to the loans, (…, loan).

        NaN where the loan has no collateral, or one that is shared out to nobody or unknown.
        """
        shape = (self.site.size, self.loans)
        mine = sparse.csr_matrix((self.share, (np.arange(self.site.size), self.loan)), shape=shape)
        flat = values[..., self.site].reshape(-1, self.site.size)
        out = np.asarray(flat @ mine).reshape(*values.shape[:-1], self.loans)
        secured = np.zeros(self.loans, dtype=bool)
        secured[self.loan] = True
        return np.where(secured, out, np.nan)

    def unshared(self, sites: int) -> BoolArray:
        """Sites that secure a loan and are shared out to nobody, (site,)."""
        found = np.zeros(sites, dtype=bool)
        found[self.site[np.isnan(self.share)]] = True
        return found


def allocation(loans: Loans, sites: int) -> Allocation:
    """The shares of all pledges of *loans* on a portfolio of so many *sites*."""
    loan, site = loans.collateral.row, loans.collateral.site
    exposure = loans.exposure[loan]
    total = np.zeros(sites)
    np.add.at(total, site, exposure)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = exposure / np.where(total > 0, total, np.nan)[site]
    return Allocation(loan, site, share, len(loans))
