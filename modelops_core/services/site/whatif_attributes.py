"""
What each attribute of a site does to its number, one at a time.

Pure. The analyst sees which of the register's words is worth checking on the spot.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import Peril
from modelops_core.domain.site import RANGES, UNKNOWN, Site, Sites
from modelops_core.services.site.whatif import ROUNDING, Outcome, at_site, outcome
from modelops_core.stages import asset
from modelops_core.stages.site import CellValues

Options = Mapping[str, Sequence[Any]]
#: words of every structure and use that the tables tell apart
CHOICES: Options = {
    "structure": ("reinforced concrete", "steel", "brick", "light steel", "timber"),
    "purpose": (
        "office",
        "retail",
        "lodging",
        "hospital",
        "education",
        "factory",
        "warehouse",
        "data centre",
        "residential",
    ),
    "floors_below": (0, 1, 2),
    "river_class": ("local", "national", "national_key"),
    "depression": (False, True),
}
#: ages tried [years]
AGES = (5, 50)
#: tried at half and at twice what is known, at these where nothing is
SCALED: Options = {
    "asset_value": (1e9, 1e10),
    "floors_above": (2.0, 20.0),
    "river_distance_m": (100.0, 1000.0),
    "forest_distance_m": (30.0, 1000.0),
    "impervious": (0.2, 0.9),
    "urban_share": (0.1, 0.9),
}
#: tried so much lower and higher than what is known, at these where nothing is
SHIFTED: Mapping[str, tuple[float, tuple[float, float]]] = {
    "elevation_m": (1.0, (2.0, 10.0)),
    "hand_m": (1.0, (0.0, 3.0)),
}


@dataclass(frozen=True, slots=True)
class Variant:
    """The site with one attribute changed."""

    value: Any
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Swing:
    """What one attribute can do: the variants with the least and the largest loss."""

    attribute: str
    #: what the assessment took, None where unknown
    current: Any
    least: Variant
    largest: Variant

    @property
    def span(self) -> float:
        """Difference of the two losses [KRW a year]."""
        return (self.largest.outcome.expected_loss or 0.0) - (
            self.least.outcome.expected_loss or 0.0
        )


@dataclass(frozen=True, slots=True)
class Swings:
    """The site as it was assessed, what moves it (most first) and what does not."""

    now: Outcome
    moves: tuple[Swing, ...]
    still: tuple[str, ...]


def options(site: Site, as_of: int, value: float | None = None) -> Options:
    """
    The values to try of each attribute of *site*, within the allowed ranges.

    *value*: the estimated asset value [KRW].
    """
    found: dict[str, Sequence[Any]] = {
        **CHOICES,
        "built_year": tuple(float(as_of - age) for age in AGES),
    }
    estimated = {"asset_value": math.nan if value is None else value}
    for name, otherwise in SCALED.items():
        known = estimated.get(name, getattr(site, name))
        found[name] = (
            otherwise if math.isnan(known) or known == 0 else _allowed(name, (known / 2, known * 2))
        )
    for name, (step, otherwise) in SHIFTED.items():
        known = getattr(site, name)
        found[name] = (
            otherwise if math.isnan(known) else _allowed(name, (known - step, known + step))
        )
    return found


def _allowed(name: str, values: Sequence[float]) -> Sequence[float]:
    low, high, unit = RANGES[name]
    whole = [float(math.ceil(value)) if unit == "storeys" else value for value in values]
    return tuple(min(max(value, low), high) for value in whole)


def one_at_a_time(
    peril: Peril, cell: CellValues, site: Site, as_of: int, tried: Options, p: Params
) -> Swings:
    """
    The outcomes of changing one attribute at a time under *p*.

    *cell* has one combination; *tried* is what :func:`options` gives.
    """
    flat = [(name, value) for name, values in tried.items() for value in values]
    variants = [site.corrected({name: value}) for name, value in flat]
    sites = asset.described(Sites.of([site, *variants]), as_of)
    wide = _for_sites(cell, len(sites))
    risk = at_site(peril, wide, sites, p)
    now = outcome(risk, wide)
    found: dict[str, list[Variant]] = {}
    for i, (name, value) in enumerate(flat, 1):
        found.setdefault(name, []).append(Variant(value, outcome(risk, wide, i)))
    swings = [_swing(name, site, variants_) for name, variants_ in found.items()]
    moves = sorted(
        (s for s in swings if s is not None and _moved(now, s)), key=lambda s: s.span, reverse=True
    )
    moving = {s.attribute for s in moves}
    return Swings(now, tuple(moves), tuple(name for name in found if name not in moving))


def _for_sites(cell: CellValues, count: int) -> CellValues:
    """The same cell under *count* sites."""

    def repeated(value: Any) -> Any:
        return np.repeat(value, count, axis=1)

    return CellValues(
        hazard=repeated(cell.hazard),
        hazard_status=repeated(cell.hazard_status),
        aal=repeated(cell.aal),
        aal_p05=repeated(cell.aal_p05),
        aal_p95=repeated(cell.aal_p95),
        aal_status=repeated(cell.aal_status),
        details={name: repeated(value) for name, value in cell.details.items()},
    )


def _swing(name: str, site: Site, variants: Sequence[Variant]) -> Swing | None:
    known = [v for v in variants if v.outcome.expected_loss is not None]
    if not known:
        return None

    def loss(variant: Variant) -> float:
        return variant.outcome.expected_loss or 0.0

    return Swing(name, _current(site, name), min(known, key=loss), max(known, key=loss))


def _moved(now: Outcome, swing: Swing) -> bool:
    """Whether any variant has another loss than the site as it is."""
    losses = [
        now.expected_loss,
        swing.least.outcome.expected_loss,
        swing.largest.outcome.expected_loss,
    ]
    if losses[0] is None:
        return True  # what could not be assessed now can be
    known = [loss for loss in losses if loss is not None]
    return max(known) - min(known) > ROUNDING * max(known)


def _current(site: Site, name: str) -> Any:
    value = getattr(site, name)
    unknown = value in ("", UNKNOWN) or (isinstance(value, float) and np.isnan(value))
    return None if unknown else value
