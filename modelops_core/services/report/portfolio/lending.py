"""
T5, template 5 of the EBA; T6, CRFR2 of the Basel Committee; T7, mortgages.

Amounts are exposures at collaterals (``amounts``); chronic, acute and both are disjoint.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from modelops_core.domain.climate import Array, BoolArray, IntArray
from modelops_core.domain.portfolio import Loans
from modelops_core.services.report.portfolio.amounts import (
    NOWHERE,
    Items,
    maturity_years,
    of_loans,
    section,
)
from modelops_core.services.report.portfolio.content import Column, ReportTable, Value
from modelops_core.services.report.portfolio.exposed import percent
from modelops_core.services.report.portfolio.lenses import ALL_KINDS, PERIOD
from modelops_core.services.report.portfolio.material import Material
from modelops_core.services.report.portfolio.regions import flooded, period_row
from modelops_core.services.report.portfolio.texts import Say

#: sections of NACE that template 5 lists
SECTORS = (*"ABCDEFGH", "L")
HOUSING, SECURED = "주담대", ("기업담보", "PF")
#: columns c to f: years to maturity, left-open
BUCKETS = (
    ("c_le5", 0.0, 5.0),
    ("d_5_10", 5.0, 10.0),
    ("e_10_20", 10.0, 20.0),
    ("f_gt20", 20.0, np.inf),
)
SPLIT = ("h_chronic", "i_acute", "j_both")
T5 = (
    *(
        Column("a_geography", paper=False),
        Column("row"),
        Column("row_name"),
        Column("b_gross", "money"),
    ),
    *(Column(name, "money") for name, _, _ in BUCKETS),
    *(Column("maturity_unknown", "money"), Column("g_avg_maturity", "number")),
    *(Column(name, "money") for name in SPLIT),
    *(Column("k_stage2", "money"), Column("l_npl", "money"), Column("m_impairment", "money")),
    *(Column("n_impairment_stage2", "money"), Column("o_impairment_npl", "money")),
    Column("not_assessed", "money"),
)
T6 = (
    *(Column("region"), Column("gross_carrying", "money"), Column("of_which_chronic", "money")),
    *(Column("of_which_acute", "money"), Column("of_which_both", "money")),
    *(Column("stage2", "money"), Column("npl", "money"), Column("provisions", "money")),
    *(Column("m_le5", "money"), Column("m_5_10", "money"), Column("m_10_20", "money")),
    *(Column("m_gt20", "money"), Column("maturity_unknown", "money")),
    *(Column("avg_maturity", "number"), Column("not_assessed", "money")),
)
T7 = (
    *(Column("region"), Column("n_loans", "whole"), Column("value_total", "money")),
    *(Column("n_in_100yr", "whole"), Column("value_in_100yr", "money"), Column("pct", "percent")),
    *(Column("value_not_assessed", "money"), Column("expected_loss", "money")),
    *(Column("lgd_before", "percent"), Column("lgd_after", "percent")),
    *(Column("ltv_before", "percent"), Column("ltv_after", "percent")),
)
Test = tuple[str, str, Callable[["Book"], BoolArray]]


@dataclass(frozen=True)
class Book:
    """The loans of a portfolio as items, with what the tables ask of each item."""

    material: Material
    loans: Loans
    items: Items

    @cached_property
    def years(self) -> Array:
        """Years to maturity of each item's loan, NaN unknown."""
        day = np.datetime64(str(self.material.entity["reporting_date"]), "D")
        return maturity_years(self.loans, day)[self.items.row]

    @cached_property
    def hits(self) -> tuple[BoolArray, BoolArray]:
        """Items that are sensitive to chronic and to acute events by the chosen lens."""
        focus, found = self.material.focus, self.material.measures[self.material.focus.lens]
        where = found.vulnerable(focus.threshold)[:, self.material.at]
        chronic, acute = (
            self.items.at_sites(where[ALL_KINDS.index(kind)], nowhere=False)
            for kind in ("chronic", "acute")
        )
        return chronic, acute

    @cached_property
    def unknown(self) -> BoolArray:
        """Items of which it cannot be said."""
        focus, found = self.material.focus, self.material.measures[self.material.focus.lens]
        where = found.unknown(focus.threshold)[ALL_KINDS.index("any"), self.material.at]
        return self.items.at_sites(where, nowhere=True)

    @cached_property
    def region(self) -> np.ndarray:
        """Code of each item's sido, '' where unknown: the collateral's, else the business's."""
        codes = np.asarray(self.material.places["district_code"], dtype=str)
        own = np.array([code[:2] for code in self.loans.region.astype(str)])[self.items.row]
        if not codes.size:
            return own
        at_site = np.array([code[:2] for code in codes])[self.items.site]
        return np.where(self.items.site == NOWHERE, own, at_site)

    @cached_property
    def sections(self) -> np.ndarray:
        """The section letter of each item's borrower."""
        letters = np.array([section(str(code)) for code in self.loans.ksic_code], dtype=str)
        return letters[self.items.row]

    @cached_property
    def product(self) -> np.ndarray:
        """The kind of each item's loan."""
        return self.loans.product.astype(str)[self.items.row]

    def of_loan(self, values: Array) -> Array:
        """*values* (loan,) of each item's loan."""
        return values[self.items.row]

    def sum(self, where: BoolArray) -> float:
        """Sum of the known amounts at *where* [KRW]."""
        return float(np.nansum(self.items.amount[where]))

    def provisions(self, where: BoolArray) -> float:
        """Provisions [KRW] of the items at *where*, by their share of the loan."""
        with np.errstate(divide="ignore", invalid="ignore"):
            share = self.items.amount / self.of_loan(self.loans.exposure)
        return float(np.nansum((share * self.of_loan(self.loans.provision))[where]))

    def maturity(self, where: BoolArray) -> float | None:
        """Mean years to maturity at *where*, weighted by amount; None where none is known."""
        known = where & ~np.isnan(self.years) & self.items.known
        weight = float(self.items.amount[known].sum())
        if not weight > 0:
            return None
        return float((self.years[known] * self.items.amount[known]).sum() / weight)


