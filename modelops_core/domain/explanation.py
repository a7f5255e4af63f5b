"""Why a stored number is what it is, as values: inputs, yearly values, H, P(H), parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Self

from modelops_core.domain.data_source import DataSource
from modelops_core.domain.flags import FLAGS
from modelops_core.domain.gauges import RiverGauge
from modelops_core.domain.parameters import Parameter

#: what a peril's entry of the parameter file says of itself, in the order of the JSON
PARAMETER_FIELDS = (
    "key",
    "value",
    "low",
    "high",
    "sets",
    "unit",
    "source",
    "provenance",
    "grade",
    "note",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """A result of the nightly run with its place in the cell's table."""

    risk_type: str
    ssp_scenario: str
    horizon: str

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """From a row of the result table that holds every field."""
        return cls(**{f.name: row[f.name] for f in fields(cls)})

    def to_row(self) -> dict[str, Any]:
        """All fields by name, in the order of the query's columns."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredHazard(_Stored):
    """H 0..1 with its level, and the *statistic* in *unit* that it was scored from."""

    hazard_score: float | None
    hazard_score_100: float | None
    hazard_level: str | None
    statistic: Mapping[str, float | None] | None
    unit: str | None
    status: str
    flags: Sequence[str]
    run_id: int
    method_version: str
    calculated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProbability(_Stored):
    """Base AAL [% a year] with its 5 and 95 %, the bins, and how they were calculated."""

    aal: float | None
    aal_p05: float | None
    aal_p95: float | None
    bin_probabilities: Any
    bin_data: Mapping[str, Any] | None
    calculation_details: Mapping[str, Any] | None
    status: str
    flags: Sequence[str]
    run_id: int
    method_version: str
    calculated_at: datetime

    @property
    def edges(self) -> tuple[float, ...]:
        """Edges between the bins in the unit of the intensity; empty where there are no bins."""
        return tuple((self.bin_data or {}).get("edges", ()))

    @property
    def years(self) -> tuple[int, int] | None:
        """First and last year that was counted; None where nothing was."""
        first_last = (self.calculation_details or {}).get("years")
        return None if not first_last else (first_last[0], first_last[1])

    @property
    def count(self) -> float | None:
        """How many years were counted; None where it is unknown."""
        return (self.calculation_details or {}).get("n")

    @property
    def estimator(self) -> str | None:
        """How the frequency was estimated; None where it was not."""
        return (self.calculation_details or {}).get("estimator")

    @property
    def notes(self) -> dict[str, str]:
        """What the nightly run put into words, by name."""
        details = self.calculation_details or {}
        return {
            name: text
            for name, text in details.items()
            if isinstance(text, str) and name != "estimator"
        }


@dataclass(frozen=True, slots=True)
class Cell:
    """The climate cell of the site, and its centre [°]."""

    grid_id: int
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class YearValue:
    """The intensity's index in one year; None where it is unknown."""

    year: int
    value: float | None


@dataclass(frozen=True, slots=True)
class Intensity:
    """What the intensity means, its unit, and the years counted or fitted (none for basins)."""

    what: str
    unit: str
    by_year: tuple[YearValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """
    The chain behind one stored H and P(H), from input tables to the result.

    ``outdated``: other parameters are in force today; ``replaced``: tables of its inputs that were
    loaded after the nightly run that it comes from began. ``flags`` are codes of FLAGS.
    """

    risk_type: str
    label: str
    ssp_scenario: str
    horizon: str
    latitude: float
    longitude: float
    district: str
    cell: Cell
    inputs: tuple[DataSource, ...]
    intensity: Intensity
    hazard: StoredHazard
    probability: StoredProbability
    outdated: bool
    replaced: tuple[str, ...]
    river_gauge: RiverGauge | None
    flags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    grade: str
    references: tuple[str, ...]

    @property
    def notes(self) -> dict[str, str]:
        """What the nightly run put into words, by name."""
        return self.probability.notes

    def to_row(self) -> dict[str, Any]:
        """The explanation as JSON holds it; flags have their sentences in both languages."""
        return {
            **{name: getattr(self, name) for name in ("risk_type", "label", "ssp_scenario")},
            **{name: getattr(self, name) for name in ("horizon", "latitude", "longitude")},
            "district": self.district,
            "cell": _row(self.cell),
            "inputs": [source.to_row() for source in self.inputs],
            "intensity": {
                **_row(self.intensity),
                "by_year": [_row(value) for value in self.intensity.by_year],
            },
            "hazard": self.hazard.to_row(),
            "probability": self.probability.to_row(),
            "outdated": self.outdated,
            "replaced": list(self.replaced),
            "notes": self.notes,
            "river_gauge": None if self.river_gauge is None else self.river_gauge.to_row(),
            "flags": [{"code": c, "en": FLAGS[c].en, "ko": FLAGS[c].ko} for c in self.flags],
            "parameters": [_parameter_row(parameter) for parameter in self.parameters],
            "grade": self.grade,
            "references": list(self.references),
        }


def _row(value: Cell | Intensity | YearValue) -> dict[str, Any]:
    return {f.name: getattr(value, f.name) for f in fields(value)}


def _parameter_row(parameter: Parameter) -> dict[str, Any]:
    row = {name: getattr(parameter, name) for name in PARAMETER_FIELDS}
    return {**row, "sets": dict(parameter.sets)}
