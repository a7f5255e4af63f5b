"""What changed between two assessments of one place: the totals, and what made them differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from modelops_core.domain.answer import Answer, Key

#: perils that are named, those that moved most first
MOST = 3
#: of the building: what an analyst gives or a register holds
FACTS = (
    *("asset_value", "structure", "purpose", "built_year", "floors_above", "floors_below"),
    *("total_area", "value_basis", "location_index", "elevation_m", "coast_distance_m"),
    *("river_distance_m", "river_class", "river_name", "hand_m", "forest_distance_m"),
    *("urban_share", "impervious", "depression"),
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two assessments have otherwise; None where it is unknown."""

    what: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """
    The later assessment against the earlier one, in one scenario and horizon.

    ``loss`` [KRW a year] and ``rate`` [% a year] are of all perils together; ``perils`` hold the
    final AAL [% a year] of those that moved most. ``facts`` are of the building;
    ``calculation`` names what else differs: parameter_set, parameters, method, year, cells.
    """

    loss: Difference
    rate: Difference
    perils: tuple[Difference, ...]
    facts: tuple[Difference, ...]
    calculation: tuple[Difference, ...]


def between(before: Answer, after: Answer, key: Key) -> Changes:
    """Compare two assessments of one place at *key*, scenario and horizon."""
    losses = [_grand(answer, key) for answer in (before, after)]
    rates = [_rate(answer, key) for answer in (before, after)]
    return Changes(
        loss=Difference("loss", *losses),
        rate=Difference("rate", *rates),
        perils=_perils(before, after, key),
        facts=tuple(
            Difference(name, old, new)
            for name in FACTS
            if (old := getattr(before.building, name)) != (new := getattr(after.building, name))
        ),
        calculation=_calculation(before, after),
    )


def _grand(answer: Answer, key: Key) -> float | None:
    total = answer.total(*key)
    return None if total is None else total.grand


def _rate(answer: Answer, key: Key) -> float | None:
    loss = _grand(answer, key)
    return None if loss is None or not answer.insured > 0 else 100 * loss / answer.insured


def _perils(before: Answer, after: Answer, key: Key) -> tuple[Difference, ...]:
    """Of the perils whose rate or status differs, those that moved most."""
    old, new = before.at(*key), after.at(*key)
    found = [
        Difference(peril, old[peril].final_aal, new[peril].final_aal)
        for peril in new
        if peril in old
        and (old[peril].final_aal, old[peril].status) != (new[peril].final_aal, new[peril].status)
    ]
    return tuple(sorted(found, key=_size, reverse=True)[:MOST])


def _size(difference: Difference) -> float:
    """How far a rate moved [% a year]; from or to the unknown counts most."""
    if difference.before is None or difference.after is None:
        return float("inf")
    return abs(float(difference.after) - float(difference.before))


def _calculation(before: Answer, after: Answer) -> tuple[Difference, ...]:
    pairs: Sequence[tuple[str, Any, Any]] = (
        ("parameter_set", before.parameter_set, after.parameter_set),
        ("parameters", before.parameter_hash, after.parameter_hash),
        ("method", before.method_version, after.method_version),
        ("year", before.building.as_of, after.building.as_of),
    )
    found = [Difference(*pair) for pair in pairs if pair[1] != pair[2]]
    named = {difference.what for difference in found}
    if not named & {"parameter_set", "parameters", "method"} and _cells(before) != _cells(after):
        found.append(Difference("cells", None, None))
    return tuple(found)


def _cells(answer: Answer) -> dict[tuple[str, str, str], float | None]:
    """
    Base AAL: of one cell, with equal method and parameters, it differs by the data alone.

    H would not do: the coast's follows from the ground that the analyst gives.
    """
    return {(r.risk_type, *r.key): r.base_aal for r in answer.results}