def book(material: Material) -> Book | None:
    """The loans of a portfolio; None where it has none."""
    items = of_loans(material)
    loans = material.portfolio.loans
    return None if items is None or loans is None else Book(material, loans, items)


def lines(say: Say) -> list[Test]:
    """The rows of template 5: number, name, and which items stand in each."""

    def of_sector(letter: str) -> Callable[[Book], BoolArray]:
        return lambda b: np.asarray(b.sections == letter)

    def elsewhere(b: Book) -> BoolArray:
        return np.asarray(~np.isin(b.sections, SECTORS))

    return [
        *(
            (str(i), f"{letter} {say.name('section', letter)}", of_sector(letter))
            for i, letter in enumerate(SECTORS, 1)
        ),
        ("9a", say("eba_other_sectors"), elsewhere),
        ("10", say("eba_housing"), lambda b: np.asarray(b.product == HOUSING)),
        ("11", say("eba_commercial"), lambda b: np.isin(b.product, SECURED)),
        ("12", say("eba_repossessed"), lambda b: np.zeros(b.items.site.size, dtype=bool)),
        ("13", say("eba_other"), lambda b: ~np.isin(b.product, (HOUSING, *SECURED))),
    ]


def template_5(material: Material, say: Say) -> ReportTable | None:
    """T5, the country and each sido; None for a portfolio without loans."""
    own = book(material)
    if own is None:
        return None
    every = np.ones(own.items.site.size, dtype=bool)
    rows = list[list[Value]]()
    for code in ("KR", *sorted(set(own.region.tolist()))):
        here = every if code == "KR" else own.region == code
        place = code if code == "KR" else _region(material, code, say)
        for number, name, test in lines(say):
            rows.append([place, number, name, *_eba(own, here & test(own))])
    return ReportTable(
        key="T5", columns=T5, rows=rows, paper_rows=range(len(lines(say))), draft=True,
        notes=[say(f"note_{name}") for name in ("eba", "eba_rows", "exposure", "repossessed")],
    )  # fmt: skip


def _eba(own: Book, where: BoolArray) -> Iterator[Value]:
    """Columns b to o of the items at *where*."""
    chronic, acute = (where & hit for hit in own.hits)
    sensitive = chronic | acute
    yield own.sum(where)
    for _, low, high in BUCKETS:
        yield own.sum(sensitive & _between(own.years, low, high))
    yield own.sum(sensitive & np.isnan(own.years))
    yield own.maturity(sensitive)
    for part in (chronic & ~acute, acute & ~chronic, chronic & acute):
        yield own.sum(part)
    second = sensitive & (own.of_loan(own.loans.stage) == 2)
    bad = sensitive & (own.of_loan(own.loans.npl) == 1)
    yield from (own.sum(second), own.sum(bad))
    yield from (own.provisions(part) for part in (sensitive, second, bad))
    yield own.sum(where & own.unknown)


