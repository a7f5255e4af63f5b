"""Sums that may be made: expected losses add, scores never do; overlaps are said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
    Subtotals [KRW a year]; perils without a number are listed, never summed as zero.

    physical: sum of the physical perils, an upper bound where they overlap;
    physical_no_overlap: each group of overlapping perils by its largest member;
    operating: heat, cold and the larger of the two water shortages.
    """

    physical: float
    physical_no_overlap: float
    operating: float
    assessed: tuple[str, ...]
    not_assessed: tuple[str, ...]

    @property
    def grand(self) -> float:
        """Both subtotals; only to be shown next to them."""
        return self.physical_no_overlap + self.operating


def totals(losses: Mapping[str, PerilLoss], perils: Mapping[str, Peril]) -> Totals:
    """Subtotals of one site, one scenario, one horizon."""
    known = {key: one.expected_loss for key, one in losses.items() if one.expected_loss is not None}
    physical = {key: loss for key, loss in known.items() if perils[key].kind == "physical"}
    operating = {key: loss for key, loss in known.items() if perils[key].kind == "operating"}
    return Totals(
        physical=sum(physical.values()),
        physical_no_overlap=_without_overlap(physical, perils),
        operating=_without_overlap(operating, perils),
        assessed=tuple(known),
        not_assessed=tuple(key for key in losses if key not in known),
    )


def _without_overlap(losses: Mapping[str, float], perils: Mapping[str, Peril]) -> float:
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
