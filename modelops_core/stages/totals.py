"""Sums that may be made: expected losses add, scores never do; overlaps are said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from modelops_core.domain.climate import Array, BoolArray, IntArray
from modelops_core.domain.peril import Peril
from modelops_core.domain.result import Status, StatusArray

#: what the losses of all perils add up to
PARTS = ("physical", "physical_no_overlap", "operating")
SUBTOTALS = (*PARTS, "grand")


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
    known = tuple(key for key, one in losses.items() if one.expected_loss is not None)
    loss = np.array(
        [np.nan if one.expected_loss is None else one.expected_loss for one in losses.values()]
    )
    found = subtotals(loss, [perils[key] for key in losses])
    known_only = {name: None if np.isnan(found[name]) else float(found[name]) for name in PARTS}
    return Totals(
        **known_only,
        assessed=known,
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
    lacks = ~known & ~excluded
    lacking = lacks.sum(axis=0)
    added = without_overlap(np.where(known, aal, 0.0), perils)
    some, weak = known.any(axis=0), (known & (status == Status.low_confidence)).any(axis=0)
    worst = np.where(weak | (lacking > 0), Status.low_confidence, Status.ok)
    without = np.where(excluded.all(axis=0), Status.not_applicable, Status.not_assessed)
    return CellTotals(
        np.where(some, added, np.nan),
        np.where(some, worst, without).astype(np.int64),
        lacking,
        {peril.key: int(own.sum()) for peril, own in zip(perils, lacks, strict=True) if own.any()},
    )


def subtotals(loss: Array, perils: Sequence[Peril]) -> dict[str, Array]:
    """
    SUBTOTALS of losses (peril, …) by the rules of :func:`totals`, each (…).

    NaN is a peril without a number; a subtotal of which no peril has a number is NaN.
    """
    found = {}
    for name, kind, added in (
        ("physical", "physical", lambda own, _: own.sum(axis=0)),
        ("physical_no_overlap", "physical", without_overlap),
        ("operating", "operating", without_overlap),
    ):
        of_kind = [i for i, peril in enumerate(perils) if peril.kind == kind]
        own = loss[of_kind]
        known = ~np.isnan(own)
        total = added(np.where(known, own, 0.0), [perils[i] for i in of_kind])
        found[name] = np.where(known.any(axis=0), total, np.nan)
    both = np.stack([found["physical_no_overlap"], found["operating"]])
    found["grand"] = np.where(np.isnan(both).all(axis=0), np.nan, np.nansum(both, axis=0))
    return found


def members(perils: Sequence[Peril]) -> dict[str, list[int]]:
    """Positions of the perils that each of SUBTOTALS is of."""
    physical, operating = (
        [i for i, peril in enumerate(perils) if peril.kind == kind]
        for kind in ("physical", "operating")
    )
    of_parts = (physical, physical, operating, sorted(physical + operating))
    return dict(zip(SUBTOTALS, of_parts, strict=True))


def partly(loss: Array, status: StatusArray, perils: Sequence[Peril]) -> dict[str, BoolArray]:
    """
    Where each of SUBTOTALS has a number and lacks that of a peril which concerns the place, (…).

    *loss* and *status* are (peril, …). Where no peril has a number nothing is partly known.
    """
    known = ~np.isnan(loss)
    lacks = ~known & (status != Status.not_applicable)
    return {
        name: np.asarray(known[own].any(axis=0) & lacks[own].any(axis=0))
        for name, own in members(perils).items()
    }


def without_overlap(loss: Array, perils: Sequence[Peril]) -> Array:
    """Sum of losses (peril, …), (…): each group of overlapping perils by its largest member."""
    sums = dict[tuple[str, str, str], Array]()
    for own, peril in zip(loss, perils, strict=True):
        group, member = peril.overlap or (peril.key, peril.key)
        own_sum = sums.get((peril.kind, group, member), np.zeros_like(own))
        sums[peril.kind, group, member] = own_sum + own
    largest = dict[tuple[str, str], Array]()
    for (kind, group, _), total in sums.items():
        largest[kind, group] = np.maximum(largest.get((kind, group), 0.0 * total), total)
    return sum(largest.values(), np.zeros(loss.shape[1:]))


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
