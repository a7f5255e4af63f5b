"""
T16, control totals: each sum of the report is added again from other numbers and compared.

The checks read the tables as they will be printed and the stored sums, so that a wrong figure in
either of them fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from modelops_core.services.portfolio.loss_sums import BY_STATUS
from modelops_core.services.report.portfolio.amounts import of_loans
from modelops_core.services.report.portfolio.content import (
    Column,
    ReportTable,
    Value,
    digest,
)
from modelops_core.services.report.portfolio.insurance import LOWER, UPPER
from modelops_core.services.report.portfolio.lending import BUCKETS, SPLIT
from modelops_core.services.report.portfolio.lenses import PERIOD
from modelops_core.services.report.portfolio.material import Material
from modelops_core.services.report.portfolio.partial import value as value_of
from modelops_core.services.report.portfolio.texts import Say
from modelops_core.stages.totals import SUBTOTALS

#: relative difference that the order of adding may make
TOLERANCE = 1e-9
T16 = (
    *(Column("check"), Column("expected", "whole"), Column("actual", "whole")),
    *(Column("diff", "number"), Column("passed")),
)
Check = tuple[str, float, float]
Tables = Mapping[str, ReportTable]
#: dimensions whose sums add up to the whole portfolio
PARTITIONS = ("sido", "sigungu", "use", "industry", "group", "basin", "cell")


def controls(material: Material, tables: Sequence[ReportTable], say: Say) -> ReportTable:
    """T16 of all *tables*; the last row is their hash."""
    known = {table.key: table for table in tables}
    found = [*_stored(material, say), *_printed(material, known, say)]
    if "T5" in known:
        found += _of_loans(material, known, say)
    rows: list[list[Value]] = [
        [name, expected, actual, actual - expected, "pass" if _close(expected, actual) else "FAIL"]
        for name, expected, actual in found
    ]
    rows += [_bounds(known["T8"], say)]
    hashed = say("check_hash", hash=digest(tables))
    rows.append([hashed, None, None, None, "pass"])
    return ReportTable(key="T16", columns=T16, rows=rows, notes=[say("note_controls")])


def failed(table: ReportTable) -> list[str]:
    """The checks that did not pass."""
    return [str(row[0]) for row in table.rows if row[-1] != "pass"]


def _close(expected: float, actual: float) -> bool:
    scale = max(abs(expected), abs(actual), 1.0)
    return abs(actual - expected) <= TOLERANCE * scale


def _stored(material: Material, say: Say) -> Iterator[Check]:
    """The stored sums against the stored results of the sites, and against each other."""
    whole = {row["quantity"]: row for row in material.sums["all"]}
    value, i = float(np.nansum(material.value)), material.at
    for quantity in (*material.perils, *SUBTOTALS):
        row = whole[quantity]
        parts = sum(float(row[name][i]) for name in BY_STATUS)
        name = say.name("subtotal", quantity)
        if quantity in material.perils:
            name = say.peril(material.perils[quantity])
            own = material.loss[list(material.perils).index(quantity), i]
        else:
            own = material.subtotals[quantity][i]
        yield say("check_status", what=name), value, parts
        added = float(np.nansum(own[material.counted]))
        yield say("check_sites", what=name), added, float(row["loss"][i])
        partly = row.get("partly_assessed_value") if quantity in SUBTOTALS else None
        if partly is not None:
            yield say("check_partly", what=name), value_of(material, quantity, i), float(partly[i])
    yield from _parts(material, say)


def _parts(material: Material, say: Say) -> Iterator[Check]:
    """Rare years and parts of the portfolio against the whole."""
    whole, i = {row["quantity"]: row for row in material.sums["all"]}, material.at
    for key, losses in material.rare.items():
        stored = whole[key].get(f"rare_loss_{PERIOD}")
        if stored is not None:
            at = list(material.run["return_periods"]).index(PERIOD)
            name = say.peril(material.perils[key])
            added = float(np.nansum(losses[at]))
            yield say("check_rare", what=name), float(stored[i]), added
    for dimension in PARTITIONS:
        rows = [row for row in material.sums.get(dimension, ()) if row["quantity"] == "grand"]
        if rows:
            added = sum(float(row["loss"][i]) for row in rows)
            what = say.name("dimension", dimension)
            yield say("check_dimension", what=what), float(whole["grand"]["loss"][i]), added


def _printed(material: Material, tables: Tables, say: Say) -> Iterator[Check]:
    """The tables against each other."""
    focus = {"scenario": material.focus.scenario, "horizon": material.focus.horizon}
    if material.focus.horizon == "baseline":
        focus["scenario"] = ""
    mine = {"basis": "asset_value", "lens": material.focus.lens, "kind": "any", **focus}
    first, second = tables["T1"], tables["T2"]
    for basis in dict.fromkeys(first.values("basis")):
        split = ("amount_vulnerable", "amount_not_assessed", "amount_not_vulnerable")
        parts = sum(first.total(name, basis=basis) for name in split)
        what = say.name("basis", str(basis))
        yield say("check_lenses", what=what), first.total("amount_total", basis=basis), parts
    whole, bad = (first.total(name, **mine) for name in ("amount_total", "amount_vulnerable"))
    loss = second.total("expected_loss_krw", peril="grand", **focus)
    for key in ("T3", "T4"):
        table = tables[key]
        yield say("check_amount", table=key), whole, table.total("amount")
        yield say("check_vulnerable", table=key), bad, table.total("amount_vulnerable")
        yield say("check_loss", table=key), loss, table.total("expected_loss")
    yield say("check_list"), whole, tables["T12"].total("asset_value")
    yield say("check_loss", table="T12"), loss, tables["T12"].total("expected_loss")
    given = material.portfolio.given.get("total_area", np.array([]))
    yield say("check_area"), float(np.nansum(given)), tables["T9"].total("floor_area_m2")
    yield from _causes(material, tables["T17"], say)


def _causes(material: Material, table: ReportTable, say: Say) -> Iterator[Check]:
    for item in dict.fromkeys(table.values("item")):
        peril = material.perils.get(str(item))
        name = say.name("subtotal", str(item)) if peril is None else say.peril(peril)
        difference = table.values("difference", item=item)[0]
        if isinstance(difference, float):
            yield say("check_causes", what=name), difference, table.total("change", item=item)


def _of_loans(material: Material, tables: Tables, say: Say) -> Iterator[Check]:
    """Templates of loans: disjoint kinds add up to the classes of maturity, rows to the whole."""
    table, buckets = tables["T5"], (*(name for name, _, _ in BUCKETS), "maturity_unknown")
    for number in dict.fromkeys(table.values("row")):
        kinds = sum(table.total(name, row=number) for name in SPLIT)
        by_year = sum(table.total(name, row=number) for name in buckets)
        yield say("check_eba", row=str(number)), by_year, kinds
    items = of_loans(material)
    assert items is not None
    sectors = [n for n in dict.fromkeys(table.values("row")) if str(n)[0] in "123456789"]
    sectors = [n for n in sectors if not str(n).startswith(("10", "11", "12", "13"))]
    added = sum(table.total("b_gross", row=n, a_geography="KR") for n in sectors)
    yield say("check_sectors"), items.total, added
    yield say("check_exposure", table="T6"), items.total, tables["T6"].total("gross_carrying")
    pieces = ("of_which_chronic", "of_which_acute", "of_which_both")
    all_kinds = sum(table.total(name, a_geography="KR", row=n) for name in SPLIT for n in sectors)
    crfr2 = sum(tables["T6"].total(name) for name in pieces)
    yield say("check_kinds"), all_kinds, crfr2
    homes = table.total("b_gross", row="10", a_geography="KR")
    yield say("check_exposure", table="T7"), homes, tables["T7"].total("value_total")


def _bounds(table: ReportTable, say: Say) -> list[Value]:
    """Whether each lower bound lies below its upper one; the numbers are the rows that do."""
    ends = (table.values("gross", basis=basis) for basis in (LOWER, UPPER))
    known = [(low, high) for low, high in zip(*ends, strict=True) if low is not None]
    right = sum(float(low or 0) <= float(high or 0) * (1 + TOLERANCE) for low, high in known)
    result = "pass" if right == len(known) else "FAIL"
    return [say("check_bounds"), float(len(known)), float(right), float(right - len(known)), result]
