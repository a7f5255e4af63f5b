"""
What the other parameter sets make of a site's number.

Pure. The cell is evaluated anew from its own climate under each set, so that protection
levels, shapes and curves move together. A peril of basins is not: its index needs every cell
of the basin. Where its sets differ in a factor on the damage alone, the stored loss is scaled
by that factor, which is exact; else it has no answer.

Of the named sensitivities only those are evaluated that change a number the peril reads; one
that has no answer leaves the others alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

import numpy as np

from modelops_core.domain.answer import Answer
from modelops_core.domain.climate import Array, Climate
from modelops_core.domain.parameters import (
    ALL_SETS,
    COMMON,
    SENSITIVITIES,
    SET_NAMES,
    Parameter,
    ParameterFile,
    Params,
    SetName,
)
from modelops_core.domain.peril import Peril
from modelops_core.domain.result import CellRisk, Status
from modelops_core.domain.site import Site, Sites
from modelops_core.services.site.site_rows import number
from modelops_core.stages import damage, needs, vulnerability
from modelops_core.stages.evaluate import cell_risks
from modelops_core.stages.site import CellValues, SiteRisk, assess, assess_exposure

#: points of the curve at which two sets are compared, up to so many times the last class
POINTS, BEYOND = 400, 2.0
#: relative difference that rounding may make
ROUNDING = 1e-9


class ReadTrackingParams(Params):
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
class Changed:
    """A number that was read and that a sensitivity changes."""

    key: str
    unit: str
    central: Any
    value: Any
    source: str
    provenance: str
    grade: str


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The outcome under a named sensitivity, and the flags that it adds to the central set's."""

    outcome: Outcome
    numbers: tuple[Changed, ...]
    flags: tuple[str, ...]
    cell: CellValues


@dataclass(frozen=True, slots=True)
class SetComparison:
    """
    Set → outcome, and the cell under it; empty where the sets cannot be compared at one cell.

    ``affecting``: the sensitivities that change a number of this peril, answered or not.
    """

    outcomes: Mapping[SetName, Outcome]
    differences: tuple[Difference, ...]
    cells: Mapping[SetName, CellValues]
    sensitivities: Mapping[SetName, Sensitivity] = field(default_factory=dict)
    affecting: frozenset[SetName] = frozenset()

    def outcome(self, name: SetName) -> Outcome | None:
        """The outcome under any set; the central one where a sensitivity changes nothing here."""
        if name in self.affecting:
            return self.sensitivities[name].outcome if name in self.sensitivities else None
        return self.outcomes.get("central" if name in SENSITIVITIES else name)

    def cell(self, name: SetName, stored: CellValues) -> CellValues:
        """The cell under any set: *stored* where nothing changes, unknown without an answer."""
        if name in self.affecting:
            return (
                self.sensitivities[name].cell
                if name in self.sensitivities
                else without_loss(stored)
            )
        return stored if name == "central" else self.cells.get(name, stored)


@dataclass(frozen=True, slots=True)
class _Under:
    """One set's answer, with the numbers that it read and the flags of the cell."""

    cell: CellValues
    outcome: Outcome
    read: frozenset[str]
    flags: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Case:
    """One number in question."""

    peril: Peril
    climate: Climate | None
    stored: CellValues
    key: tuple[str, str]
    sites: Sites
    file: ParameterFile

    def under(self, name: SetName) -> _Under | None:
        """None where one cell is not enough to answer, or *climate* lacks what this set reads."""
        p = ReadTrackingParams.of(self.file.params(self.peril.key, name))
        if self.climate is None:
            found, flags = (
                scale_stored_loss(name, self.peril, self.stored, self.file, p),
                frozenset[str](),
            )
        elif missing_variables(self.peril, self.climate, p):
            return None
        else:
            found, flags = _recalculated(self.peril, self.climate, self.key, p)
        if found is None:
            return None
        site = outcome(at_site(self.peril, found, self.sites, p), found)
        return _Under(found, site, frozenset(p.read), flags)


def site_of(answer: Answer) -> Site:
    """The site that an answer describes, as it was before its value was estimated."""
    building = answer.building
    apart = {"latitude", "longitude", "assumed", "asset_value", "river_gauge"}
    known = {f.name: getattr(building, f.name) for f in fields(Site) if f.name not in apart}
    given = {name: value for name, value in known.items() if value is not None}
    value = building.corrections.get("asset_value")
    return Site(
        latitude=answer.latitude,
        longitude=answer.longitude,
        asset_value=math.nan if value is None else value,
        river_gauge=building.river_gauge,
        **given,
    )


