"""Sums that may be made: expected losses add, scores never do; overlaps are said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from modelops_core.domain.climate import Array, IntArray
from modelops_core.domain.peril import Peril
from modelops_core.domain.result import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class PerilLoss:
    """One peril at one site, scenario and horizon: KRW a year, None where not assessed."""

    status: Status
    expected_loss: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """
    Subtotals [KRW a year]; perils without a number are listed, never summed as zero: a subtotal
    of which no peril has a number is None.

    physical: sum of the physical perils, an upper bound where they overlap;
    physical_no_overlap: each group of overlapping perils by its largest member;
    operating: heat, cold and the larger of the two water shortages.
    """

    physical: float | None
    physical_no_overlap: float | None
    operating: float | None
    assessed: tuple[str, ...]
    not_assessed: tuple[str, ...]

    @property
    def grand(self) -> float | None:
        """Both subtotals, as far as they are known; only to be shown next to them."""
        known = [one for one in (self.physical_no_overlap, self.operating) if one is not None]
        return sum(known) if known else None


def totals(losses: Mapping[str, PerilLoss], perils: Mapping[str, Peril]) -> Totals:
    """Subtotals of one site, one scenario, one horizon."""
    known = {key: one.expected_loss for key, one in losses.items() if one.expected_loss is not None}
    physical = {key: loss for key, loss in known.items() if perils[key].kind == "physical"}
    operating = {key: loss for key, loss in known.items() if perils[key].kind == "operating"}
    return Totals(
        physical=sum(physical.values()) if physical else None,
        physical_no_overlap=_without_overlap(physical, perils),
        operating=_without_overlap(operating, perils),
        assessed=tuple(known),
        not_assessed=tuple(key for key in losses if key not in known),
    )


@dataclass(frozen=True, slots=True)
class CellTotals:
    """
    Sum of the perils' AALs [% a year], each (cell,): NaN where no peril has a number.

    ``lacking`` counts the perils that concern a cell and have no number there, ``without`` the
    cells that lack a peril in this way; perils that no cell lacks are left out of it.
    """

    aal: Array
    status: IntArray
    lacking: IntArray
    without: Mapping[str, int]


def of_cells(aal: Array, status: IntArray, perils: Sequence[Peril]) -> CellTotals:
    """
    Both subtotals of each cell, by the rules of :func:`totals`; *aal*, *status* (peril, cell).

    A status of -1 says that no nightly run has been there.
    """
    excluded = status == Status.not_applicable
    known = ~excluded & ~np.isnan(aal)
    loss = np.where(known, aal, 0.0)
    sums = dict[tuple[str, str, str], Array]()
    for own, peril in zip(loss, perils, strict=True):
        group, member = peril.overlap or (peril.key, peril.key)
        own_sum = sums.get((peril.kind, group, member), np.zeros_like(own))
        sums[peril.kind, group, member] = own_sum + own
    largest = dict[tuple[str, str], Array]()
    for (kind, group, _), total in sums.items():
        largest[kind, group] = np.maximum(largest.get((kind, group), 0.0 * total), total)
    lacks = ~known & ~excluded
    lacking = lacks.sum(axis=0)
    added = sum(largest.values(), np.zeros(aal.shape[1:]))
    some, weak = known.any(axis=0), (known & (status == Status.low_confidence)).any(axis=0)
    worst = np.where(weak | (lacking > 0), Status.low_confidence, Status.ok)
    without = np.where(excluded.all(axis=0), Status.not_applicable, Status.not_assessed)
    return CellTotals(
        np.where(some, added, np.nan),
        np.where(some, worst, without).astype(np.int64),
        lacking,
        {peril.key: int(own.sum()) for peril, own in zip(perils, lacks, strict=True) if own.any()},
    )


def formula(kind: str, perils: Mapping[str, Peril], names: Mapping[str, str]) -> str:
    """
    How the subtotal of a *kind* is made, in *names*: ``a + max(b, c + d)``.

    Perils of one group overlap, so that only the largest of its members counts.
    """
    alone, groups = list[str](), dict[str, dict[str, list[str]]]()
    for key, peril in perils.items():
        if peril.kind != kind:
            continue
        if peril.overlap is None:
            alone.append(names[key])
        else:
            group, member = peril.overlap
            groups.setdefault(group, {}).setdefault(member, []).append(names[key])
    largest = [
        f"max({', '.join(' + '.join(members) for members in group.values())})"
        for group in groups.values()
    ]
    return " + ".join([*alone, *largest])


def _without_overlap(losses: Mapping[str, float], perils: Mapping[str, Peril]) -> float | None:
    if not losses:
        return None
    alone, groups = 0.0, dict[str, dict[str, float]]()
    for key, loss in losses.items():
        overlap = perils[key].overlap
        if overlap is None:
            alone += loss
        else:
            group, member = overlap
            members = groups.setdefault(group, {})
            members[member] = members.get(member, 0.0) + loss
    return alone + sum(max(members.values()) for members in groups.values())
