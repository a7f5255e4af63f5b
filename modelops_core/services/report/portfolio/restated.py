"""
T17: the former report against this one, with the cause of every difference.

Sites that came, went or have other inputs: portfolio. At the others a loss is base AAL of the
cell times what follows from the place; the step of the base AAL is the climate's, or the method's
where its version or parameters changed; the rest is that of the data about places and buildings.
The three steps add up to the difference exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from modelops_core.domain.climate import Array, BoolArray, IntArray
from modelops_core.domain.portfolio import Portfolio
from modelops_core.services.report.portfolio.content import Column, ReportTable, Value
from modelops_core.services.report.portfolio.material import Former, Material
from modelops_core.services.report.portfolio.texts import Say
from modelops_core.stages.totals import subtotals

#: sites that came, went or changed which a note names
NAMED = 5
CAUSES = ("portfolio", "method", "climate", "data")
T17 = (
    *(Column("item"), Column("prior", "money"), Column("current", "money")),
    *(Column("difference", "money"), Column("cause"), Column("change", "money")),
)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Positions of the sites that both portfolios have, and which of them are unchanged."""

    before: IntArray
    after: IntArray
    same: BoolArray


def changes(material: Material, say: Say) -> ReportTable:
    """T17: by peril and for the total; without a former report it says so."""
    former = material.former
    if former is None:
        return ReportTable(key="T17", columns=T17, rows=[], notes=[say("note_no_former")],
                           empty=say("not_compared"))  # fmt: skip
    rows = list(_rows(material, former))
    notes = [say("note_restated", run=str(former.run["run_id"])), _moved(material, former, say)]
    notes.append(say("note_causes"))
    if _method_changed(material, former):
        notes.append(say("note_method_changed"))
    return ReportTable(key="T17", columns=T17, rows=rows, notes=notes)


def _moved(material: Material, former: Former, say: Say) -> str:
    """Which sites came, went and changed, by their ids; the others are counted."""
    before, after = former.portfolio.site_id, material.portfolio.site_id
    pairs = matched(former.portfolio, material.portfolio)
    found = {
        "new": np.delete(after, pairs.after),
        "gone": np.delete(before, pairs.before),
        "changed": after[pairs.after[~pairs.same]],
    }
    listed = {name: _listed(ids.astype(str).tolist()) for name, ids in found.items()}
    return say("note_moved", same=f"{pairs.same.sum():,}", **listed)


def _listed(ids: Sequence[str]) -> str:
    """How many, and the first of them: ``7 (0001, 0005, …)``."""
    first = ", ".join([*ids[:NAMED], *["…"] * (len(ids) > NAMED)])
    return f"{len(ids):,} ({first})" if ids else "0"


def _rows(material: Material, former: Former) -> Iterator[list[Value]]:
    pairs = matched(former.portfolio, material.portfolio)
    now, old = material.loss[:, material.at], former.loss
    middle = _with_base_of_now(material, former, pairs)
    first = "method" if _method_changed(material, former) else "climate"
    steps = {"now": now, "old": old, "middle": middle}
    every = [*material.perils, "grand"]
    for item in every:
        values = {name: _of(material, item, one) for name, one in steps.items()}
        if all(np.isnan(values[name]).all() for name in ("old", "now")):
            yield [item, None, None, None, "not_assessed", None]
            continue
        prior, current = (float(np.nansum(values[name])) for name in ("old", "now"))
        parts = _parts(values, pairs, first)
        for cause in CAUSES:
            yield [item, prior, current, current - prior, cause, parts.get(cause, 0.0)]


def _of(material: Material, item: str, loss: Array) -> Array:
    """The loss of a peril, or of all without overlap, (site,)."""
    if item == "grand":
        return subtotals(loss, list(material.perils.values()))["grand"]
    return np.asarray(loss[list(material.perils).index(item)])


def _parts(values: Mapping[str, Array], pairs: Pairs, first: str) -> dict[str, float]:
    """How much of the difference each cause makes [KRW a year]; they add up to it."""
    old, now, middle = (np.nan_to_num(values[name]) for name in ("old", "now", "middle"))
    kept, mine = pairs.before[pairs.same], pairs.after[pairs.same]
    parts = {
        first: float((middle[kept] - old[kept]).sum()),
        "data": float((now[mine] - middle[kept]).sum()),
    }
    parts["portfolio"] = float(now.sum() - old.sum()) - sum(parts.values())
    return parts


def _with_base_of_now(material: Material, former: Former, pairs: Pairs) -> Array:
    """The former losses with the base AAL of this run, (peril, former site)."""
    found = former.loss.copy()
    kept, mine = pairs.before[pairs.same], pairs.after[pairs.same]
    old, now = former.base_aal[:, kept], material.base_aal[:, mine]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = now / np.where(old > 0, old, np.nan)
    found[:, kept] = np.where(np.isnan(ratio), found[:, kept], found[:, kept] * ratio)
    return found


def _method_changed(material: Material, former: Former) -> bool:
    names = ("method_version", "parameter_hash", "parameter_set")
    return any(material.run[name] != former.run[name] for name in names)


def matched(before: Portfolio, after: Portfolio) -> Pairs:
    """The sites of both by their ids; unchanged where place and all inputs are equal."""
    place = {str(one): i for i, one in enumerate(before.site_id)}
    ends = [(place[str(one)], i) for i, one in enumerate(after.site_id) if str(one) in place]
    old, new = (np.array([end[i] for end in ends], dtype=np.int64) for i in (0, 1))
    same = np.ones(old.size, dtype=bool)
    for name in ("latitude", "longitude", "address_match"):
        same &= _equal(getattr(before, name)[old], getattr(after, name)[new])
    for name in {*before.given, *after.given}:
        if name in before.given and name in after.given:
            same &= _equal(before.given[name][old], after.given[name][new])
        else:
            one, at = (
                (before.given[name], old) if name in before.given else (after.given[name], new)
            )
            same &= _blank(one[at])
    return Pairs(old, new, same)


def _equal(one: np.ndarray, other: np.ndarray) -> BoolArray:
    """Where values are equal, unknown ones too."""
    found = one == other
    if one.dtype.kind == "f" and other.dtype.kind == "f":
        found |= np.isnan(one) & np.isnan(other)
    return np.asarray(found)


def _blank(column: np.ndarray) -> BoolArray:
    """Where a column says nothing."""
    if column.dtype.kind == "f":
        return np.asarray(np.isnan(column))
    return np.asarray(column == "") if column.dtype.kind == "O" else ~column.astype(bool)