def by_set(
    peril: Peril,
    climate: Climate | None,
    stored: CellValues,
    key: tuple[str, str],
    sites: Sites,
    file: ParameterFile,
) -> SetComparison:
    """
    The outcome of one described site under each parameter set.

    *climate* is the tile of the site's cell with what :func:`reads` names, None for a peril of
    basins; *stored* the nightly run's values of that peril there, one combination, the scenario and
    horizon of *key*.
    """
    case = _Case(peril, climate, stored, key, sites, file)
    found = {name: one for name in SET_NAMES if (one := case.under(name)) is not None}
    if len(found) < len(SET_NAMES):
        return SetComparison({}, (), {})
    central = found["central"]
    affecting = frozenset(
        name for name in SENSITIVITIES if any(_changed(peril.key, file, name, central.read))
    )
    return SetComparison(
        {name: one.outcome for name, one in found.items()},
        tuple(
            _differences(peril.key, file, frozenset().union(*(one.read for one in found.values())))
        ),
        {name: one.cell for name, one in found.items()},
        {
            name: _sensitivity(case, name, one, central)
            for name in SENSITIVITIES
            if name in affecting and (one := case.under(name)) is not None
        },
        affecting,
    )


def reads(peril: Peril, file: ParameterFile) -> frozenset[str]:
    """What :func:`by_set` reads of one cell: the needs of all sets."""
    return frozenset().union(
        *(needs.reads(peril, file.params(peril.key, name)) for name in ALL_SETS)
    )


def missing_variables(peril: Peril, climate: Climate, p: Params) -> frozenset[str]:
    """The warming and its response, where *p* follows them and *climate* was read without them."""
    return needs.reads(peril, p) - peril.requires - frozenset(climate.values)


def _sensitivity(case: _Case, name: SetName, under: _Under, central: _Under) -> Sensitivity:
    numbers = tuple(_changed(case.peril.key, case.file, name, under.read | central.read))
    return Sensitivity(
        under.outcome, numbers, tuple(sorted(under.flags - central.flags)), under.cell
    )


def _recalculated(
    peril: Peril, climate: Climate, key: tuple[str, str], p: Params
) -> tuple[CellValues | None, frozenset[str]]:
    """The cell's values of one scenario and horizon, from its climate, and its flags."""
    scenario = climate.scenarios.index(key[0])
    for risk in cell_risks(peril, climate, p):
        if risk.horizon == key[1]:
            return _values(risk, scenario), frozenset(
                flag for flag, on in risk.flags.items() if on[scenario, 0]
            )
    return None, frozenset()


def _values(risk: CellRisk, scenario: int) -> CellValues:
    at = slice(scenario, scenario + 1)
    e = risk.estimate
    return CellValues(
        hazard=risk.score.score[at],
        hazard_status=risk.score_status[at],
        aal=e.aal[at],
        aal_p05=e.aal_p05[at],
        aal_p95=e.aal_p95[at],
        aal_status=risk.estimate_status[at],
        details={**{name: value[at] for name, value in e.details.items()}, "n": e.n[at]},
    )


def without_loss(cell: CellValues) -> CellValues:
    """The cell without a number: what a set that needs more than the cell leaves."""
    nan = np.full_like(cell.aal, np.nan)
    worst = np.full_like(cell.aal_status, Status.not_assessed)
    return replace(
        cell, aal=nan, aal_p05=nan, aal_p95=nan, aal_status=np.maximum(cell.aal_status, worst)
    )


def scale_stored_loss(
    name: SetName, peril: Peril, stored: CellValues, file: ParameterFile, p: Params
) -> CellValues | None:
    """
    The stored loss times the factor between the set's damage curve and the central one.

    None where more than that factor changes.
    """
    central = ReadTrackingParams.of(file.params(peril.key))
    x = np.linspace(0.0, BEYOND * float(central["bins"][-1]), POINTS)
    before = damage.ratio(peril, x, central)
    own = {key for key, parameter in file.sections[peril.key].items() if parameter.moves(name)}
    factor = _factor(before, damage.ratio(peril, x, p))
    if factor is None or not own <= central.read:
        return None  # something besides the damage moves: the basin would have to be read
    return CellValues(
        hazard=stored.hazard,
        hazard_status=stored.hazard_status,
        aal=stored.aal * factor,
        aal_p05=stored.aal_p05 * factor,
        aal_p95=stored.aal_p95 * factor,
        aal_status=stored.aal_status,
        details=stored.details,
    )


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
    return any(parameter.moves(name) for name in SET_NAMES)


def _differences(peril: str, file: ParameterFile, read: frozenset[str]) -> Iterator[Difference]:
    for p in _read(peril, file, read):
        if _differs(p):
            yield Difference(
                p.key,
                p.unit,
                p.under("low"),
                p.value,
                p.under("high"),
                p.source,
                p.provenance,
                p.grade,
            )


def _changed(
    peril: str, file: ParameterFile, name: SetName, read: frozenset[str]
) -> Iterator[Changed]:
    for p in _read(peril, file, read):
        if p.moves(name):
            yield Changed(p.key, p.unit, p.value, p.under(name), p.source, p.provenance, p.grade)


def _read(peril: str, file: ParameterFile, read: frozenset[str]) -> Iterator[Parameter]:
    """The entries that were read, the peril's own first."""
    for section in (peril, *COMMON):
        yield from (p for name, p in file.sections.get(section, {}).items() if name in read)
