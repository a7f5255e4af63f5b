"""T1, what is vulnerable to physical risk; T2, the loss of each peril."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from modelops_core.domain.climate import Array, BoolArray
from modelops_core.domain.horizons import BASELINE
from modelops_core.domain.result import Status
from modelops_core.ports import Row
from modelops_core.services.portfolio.loss_sums import BY_STATUS
from modelops_core.services.report.portfolio import partial
from modelops_core.services.report.portfolio.amounts import Items, all_items
from modelops_core.services.report.portfolio.content import Column, ReportTable, Value
from modelops_core.services.report.portfolio.lenses import ALL_KINDS, LENSES, LOSS_RATE, Lens
from modelops_core.services.report.portfolio.material import Focus, Material
from modelops_core.services.report.portfolio.texts import Say
from modelops_core.stages.totals import SUBTOTALS

#: least rate of the AAL grades 2 to 5 [% a year], METHOD §11
GRADES = (0.01, 0.05, 0.2, 1.0)
T1 = (
    *(Column("basis"), Column("lens"), Column("threshold", "number")),
    *(Column("scenario"), Column("horizon"), Column("kind")),
    *(Column("n_sites", "whole"), Column("n_total", "whole")),
    *(
        Column("amount_vulnerable", "money"),
        Column("amount_total", "money"),
        Column("pct", "percent"),
    ),
    *(Column("amount_low", "money"), Column("amount_high", "money")),
    *(Column("amount_not_assessed", "money"), Column("pct_not_assessed", "percent")),
    *(
        Column("amount_not_vulnerable", "money", paper=False),
        Column("definition_text", paper=False),
    ),
)
T2 = (
    *(Column("peril"), Column("kind"), Column("scenario"), Column("horizon")),
    *(Column("n", "whole"), Column("amount_exposed", "money"), Column("pct_exposed", "percent")),
    *(Column("expected_loss_krw", "money"), Column("el_p05", "money"), Column("el_p95", "money")),
    *(Column("aal_pct", "percent"), Column("aal_vs_baseline", "number"), Column("grade")),
    *(
        Column("assessed_value", "money", paper=False),
        Column("low_confidence_value", "money", paper=False),
    ),
    *(Column("not_assessed_value", "money"), Column("not_applicable_value", "money", paper=False)),
    *(Column("partly_assessed_value", "money"), Column("perils_assessed"), Column("status")),
)


def vulnerable_assets(material: Material, say: Say) -> ReportTable:
    """T1: amount and share by lens, scenario, horizon and kind."""
    rows = [
        row
        for items in all_items(material)
        for key in LENSES
        for row in _of_lens(material, items, material.lens_set.lenses[key], say)
    ]
    at = [name.code for name in T1]
    paper = [
        i
        for i, row in enumerate(rows)
        if _on_paper(dict(zip(at, row, strict=True)), material.focus)
    ]
    notes = [*(say(f"lens_{key}") for key in LENSES), say("note_kinds"), say("note_bounds")]
    unknown = int((~material.counted).sum())
    if unknown:
        notes.append(say("note_value_unknown", sites=unknown))
    if material.portfolio.loans is not None:
        notes.append(say("note_exposure"))
    return ReportTable(key="T1", columns=T1, rows=rows, notes=notes, paper_rows=paper)


def _on_paper(row: dict[str, Value], focus: Focus) -> bool:
    """Both ends of the focus by all lenses and kinds; its scenarios and horizons by its lens."""
    when = row["scenario"], row["horizon"]
    if when in ((focus.scenario, focus.horizon), ("", BASELINE)):
        return True
    outlook = row["scenario"] == focus.scenario or row["horizon"] == focus.horizon
    return outlook and row["lens"] == focus.lens and row["kind"] == "any"


def _of_lens(material: Material, items: Items, lens: Lens, say: Say) -> Iterator[list[Value]]:
    threshold = threshold_of(material, lens)
    measure = material.measures[lens.key]
    hit = items.at_sites(measure.vulnerable(threshold), nowhere=False)
    unknown = items.at_sites(measure.unknown(threshold), nowhere=True)
    low, high = (_bound(material, items, lens, end, threshold) for end in ("low", "high"))
    whole = places(items, np.ones(items.site.size, dtype=bool), material.value.size)
    for i in material.shown:
        scenario, horizon = combination(material, i)
        for k, kind in enumerate(ALL_KINDS):
            mine, lost = amount(items, hit[k, i]), amount(items, unknown[k, i])
            yield [
                *(items.basis, lens.key, threshold, scenario, horizon, kind),
                *(places(items, hit[k, i], material.value.size), whole),
                *(mine, items.total, percent(mine, items.total)),
                *(None if low is None else amount(items, low[k, i]),),
                *(None if high is None else amount(items, high[k, i]),),
                *(lost, percent(lost, items.total), amount(items, ~hit[k, i] & ~unknown[k, i])),
                say(f"definition_{lens.key}", threshold=f"{threshold:g}"),
            ]


def _bound(
    material: Material, items: Items, lens: Lens, end: str, threshold: float
) -> BoolArray | None:
    """Where the end of the interval reaches the threshold; None: the lens has no interval."""
    if lens.key != LOSS_RATE:
        return None
    measure = material.measures[f"{lens.key}_{end}"]
    return items.at_sites(measure.vulnerable(threshold), nowhere=False)


def threshold_of(material: Material, lens: Lens) -> float:
    """The threshold of a lens: the analyst's for the chosen one, else that of the set."""
    focus = material.focus
    return focus.threshold if lens.key == focus.lens else lens.threshold


