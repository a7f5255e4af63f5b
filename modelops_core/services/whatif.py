"""
What the other parameter sets make of a site's number.

Pure. The cell is evaluated anew from its own climate under each set, so that protection
levels, shapes and curves move together. A peril of basins is not: its index needs every cell
of the basin. Where its sets differ in a factor on the damage alone, the stored loss is scaled
by that factor, which is exact; else it has no answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np

from modelops_core.domain.climate import Array, Climate
from modelops_core.domain.gauges import RiverGauge
from modelops_core.domain.parameters import (
    COMMON,
    SET_NAMES,
    Parameter,
    ParameterFile,
    Params,
    SetName,
)
from modelops_core.domain.peril import Peril
from modelops_core.domain.result import CellRisk, Status
from modelops_core.domain.site import Site, Sites
from modelops_core.ports import Row
from modelops_core.services.site_rows import number
from modelops_core.stages import vulnerability
from modelops_core.stages.evaluate import cell_risks
from modelops_core.stages.site import CellValues, SiteRisk, assess, assess_exposure

#: points of the curve at which two sets are compared, up to so many times the last class
POINTS, BEYOND = 400, 2.0
#: relative difference that rounding may make
ROUNDING = 1e-9


class Watched(Params):
    """Values that remember which of them were read."""

    @classmethod
    def of(cls, p: Params) -> Self:
        """The same values, watched from now on."""
        made = cls(p.owner, dict(p))
        made.read = set()
        return made

    read: set[str]

    def __getitem__(self, key: str) -> Any:
        self.read.add(key)
        return super().__getitem__(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A site's number; None where it is not assessed. Losses in KRW a year, AAL in % a year."""

    status: str
    base_aal: float | None
    site_factor: float | None
    vulnerability_scale: float | None
    final_aal: float | None
    aal_p05: float | None
    aal_p95: float | None
    expected_loss: float | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A number that was read and that the sets do not agree on."""

    key: str
    unit: str
    low: Any
    central: Any
    high: Any
    source: str
    provenance: str
    grade: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Set → outcome, and the cell under it; empty where the sets cannot be compared at one cell."""

    outcomes: Mapping[SetName, Outcome]
    differences: tuple[Difference, ...]
    cells: Mapping[SetName, CellValues]


def site_of(found: Row) -> Site:
    """The site that an assessment's answer describes, as it was before its value was estimated."""
    known = found["building"]
    names = {f.name for f in fields(Site)} - {"latitude", "longitude", "assumed", "asset_value", "river_gauge"}
    given = {name: known[name] for name in names if known.get(name) is not None}
    value = known["corrections"].get("asset_value")
    more = {} if value is None else {"asset_value": value}
    if known.get("river_gauge"):
        more["river_gauge"] = RiverGauge(**known["river_gauge"])
    return Site(latitude=found["latitude"], longitude=found["longitude"], **given, **more)


def by_set(
    peril: Peril, climate: Climate | None, stored: CellValues, key: tuple[str, str], sites: Sites, file: ParameterFile
) -> Answer:
    """
    The outcome of one described site under each parameter set.

    *climate* is the tile of the site's cell, None for a peril of basins; *stored* the
    night's values of that peril there, one combination, the scenario and horizon of *key*.
    """
    outcomes: dict[SetName, Outcome] = {}
    cells: dict[SetName, CellValues] = {}
    read: set[str] = set()
    for name in SET_NAMES:
        p = Watched.of(file.params(peril.key, name))
        cell = _recalculated(peril, climate, key, p) if climate is not None else scaled(peril, stored, file, p)
        if cell is None:
            return Answer({}, (), {})
        cells[name] = cell
        outcomes[name] = outcome(at_site(peril, cell, sites, p), cell)
        read |= p.read
    return Answer(outcomes, tuple(_differences(peril.key, file, read)), cells)


def _recalculated(peril: Peril, climate: Climate, key: tuple[str, str], p: Params) -> CellValues | None:
    """The cell's values of one scenario and horizon, from its climate."""
    scenario = climate.scenarios.index(key[0])
    for risk in cell_risks(peril, climate, p):
        if risk.horizon == key[1]:
            return _values(risk, scenario)
    return None


def _values(risk: CellRisk, scenario: int) -> CellValues:
    at = slice(scenario, scenario + 1)
    e = risk.estimate
    return CellValues(
        hazard=risk.score.score[at], hazard_status=risk.score_status[at],
        aal=e.aal[at], aal_p05=e.aal_p05[at], aal_p95=e.aal_p95[at], aal_status=risk.estimate_status[at],
        details={**{name: value[at] for name, value in e.details.items()}, "n": e.n[at]},
    )  # fmt: skip


def scaled(peril: Peril, stored: CellValues, file: ParameterFile, p: Params) -> CellValues | None:
    """The stored loss times the factor between the set's damage curve and the central one; None where more moves."""
    central = Watched.of(file.params(peril.key))
    x = np.linspace(0.0, BEYOND * float(central["bins"][-1]), POINTS)
    before = peril.damage(x, central)
    own = {name for name, parameter in file.sections[peril.key].items() if _differs(parameter)}
    factor = _factor(before, peril.damage(x, p))
    if factor is None or not own <= central.read:
        return None  # something besides the damage moves: the basin would have to be read
    return CellValues(
        hazard=stored.hazard, hazard_status=stored.hazard_status, aal=stored.aal * factor,
        aal_p05=stored.aal_p05 * factor, aal_p95=stored.aal_p95 * factor, aal_status=stored.aal_status,
        details=stored.details,
    )  # fmt: skip


def _factor(before: Array, after: Array) -> float | None:
    """One factor between two curves; None where they differ in shape."""
    hurts = before > 0
    if not hurts.any() or (after[~hurts] != 0).any():
        return None
    ratio = after[hurts] / before[hurts]
    return float(ratio[-1]) if np.allclose(ratio, ratio[-1], rtol=ROUNDING, atol=0.0) else None


def at_site(peril: Peril, cell: CellValues, sites: Sites, p: Params) -> SiteRisk:
    """E, V and loss of described *sites* in a cell."""
    exposed, vulnerable = assess_exposure(peril, sites, p), vulnerability.assess(peril, sites, p)
    return assess(peril, sites, cell, exposed, vulnerable, p)


def outcome(risk: SiteRisk, cell: CellValues, site: int = 0) -> Outcome:
    """One site's outcome of the first combination."""
    scale = risk.scaled.vulnerability_scale[0, site]
    return Outcome(
        status=Status(int(risk.status[0, site])).name,
        base_aal=number(cell.aal[0, site]),
        site_factor=number(risk.loss.factor[0, site]),
        vulnerability_scale=number(scale),
        final_aal=number(risk.scaled.final_aal[0, site]),
        aal_p05=number(risk.loss.aal_p05[0, site] * scale),
        aal_p95=number(risk.loss.aal_p95[0, site] * scale),
        expected_loss=number(risk.scaled.expected_loss[0, site]),
    )


def _differs(parameter: Parameter) -> bool:
    return any(parameter.under(name) != parameter.value for name in SET_NAMES)


def _differences(peril: str, file: ParameterFile, read: set[str]) -> Iterator[Difference]:
    """The peril's own numbers first."""
    for section in (peril, *COMMON):
        for name, p in file.sections.get(section, {}).items():
            if name in read and _differs(p):
                low, high = p.under("low"), p.under("high")
                yield Difference(p.key, p.unit, low, p.value, high, p.source, p.provenance, p.grade)
