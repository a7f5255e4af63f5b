"""T3 regions, T4 industries and uses, T9 floor area in flood zones."""

from __future__ import annotations

import numpy as np

from modelops_core.domain.climate import BoolArray
from modelops_core.services.report.portfolio import partial
from modelops_core.services.report.portfolio.amounts import section
from modelops_core.services.report.portfolio.content import Column, ReportTable, Value
from modelops_core.services.report.portfolio.exposed import percent
from modelops_core.services.report.portfolio.lenses import ALL_KINDS, PERIOD
from modelops_core.services.report.portfolio.material import Material
from modelops_core.services.report.portfolio.texts import Say

ANY = ALL_KINDS.index("any")
#: undetermined: below the threshold, and a peril without a number might reach it
VERDICTS = ("yes", "no", "undetermined")
#: rows of a table on paper
MOST = 40
T3 = (
    *(Column("sido"), Column("sigungu_code"), Column("sigungu")),
    *(Column("n_sites", "whole"), Column("amount", "money"), Column("pct_portfolio", "percent")),
    *(Column("amount_vulnerable", "money"), Column("expected_loss", "money"), Column("top_peril")),
    Column("pct_partly_assessed", "percent"),
    Column("disaster_loss_official", "money"),
    Column("ratio_model_to_official", "number"),
)
T4 = (
    *(Column("ksic_section"), Column("use"), Column("n_sites", "whole"), Column("amount", "money")),
    *(Column("amount_vulnerable", "money"), Column("pct", "percent")),
    *(Column("expected_loss", "money"), Column("pct_partly_assessed", "percent")),
)
T9 = (
    *(Column("subsector"), Column("n_sites", "whole"), Column("n_area_unknown", "whole")),
    *(
        Column("floor_area_m2", "number"),
        Column("area_in_100yr", "number"),
        Column("pct", "percent"),
    ),
    Column("area_not_assessed", "number"),
)


def focus_hits(material: Material) -> BoolArray:
    """Sites that are vulnerable by the chosen lens, (site,)."""
    focus = material.focus
    found = material.measures[focus.lens].vulnerable(focus.threshold)
    return np.asarray(found[ANY, material.at])


def focus_verdicts(material: Material) -> list[str]:
    """One of :data:`VERDICTS` for each site: is it vulnerable by the chosen lens?"""
    focus, (yes, no, undetermined) = material.focus, VERDICTS
    unknown = material.measures[focus.lens].unknown(focus.threshold)[ANY, material.at]
    found = np.where(unknown, undetermined, np.where(focus_hits(material), yes, no))
    return [str(one) for one in found]


def of_regions(material: Material, say: Say) -> ReportTable:
    """T3: each sigungu with sites; those without one at the end."""
    codes = np.asarray(material.places["district_code"], dtype=str)
    rows = [_region(material, code, codes == code, say) for code in sorted(set(codes.tolist()))]
    rows.sort(key=lambda row: (row[1] == "", -_money(row[7])))
    notes = [say("note_lens", lens=_lens(material, say)), say("note_top_peril")]
    notes += partial.notes(material, say)
    return ReportTable(
        key="T3", columns=T3, rows=rows, notes=[*notes, say("note_official")],
        paper_rows=range(min(len(rows), MOST)),
    )  # fmt: skip


def _money(value: Value) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _lens(material: Material, say: Say) -> str:
    focus = material.focus
    return say(f"definition_{focus.lens}", threshold=f"{focus.threshold:g}")


def _region(material: Material, code: str, here: BoolArray, say: Say) -> list[Value]:
    total = float(np.nansum(material.value))
    mine, own = _sum(material, here), here & material.counted
    loss = material.loss[:, material.at][:, own]
    by_peril = np.nansum(loss, axis=1)
    top = list(material.perils)[int(by_peril.argmax())] if by_peril.any() else None
    return [
        *(
            name_of(material, code[:2], say),
            code,
            name_of(material, code, say),
            int(here.sum()),
            mine,
        ),
        *(percent(mine, total), _sum(material, here & focus_hits(material))),
        *(partial.loss(material, here), top),
        *(partial.share(material, here), None, None),
    ]


def _sum(material: Material, where: BoolArray) -> float:
    """Sum of the known values [KRW] at *where*."""
    return float(np.nansum(material.value[where]))


def name_of(material: Material, code: str, say: Say) -> str:
    """What a sigungu or sido is called; its code where nobody knows it."""
    found = material.district(code)
    if found is None:
        return code or say("no_district")
    return found.name_ko if say.language == "ko" else found.name_en


def of_industries(material: Material, say: Say) -> ReportTable:
    """T4: each pair of section and use."""
    sections = np.array([section(str(code)) for code in material.portfolio.industry], dtype=str)
    uses = np.asarray(material.places["use_group"], dtype=str)
    hits, rows = focus_hits(material), list[list[Value]]()
    for letter, use in sorted({*zip(sections.tolist(), uses.tolist(), strict=True)}):
        here = (sections == letter) & (uses == use)
        mine, bad = _sum(material, here), _sum(material, here & hits)
        own: list[Value] = [letter or "-", use, int(here.sum()), mine, bad, percent(bad, mine)]
        rows.append([*own, partial.loss(material, here), partial.share(material, here)])
    notes = [say("note_lens", lens=_lens(material, say)), say("note_sections")]
    notes += partial.notes(material, say)
    return ReportTable(
        key="T4", columns=T4, rows=rows, notes=notes, paper_rows=range(min(len(rows), MOST))
    )


def flooded(material: Material) -> tuple[BoolArray, BoolArray]:
    """Sites with water in the 100-year event at the focus, and those where that is unknown."""
    zone = [
        material.rare[key]
        for key, peril in material.perils.items()
        if peril.site_factor == "inundation" and key in material.rare
    ]
    if not zone:
        return np.zeros(material.value.size, dtype=bool), np.ones(material.value.size, dtype=bool)
    loss = np.stack([one[period_row(material, PERIOD)] for one in zone])
    with np.errstate(invalid="ignore"):
        wet = np.asarray((loss > 0).any(axis=0))
    return wet, np.isnan(loss).any(axis=0) & ~wet


def period_row(material: Material, period: int) -> int:
    """The row of a return period in ``rare``."""
    return list(material.run["return_periods"]).index(period)


def of_real_estate(material: Material, say: Say) -> ReportTable:
    """T9: floor area in 100-year flood zones by use; only areas that the file gives."""
    given = material.portfolio.given.get("total_area")
    area = np.full(material.value.size, np.nan) if given is None else np.asarray(given, dtype=float)
    uses = np.asarray(material.places["use_group"], dtype=str)
    wet, unknown = flooded(material)
    rows = list[list[Value]]()
    for use in sorted(set(uses.tolist())):
        here = uses == use
        whole, inside, lost = (float(np.nansum(area[here & m])) for m in (here, wet, unknown))
        lacking = int(np.isnan(area[here]).sum())
        share = percent(inside, whole)
        rows.append([use, int(here.sum()), lacking, whole, inside, share, lost])
    return ReportTable(key="T9", columns=T9, rows=rows, notes=[say("note_flood_zone")])
