"""T10 scenarios, T11 adaptation, T18 one bad year of a district."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from modelops_core.domain.climate import BoolArray
from modelops_core.domain.horizons import BASELINE, HORIZONS, SCENARIOS
from modelops_core.services.report.portfolio import partial
from modelops_core.services.report.portfolio.amounts import of_loans
from modelops_core.services.report.portfolio.content import Column, ReportTable, Value
from modelops_core.services.report.portfolio.exposed import percent
from modelops_core.services.report.portfolio.lenses import PERIOD
from modelops_core.services.report.portfolio.material import Material
from modelops_core.services.report.portfolio.regions import MOST, period_row
from modelops_core.services.report.portfolio.texts import Say

T10 = (
    *(Column("scenario"), Column("source"), Column("warming_k", "number"), Column("horizon")),
    *(Column("window"), Column("expected_loss", "money"), Column("delta", "money")),
    *(Column("pct_revenue", "percent"), Column("pct_equity", "percent")),
    *(Column("pct_partly_assessed", "percent"), Column("uncertainty_text")),
)
T11 = (
    *(Column("site"), Column("measure"), Column("parameter_before", paper=False)),
    *(Column("parameter_after", paper=False), Column("capex", "money")),
    *(Column("opex", "money", paper=False), Column("life", "number", paper=False)),
    *(Column("start", paper=False), Column("rate", "percent", paper=False)),
    *(Column("el_before", "money"), Column("el_after", "money")),
    *(Column("pv_benefit", "money", paper=False), Column("pv_cost", "money", paper=False)),
    *(Column("npv", "money"), Column("bcr", "number"), Column("bcr_p05", "number", paper=False)),
    *(Column("bcr_p95", "number", paper=False), Column("payback_yr", "number")),
    *(Column("evidence_grade"), Column("cost_source", paper=False)),
    Column("effect_source", paper=False),
)
T18 = (
    *(Column("sigungu_code"), Column("sigungu"), Column("peril"), Column("baseline_loss", "money")),
    *(
        Column("stressed_loss", "money"),
        Column("multiplier", "number"),
        Column("exposure", "money"),
    ),
    *(
        Column("loss_rate", "percent"),
        Column("collateral_loss", "money"),
        Column("ltv_before", "percent"),
    ),
    Column("ltv_shift", "number"),
)


def resilience(material: Material, say: Say) -> ReportTable:
    """T10: the loss of all perils in each scenario and window, beside the baseline's."""
    rows = [_scenario(material, i, say) for i in material.shown]
    notes = [say("note_scenarios"), say("note_warming"), say("note_revenue")]
    notes += partial.notes(material, say)
    return ReportTable(key="T10", columns=T10, rows=rows, notes=notes)


def _scenario(material: Material, i: int, say: Say) -> list[Value]:
    scenario, horizon = material.combinations[i]
    stored = {row["quantity"]: row for row in material.sums["all"]}["grand"]
    base = horizon == BASELINE
    loss = float(stored["loss"][i]) if stored["sites"][i] else None
    before = float(stored["loss"][material.baseline(i)])
    warming = 0.0 if base else material.warming.kelvin.get((scenario, horizon))
    revenue = float(np.nansum(material.portfolio.revenue)) or None
    window = HORIZONS[horizon]
    return [
        *(say("baseline_climate") if base else SCENARIOS[scenario], say("scenario_source")),
        *(warming, horizon, f"{window.first}-{window.last}", loss),
        *(None if loss is None else loss - before, percent(loss, revenue)),
        *(percent(loss, material.entity.get("equity")),),
        *(partial.share(material, material.counted, i), say("uncertainty_of_scenarios")),
    ]


def adaptation(_: Material, say: Say) -> ReportTable:
    """T11: this version calculates no measures, which the table says."""
    notes, empty = [say("note_no_measures")], say("not_calculated")
    return ReportTable(key="T11", columns=T11, rows=[], notes=notes, empty=empty)


def stress(material: Material, say: Say) -> ReportTable:
    """T18: each district's 100-year event, in its baseline and in the first window."""
    codes = np.asarray(material.places["district_code"], dtype=str)
    rows = [
        row
        for code in sorted(set(codes.tolist()) - {""})
        for row in _district(material, code, codes == code, say)
    ]
    rows.sort(key=lambda row: -float(row[4] or 0.0))
    notes = [say("note_stress"), say("note_stress_sum")]
    return ReportTable(
        key="T18", columns=T18, rows=rows, notes=notes, draft=True,
        paper_rows=range(min(len(rows), MOST)),
    )  # fmt: skip


def _district(material: Material, code: str, here: BoolArray, say: Say) -> Iterator[list[Value]]:
    exposure, value = _exposure(material, here), float(np.nansum(material.value[here]))
    found = material.district(code)
    name = code if found is None else found.name_ko if say.language == "ko" else found.name_en
    before = percent(exposure, value)
    for key, losses in material.rare.items():
        own = losses[period_row(material, PERIOD)][here]
        peril = list(material.perils).index(key)
        baseline = float(np.nansum(material.loss[peril, material.baseline(material.at)][here]))
        stressed = float(np.nansum(own))
        if not stressed > 0:
            continue
        after = percent(exposure, value - stressed)
        yield [
            *(code, name, key, baseline, stressed, stressed / baseline if baseline else None),
            *(exposure, percent(stressed, value), stressed, before),
            None if before is None or after is None else after - before,
        ]


def _exposure(material: Material, here: BoolArray) -> float | None:
    """Exposures secured by the sites at *here* [KRW]; None without loans."""
    items = of_loans(material)
    if items is None:
        return None
    return float(np.nansum(items.amount[items.at_sites(here, nowhere=False)]))
