"""
Sums over sites that may be made: expected losses, and rates weighted by value (METHOD §11).

Return-period losses, scores and probabilities have no sum. Sites in one climate cell
share their events, so nothing is said of diversification.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from modelops_core.domain.peril import Peril
from modelops_core.services.portfolio.compare import Answer, cell, common_stamp


@dataclass(frozen=True, slots=True)
class Sum:
    """Of one quantity: loss and value [KRW], over ``sites`` that have both; None where no site has."""

    loss: float | None
    value: float
    sites: int

    @property
    def rate(self) -> float | None:
        """Value-weighted AAL [% a year]."""
        return None if self.loss is None or self.value <= 0 else 100 * self.loss / self.value


@dataclass(frozen=True, slots=True)
class Members:
    """Which sites stand in the sums, and why the others do not; positions in the list given."""

    counted: tuple[int, ...]
    not_assessed: tuple[int, ...]
    value_unknown: tuple[int, ...]
    #: of another method version or parameter set
    other_stamp: tuple[int, ...]


def members(answers: Sequence[Answer | None]) -> Members:
    """Sort sites by whether they can be summed; None is a site without an assessment."""
    stamp = common_stamp(found for found in answers if found is not None)
    places: dict[str, list[int]] = {
        name: [] for name in ("counted", "not_assessed", "value_unknown", "other_stamp")
    }
    for i, found in enumerate(answers):
        places[_why(found, stamp)].append(i)
    return Members(**{name: tuple(found) for name, found in places.items()})


def _why(found: Answer | None, stamp: tuple[str, str, str] | None) -> str:
    if found is None:
        return "not_assessed"
    if found.stamp != stamp:
        return "other_stamp"
    return "value_unknown" if found.asset_value is None else "counted"


def total(
    answers: Sequence[Answer], quantity: str, key: tuple[str, str], perils: Mapping[str, Peril]
) -> Sum:
    """
    The quantity summed over sites of known value and one stamp, at *key* (scenario, horizon).

    The value beneath a subtotal is the asset value, beneath a peril its exposed value.
    """
    loss, value, sites = 0.0, 0.0, 0
    for found in answers:
        own = cell(found, quantity, "loss", key, perils).value
        if own is None or found.asset_value is None:
            continue
        one = found.at(*key).get(quantity)
        exposed = (
            found.asset_value if one is None or one.exposed_value is None else one.exposed_value
        )
        loss, value, sites = loss + own, value + exposed, sites + 1
    return Sum(loss if sites else None, value, sites)


def missing(answers: Sequence[Answer], key: tuple[str, str]) -> Mapping[str, int]:
    """Peril → how many of the sites have no number for it, and so are in no sum."""
    return Counter(
        peril for found in answers for peril, r in found.at(*key).items() if r.loss is None
    )


def shared_cells(answers: Sequence[Answer]) -> int:
    """How many sites lie in the climate cell of another one."""
    counted = Counter(found.grid_id for found in answers)
    return sum(n for n in counted.values() if n > 1)