def _between(years: Array, low: float, high: float) -> BoolArray:
    """Maturities over *low* and up to *high* years; what is due already is in the first class."""
    with np.errstate(invalid="ignore"):
        return np.asarray((years > (low or -np.inf)) & (years <= high))


def crfr2(material: Material, say: Say) -> ReportTable | None:
    """T6 by sido; None for a portfolio without loans."""
    own = book(material)
    if own is None:
        return None
    rows = [
        [_region(material, code, say), *_basel(own, own.region == code)]
        for code in sorted(set(own.region.tolist()))
    ]
    notes = [say("note_basel"), say("note_exposure")]
    return ReportTable(key="T6", columns=T6, rows=rows, notes=notes, draft=True)


def _basel(own: Book, where: BoolArray) -> Iterator[Value]:
    gross, *middle = _eba(own, where)
    buckets, unknown, average = middle[:4], middle[4], middle[5]
    chronic, acute, both, stage2, npl, provisions = middle[6:12]
    yield from (gross, chronic, acute, both, stage2, npl, provisions)
    yield from (*buckets, unknown, average, middle[-1])


def _region(material: Material, code: str, say: Say) -> str:
    found = material.district(code)
    if found is None:
        return code or say("no_district")
    return found.name_ko if say.language == "ko" else found.name_en


def mortgages(material: Material, say: Say) -> ReportTable | None:
    """T7: loans on homes by sido; None for a portfolio without loans."""
    own = book(material)
    if own is None:
        return None
    housing = np.asarray(own.product == HOUSING)
    rows = [
        [_region(material, code, say), *_mortgage(own, housing & (own.region == code))]
        for code in sorted(set(own.region[housing].tolist()))
    ]
    notes = [say("note_mortgage"), say("note_lgd"), say("note_exposure")]
    return ReportTable(key="T7", columns=T7, rows=rows, notes=notes)


def _mortgage(own: Book, where: BoolArray) -> Iterator[Value]:
    wet, unknown = (own.items.at_sites(one, nowhere=no) for one, no in zip(
        flooded(own.material), (False, True), strict=True))  # fmt: skip
    whole, inside = own.sum(where), own.sum(where & wet)
    yield from (_count(own.items.row[where]), whole, _count(own.items.row[where & wet]), inside)
    yield from (percent(inside, whole), own.sum(where & unknown), _expected(own, where))
    yield from _after(own, where)


def _count(rows: IntArray) -> int:
    return int(np.unique(rows).size)


def _expected(own: Book, where: BoolArray) -> float | None:
    """Expected loss of the collaterals, shared out by exposure [KRW a year]; None: none has one."""
    material, items = own.material, own.items
    secured = items.site != NOWHERE
    whole = np.zeros(material.value.size)
    np.add.at(whole, items.site[secured], np.nan_to_num(items.amount[secured]))
    loss = np.full(items.site.size, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = items.amount[secured] / whole[items.site[secured]]
    loss[secured] = share * material.grand[material.at, items.site[secured]]
    return None if np.isnan(loss[where]).all() else float(np.nansum(loss[where]))


def _after(own: Book, where: BoolArray) -> Iterator[Value]:
    """LGD and LTV [%] before and after the largest 100-year loss at each collateral."""
    material, items = own.material, own.items
    rows = [one[period_row(material, PERIOD)] for one in material.rare.values()]
    secured = where & (items.site != NOWHERE) & items.known
    worst = np.fmax.reduce(rows) if rows else np.full(material.value.size, np.nan)
    loss, value = np.nan_to_num(worst[items.site]), own.of_loan(own.loans.collateral_value)
    known = secured & ~np.isnan(value)
    exposure, before = float(items.amount[known].sum()), float(value[known].sum())
    if not exposure > 0 or not before > 0:
        yield from (None, None, None, None)
        return
    left = np.maximum(value - loss, 0.0)
    for held in (value, left):
        lost = np.maximum(items.amount - held, 0.0)
        yield 100 * float(lost[known].sum()) / exposure
    for held in (value, left):
        kept = float(held[known].sum())
        yield 100 * exposure / kept if kept > 0 else None
