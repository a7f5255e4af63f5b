"""Loans, policies and holdings: what they stand on, and whether their facts agree."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from modelops_core.domain.climate import BoolArray, IntArray
from modelops_core.domain.portfolio import Pledges, TextArray
from modelops_core.domain.portfolio.fields import PRODUCTS
from modelops_core.domain.portfolio.findings import Problem
from modelops_core.domain.portfolio.table import Table
from modelops_core.services.portfolio.validation import buildings, keys

#: section letter and up to five digits, or the digits alone
KSIC = re.compile(r"[A-U]?\d{2,5}|[A-U]")
_LIST = re.compile(r"\s*[;,|]\s*")
#: LTVs up to this one are shares by all appearance [%]
SHARE = 2.0
#: how far an LTV may lie off exposure over collateral value [percentage points]
LTV_APART = 5.0


class Joined(NamedTuple):
    """Rows of a block, each key once, and the sites of each."""

    table: Table
    pledges: Pledges
    problems: list[Problem]


def joined(table: Table, key: str, site_ids: TextArray) -> Joined:
    """
    The block with its sites.

    A key that stands on several rows which differ in the site only is one thing on several sites; a
    cell may also name several, with ``;`` between them.
    """
    table, examples = keys.without_examples(table, key)
    table, totals = keys.without_totals(table, key)
    written = pd.Series(table.texts("site_id"), index=table.texts(key), dtype=object)
    kept, problems = keys.checked(table, key, apart=("site_id",))
    problems = examples + totals + [p for p in problems if p.code != "rows_repeated"]
    position = {site: i for i, site in enumerate(site_ids)}
    at = {name: i for i, name in enumerate(kept.texts(key))}
    pairs = [
        (at[name], position[site])
        for name, text in zip(written.index, written, strict=True)
        if name in at
        for site in _LIST.split(text)
        if site in position
    ]
    unique = np.unique(np.array(pairs, dtype=np.int64).reshape(-1, 2), axis=0)
    pledges = Pledges(row=unique[:, 0].copy(), site=unique[:, 1].copy())
    return Joined(kept, pledges, problems + _unknown_sites(table, position))


def _unknown_sites(table: Table, position: Mapping[str, int]) -> list[Problem]:
    """References to sites that the portfolio does not have; the same number with other zeros."""
    texts = table.texts("site_id")
    found, inverse = np.unique(texts.astype(str), return_inverse=True)
    bare = {_bare(site): site for site in position}
    parts = [[one for one in _LIST.split(text) if one] for text in found]
    wrong = np.array([any(one not in position for one in own) for own in parts])[inverse]
    alike = np.array(
        [
            ";".join(bare.get(_bare(one), "") for one in own)
            if own and all(_bare(one) in bare for one in own)
            else ""
            for own in parts
        ],
        dtype=object,
    )[inverse]
    return table.problem("site_unknown", "site_id", wrong, alike)


def _bare(site: str) -> str:
    return site.casefold().lstrip("0").strip()


def loans(table: Table, pledges: Pledges, as_of: date) -> tuple[Table, list[Problem]]:
    """The loans with products and yes or no in our words, and what does not agree."""
    table, problems = buildings.flags(table)
    table, more = _products(table)
    problems += more
    begun, ends = table.days("origination"), table.days("maturity_date")
    problems += table.problem(
        "maturity_before", "maturity_date", ends < begun, begun=begun.astype(str).astype(object)
    )
    problems += table.problem(
        "maturity_past", "maturity_date", (ends < np.datetime64(as_of)) & ~(ends < begun)
    )
    exposure = table.numbers("exposure_krw")
    problems += table.problem(
        "value_missing", "exposure_krw", np.isnan(exposure) & _blank(table, "exposure_krw")
    )
    problems += table.problem(
        "provision_large", "provision_krw", table.numbers("provision_krw") > exposure
    )
    bad = (table.numbers("npl") == 1) & (table.numbers("ifrs9_stage") < 3)
    problems += table.problem("stage_of_npl", "ifrs9_stage", bad)
    secured = np.isin(np.arange(len(table)), pledges.row)
    lost = ~secured & (table.texts("region_of_activity") == "") & (table.texts("site_id") == "")
    problems += table.problem("region_missing", "loan_id", lost)
    problems += _codes(table) + _ltv(table, exposure)
    return table, problems


def _blank(table: Table, name: str) -> BoolArray:
    """Where nothing is written in a column, so that no other rule speaks of the cell."""
    cited = table.cited.get(name)
    if cited is None or cited.text is None:
        return np.ones(len(table), dtype=bool)
    blank: BoolArray = cited.text == ""
    return blank


def _products(table: Table) -> tuple[Table, list[Problem]]:
    texts = table.texts("product")
    plain = np.char.lower(texts.astype(str))
    made = np.select(
        [np.isin(plain, [word.lower() for word in words]) for words in PRODUCTS.values()],
        list(PRODUCTS),
        "",
    ).astype(object)
    wrong = (texts != "") & (made == "")
    return table.replaced(product=made), table.problem(
        "not_one_of", "product", wrong, allowed=", ".join(PRODUCTS)
    )


def _codes(table: Table) -> list[Problem]:
    texts = pd.Series(table.texts("ksic_code"), dtype=str)
    wrong = ((texts != "") & ~texts.str.upper().str.fullmatch(KSIC)).to_numpy(dtype=bool)
    return table.problem("ksic_form", "ksic_code", wrong)


def _ltv(table: Table, exposure: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[Problem]:
    """LTVs that are shares, and those that exposure and collateral contradict."""
    ltv, collateral = table.numbers("ltv"), table.numbers("loan_collateral_krw")
    share = (ltv > 0) & (ltv <= SHARE)
    proposals = np.array(["" if np.isnan(v) else f"{100 * v:.6g}" for v in ltv], dtype=object)
    problems = table.problem("ltv_share", "ltv", share, proposals)
    with np.errstate(divide="ignore", invalid="ignore"):
        own = 100 * exposure / collateral
    apart = ~share & (np.abs(own - ltv) > LTV_APART)
    return problems + table.problem("ltv_differs", "ltv", apart, own=np.round(own, 1))


def policies(table: Table) -> list[Problem]:
    """Deductibles and retentions that are larger than the limit."""
    limit = table.numbers("gross_limit_krw")
    problems = []
    for name in ("deductible_krw", "retention_krw"):
        problems += table.problem("above_limit", name, table.numbers(name) > limit)
    return problems


def holdings(table: Table) -> list[Problem]:
    """Weights that are more than everything."""
    total = float(np.nansum(table.numbers("weight")))
    if total <= 1.0 + 1e-6:
        return []
    return [Problem(code="weights_above_one", sheet=table.sheet, facts={"total": round(total, 4)})]


def same_place(latitude: IntArray, longitude: IntArray) -> IntArray:
    """The position of the first site within a metre or so, (site,)."""
    place = np.char.add(np.char.add(latitude.astype(str), "/"), longitude.astype(str))
    return keys.first_of(place.astype(object))
