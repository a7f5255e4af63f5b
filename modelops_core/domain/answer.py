"""
The answer of an assessment: one site, all perils, scenarios and horizons.

``from_row`` reads the JSON that a job stores and the API hands out, ``to_row`` writes it.
Rates (AAL) are % of the exposed value a year, losses and values KRW, scores 0..1, lengths m,
areas m². What is unknown is None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property
from typing import Any, Self

from modelops_core.domain.gauges import RiverGauge
from modelops_core.domain.parameters import SetName

Row = Mapping[str, Any]
#: scenario and horizon
Key = tuple[str, str]
#: the statuses without a number
WITHOUT_NUMBER = ("not_assessed", "not_applicable")


#: the names of the fields of each dataclass: an answer holds hundreds of the same
_NAMES: dict[type[Any], tuple[str, ...]] = {}


def _names(cls: type[Any]) -> tuple[str, ...]:
    if cls not in _NAMES:
        _NAMES[cls] = tuple(f.name for f in fields(cls))
    return _NAMES[cls]


def _picked(cls: type[Any], row: Row) -> dict[str, Any]:
    """The values of *row* that *cls* has a field for; lists become tuples."""
    return {
        name: tuple(value) if isinstance(value := row[name], list) else value
        for name in _names(cls)
        if name in row
    }


def _written(item: Any) -> dict[str, Any]:
    """The fields of a dataclass as JSON holds them, in their order; tuples become lists."""
    return {
        name: list(value) if isinstance(value := getattr(item, name), tuple) else value
        for name in _names(type(item))
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    """The district that a site lies in."""

    code: str = ""
    name: str
    name_en: str

    @classmethod
    def from_row(cls, row: Row) -> Self:
        return cls(**_picked(cls, row))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClimateCell:
    """The climate cell that a site lies in; the coordinates are those of its centre [°]."""

    grid_id: int
    latitude: float | None = None
    longitude: float | None = None

    @classmethod
    def from_row(cls, row: Row) -> Self:
        return cls(**_picked(cls, row))


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterEntry:
    """The building of the register that was found near the site."""

    building_id: int | None = None
    register_pk: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    structure: str | None = None
    main_purpose: str | None = None
    built_year: float | None = None
    floors_above: float | None = None
    floors_below: float | None = None
    total_area: float | None = None
    arch_area: float | None = None
    #: kind of the data set: observed, derived or synthetic
    kind: str
    distance_m: float

    @classmethod
    def from_row(cls, row: Row) -> Self:
        return cls(**_picked(cls, row))


#: fields of Building that the JSON leaves out where they are unknown
_LEFT_OUT = frozenset(
    {
        "built_year",
        "floors_above",
        "floors_below",
        "total_area",
        "location_index",
        "elevation_m",
        "coast_distance_m",
        "river_distance_m",
        "hand_m",
        "forest_distance_m",
        "urban_share",
        "impervious",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """
    The site's building as the assessment took it: found, corrected, and what follows.

    ``found`` is the register's entry, ``corrections`` what the analyst gave; ``asset_value``
    is given or estimated on the ``value_basis``.
    """

    found: RegisterEntry | None = None
    corrections: Row
    structure: str = ""
    purpose: str = ""
    built_year: float | None = None
    floors_above: float | None = None
    floors_below: float | None = None
    total_area: float | None = None
    value_basis: str | None = None
    location_index: float | None = None
    elevation_m: float | None = None
    coast_distance_m: float | None = None
    river_distance_m: float | None = None
    river_class: str | None = None
    river_name: str | None = None
    hand_m: float | None = None
    forest_distance_m: float | None = None
    urban_share: float | None = None
    impervious: float | None = None
    is_urban: bool | None = None
    depression: bool | None = None
    river_gauge: RiverGauge | None = None
    age: float | None = None
    structure_class: str = "unknown"
    use_group: str = "unknown"
    asset_value: float | None = None
    as_of: int

    @classmethod
    def from_row(cls, row: Row) -> Self:
        found, gauge = row.get("found"), row.get("river_gauge")
        return cls(
            **{
                **_picked(cls, row),
                "found": None if found is None else RegisterEntry.from_row(found),
                "corrections": dict(row.get("corrections") or {}),
                "river_gauge": None if gauge is None else RiverGauge.from_row(gauge),
            }
        )

    def to_row(self) -> dict[str, Any]:
        """As the JSON of an answer holds it: unknown attributes of the site are absent."""
        row = {
            **_written(self),
            "found": None if self.found is None else _written(self.found),
            "corrections": dict(self.corrections),
            "river_gauge": None if self.river_gauge is None else self.river_gauge.to_row(),
        }
        return {k: v for k, v in row.items() if v is not None or k not in _LEFT_OUT}


@dataclass(frozen=True, slots=True, kw_only=True)
class OnBank:
    """What a river peril would cost on the bank; given where the distance is unknown."""

    final_aal: float | None
    expected_loss: float | None

    @classmethod
    def from_row(cls, row: Row) -> Self:
        return cls(**_picked(cls, row))


@dataclass(frozen=True, slots=True, kw_only=True)
class PerilResult:
    """One peril in one scenario and horizon, from H to the expected loss, with its flags."""

    risk_type: str
    ssp_scenario: str
    horizon: str
    status: str
    hazard_score: float | None = None
    hazard_level: str | None = None
    exposure_score: float | None = None
    proximity_factor: float | None = None
    normalized_asset_value: float | None = None
    vulnerability_score: float | None = None
    vulnerability_level: str | None = None
    base_aal: float | None = None
    site_factor: float | None = None
    vulnerability_scale: float | None = None
    final_aal: float | None = None
    aal_p05: float | None = None
    aal_p95: float | None = None
    insurance_rate: float | None = None
    exposed_value: float | None = None
    expected_loss: float | None = None
    integrated_risk: float | None = None
    integrated_level: str | None = None
    flags: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    #: loss [KRW] of a year that one year in T exceeds, at the answer's return periods
    return_losses: tuple[float | None, ...] = ()
    #: what its rare years are known from, a domain.result.Basis
    return_basis: str | None = None
    #: how many years of observation carry them
    return_years: float | None = None
    if_on_bank: OnBank | None = None

    @classmethod
    def from_row(cls, row: Row) -> Self:
        bank = row.get("if_on_bank")
        found = None if bank is None else OnBank.from_row(bank)
        return cls(**{**_picked(cls, row), "if_on_bank": found})

    def to_row(self) -> dict[str, Any]:
        """As the JSON of an answer holds it."""
        bank = None if self.if_on_bank is None else _written(self.if_on_bank)
        return {**_written(self), "if_on_bank": bank}

    @property
    def key(self) -> Key:
        """Scenario and horizon."""
        return self.ssp_scenario, self.horizon

    @property
    def has_number(self) -> bool:
        """Whether the status allows a number to be shown."""
        return self.status not in WITHOUT_NUMBER

    def loss_at(self, aal: float | None) -> float | None:
        """The loss [KRW a year] at the rate *aal*; None where the rate or the value is unknown."""
        if aal is None or self.exposed_value is None:
            return None
        return aal / 100 * self.exposed_value


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteTotals:
    """Subtotals of one scenario and horizon [KRW a year], and which perils stand in them."""

    ssp_scenario: str
    horizon: str
    physical: float | None
    physical_no_overlap: float | None
    operating: float | None
    grand: float | None
    assessed: tuple[str, ...] = ()
    not_assessed: tuple[str, ...] = ()

    @classmethod
    def from_row(cls, row: Row) -> Self:
        return cls(**_picked(cls, row))

    def to_row(self) -> dict[str, Any]:
        """As the JSON of an answer holds it."""
        return _written(self)

    @property
    def key(self) -> Key:
        """Scenario and horizon."""
        return self.ssp_scenario, self.horizon


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerWarning:
    """A flag of the answer as a whole, and the perils that it is about (none: all)."""

    code: str
    perils: tuple[str, ...] = ()

    @classmethod
    def from_row(cls, row: Row | str) -> Self:
        """A warning of an older answer is a sentence and stays one."""
        return cls(code=row) if isinstance(row, str) else cls(**_picked(cls, row))


@dataclass(frozen=True, kw_only=True)
class Answer:
    """
    A whole assessment: the place, the building, the results by peril, scenario and horizon.

    ``sum_insured`` [KRW] is what losses are a share of where no asset value is known,
    ``assessed_at`` when the job ended; the JSON holds neither.
    """

    latitude: float
    longitude: float
    batch_id: str
    district: District
    cell: ClimateCell
    building: Building
    parameter_set: SetName
    parameter_hash: str
    method_version: str
    results: tuple[PerilResult, ...]
    totals: tuple[SiteTotals, ...] = ()
    warnings: tuple[AnswerWarning, ...] = ()
    #: of the results' ``return_losses`` [years]; an older answer has none
    return_periods: tuple[int, ...] = ()
    sum_insured: float | None = None
    assessed_at: datetime | None = None

    @classmethod
    def from_row(
        cls, row: Row, sum_insured: float | None = None, assessed_at: datetime | None = None
    ) -> Self:
        """The stored results of a job; a key that an older version did not write is unknown."""
        return cls(
            **{
                **_picked(cls, row),
                "district": District.from_row(row["district"]),
                "cell": ClimateCell.from_row(row["cell"]),
                "building": Building.from_row(row["building"]),
                "results": tuple(map(PerilResult.from_row, row["results"])),
                "totals": tuple(map(SiteTotals.from_row, row.get("totals", ()))),
                "warnings": tuple(map(AnswerWarning.from_row, row.get("warnings", ()))),
                "sum_insured": sum_insured,
                "assessed_at": assessed_at,
            }
        )

    def to_row(self) -> dict[str, Any]:
        """The JSON that a job stores and the API hands out."""
        row = _written(self)
        del row["sum_insured"], row["assessed_at"]
        return {
            **row,
            "district": _written(self.district),
            "cell": _written(self.cell),
            "building": self.building.to_row(),
            "results": [result.to_row() for result in self.results],
            "totals": [total.to_row() for total in self.totals],
            "warnings": [_written(warning) for warning in self.warnings],
        }

    @cached_property
    def _by_key(self) -> dict[Key, dict[str, PerilResult]]:
        found: dict[Key, dict[str, PerilResult]] = {}
        for result in self.results:
            found.setdefault(result.key, {})[result.risk_type] = result
        return found

    def at(self, scenario: str, horizon: str) -> Mapping[str, PerilResult]:
        """Peril → its result; empty where nothing was calculated."""
        return self._by_key.get((scenario, horizon), {})

    def total(self, scenario: str, horizon: str) -> SiteTotals | None:
        """The subtotals of a scenario and horizon; None where nothing was calculated."""
        return next((t for t in self.totals if t.key == (scenario, horizon)), None)

    @property
    def asset_value(self) -> float | None:
        """Given or estimated [KRW]."""
        return self.building.asset_value

    @property
    def insured(self) -> float:
        """What losses are a share of [KRW]: asset value, else sum insured, else NaN."""
        value = self.sum_insured if self.asset_value is None else self.asset_value
        return float("nan") if value is None else value

    @property
    def stamp(self) -> tuple[str, str, str]:
        """Method version, parameter set and its hash: answers of other stamps do not mix."""
        return self.method_version, self.parameter_set, self.parameter_hash