def combination(material: Material, position: int) -> tuple[str, str]:
    """Scenario and horizon; the baseline is of no scenario."""
    scenario, horizon = material.combinations[position]
    return ("" if horizon == BASELINE else scenario), horizon


def amount(items: Items, where: BoolArray) -> float:
    """Sum of the known amounts [KRW] at *where*, (item,)."""
    return float(np.nansum(items.amount[where]))


def places(items: Items, where: BoolArray, sites: int) -> int:
    """How many different sites of so many the items at *where* lie at."""
    found = np.zeros(sites + 1, dtype=bool)
    found[items.site[where]] = True  # the last one is nowhere
    return int(found[:sites].sum())


def percent(part: float | None, whole: float | None) -> float | None:
    """*part* of *whole* [%]; None where one is unknown or the whole is 0."""
    return None if part is None or not whole else 100 * part / whole


def aal_grade(rate: float | None) -> int | None:
    """The AAL grade 1 to 5 of a rate [% a year]."""
    return None if rate is None else 1 + sum(rate >= edge for edge in GRADES)


def of_perils(material: Material, say: Say) -> ReportTable:
    """T2: expected loss of each peril and subtotal, from the stored sums."""
    rows, strong = list[list[Value]](), list[int]()
    stored = {row["quantity"]: row for row in material.sums["all"]}
    for quantity in (*material.perils, *SUBTOTALS):
        for i in material.shown:
            if quantity in SUBTOTALS:
                strong.append(len(rows))
            rows.append(_of_peril(material, stored.get(quantity), quantity, i))
    paper = [
        i
        for i, row in enumerate(rows)
        if (row[2], row[3]) in ((material.focus.scenario, material.focus.horizon), ("", "baseline"))
    ]
    said = ("overlap", "interval", "grades", "not_assessed", "partly_assessed")
    notes = [*(say(f"note_{name}") for name in said), *partial.notes(material, say)]
    return ReportTable(
        key="T2", columns=T2, rows=rows, notes=notes, paper_rows=paper, strong=strong
    )


def _of_peril(material: Material, row: Row | None, quantity: str, i: int) -> list[Value]:
    kind = material.lens_set.kind(quantity) if quantity in material.perils else "subtotal"
    head: list[Value] = [quantity, kind, *combination(material, i)]
    if row is None or not row["sites"][i]:
        by_status = [None if row is None else float(row[name][i]) for name in BY_STATUS]
        return [*head, 0, *[None] * 8, *by_status, None, None, "not_assessed"]
    lacks, known = _partial(material, quantity, i)
    total, base = float(np.nansum(material.value)), material.baseline(i)
    loss, exposed = float(row["loss"][i]), float(row["exposed_value"][i])
    rate, before = percent(loss, exposed), percent(row["loss"][base], row["exposed_value"][base])
    grade = aal_grade(rate)
    return [
        *(*head, int(row["sites"][i]), exposed, percent(exposed, total), loss),
        *(*ends_of(row, i), rate),
        *(rate / before if rate is not None and before else None,),
        *(None if grade is None else str(grade),),
        *(float(row[name][i]) for name in BY_STATUS),
        *(lacks, known, _status(row, i, lacks)),
    ]


def _partial(material: Material, quantity: str, i: int) -> tuple[float | None, str | None]:
    """Value where a subtotal lacks a peril, and of how many it is; a peril has neither."""
    if quantity in material.perils:
        return None, None
    return partial.value(material, quantity, i), partial.counts(material, quantity, i)


def ends_of(row: Row, i: int) -> tuple[float | None, float | None]:
    """The loss with every site at one end of its interval; None where none is known."""
    of_it = row.get("interval_loss")  # a run of before kept none
    if of_it is None or not of_it[i] or np.isnan(row["loss_p05"][i]):
        return None, None
    return float(row["loss_p05"][i]), float(row["loss_p95"][i])


def _status(row: Row, i: int, partly: float | None) -> str:
    """The worst status that some value has; *partly* is the value where a peril lacks [KRW]."""
    lacks, weak = row["not_assessed_value"][i] or partly, row["low_confidence_value"][i]
    return "partly_assessed" if lacks else Status.low_confidence.name if weak else Status.ok.name


def coverage(material: Material) -> float | None:
    """Share of the value of which every peril has a number or is excluded [%], at the focus."""
    every = (material.status[:, material.at] != Status.not_assessed).all(axis=0)
    values: Array = material.value
    return percent(float(np.nansum(values[every])), float(np.nansum(values)))
