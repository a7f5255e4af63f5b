"""
The numbers behind the calculation: each with unit, source, provenance and grade.

A :class:`ParameterFile` holds every entry; a :class:`Params` is what one peril
sees of it under one parameter set: plain values by name. Low, central and high move every
number that has a range; a named sensitivity changes one choice of the method and nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from modelops_core.errors import InvalidParameter

SetName = Literal[
    "low",
    "central",
    "high",
    "window",
    "own_lcv",
    "kma_rain",
    "wet_everywhere",
    "csdi",
    "gumbel_pwm",
    "gev_free",
    "dr_table",
]
SET_NAMES: tuple[SetName, ...] = ("low", "central", "high")
#: each window's own sample, each cell's own spread, published change of rain, no wet share, cold by
#: CSDI, Gumbel by L-moments, free GEV shape, damage by a fixed table
SENSITIVITIES: tuple[SetName, ...] = (
    "window",
    "own_lcv",
    "kma_rain",
    "wet_everywhere",
    "csdi",
    "gumbel_pwm",
    "gev_free",
    "dr_table",
)
ALL_SETS: tuple[SetName, ...] = (*SET_NAMES, *SENSITIVITIES)
#: Groups every peril sees; a peril's own section comes first.
COMMON = ("frame", "exposure", "vulnerability", "flood")
PROVENANCE = {
    "F": "read in the source",
    "M": "literature value from memory: verify before quoting",
    "A": "assumption of this method",
    "C": "computed by this project",
}
GRADES = {
    "A": "calibrated on Korean losses",
    "B": "published, foreign or regional",
    "C": "derived from stated unit costs",
    "D": "placeholder that needs local data",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One entry of the parameter file."""

    key: str
    value: Any
    unit: str
    source: str
    provenance: str
    grade: str
    low: Any = None
    high: Any = None
    #: the value under a named sensitivity, where it is another
    sets: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""

    def __post_init__(self) -> None:
        if not self.source.strip() or not self.unit.strip():
            raise InvalidParameter("parameter_unsourced", parameter=self.key)
        if self.provenance not in PROVENANCE or self.grade not in GRADES:
            raise InvalidParameter(
                "parameter_graded",
                parameter=self.key,
                provenance=self.provenance,
                provenances=list(PROVENANCE),
                grade=self.grade,
                grades=list(GRADES),
            )
        if not isinstance(self.sets, Mapping) or set(self.sets) - set(SENSITIVITIES):
            raise InvalidParameter(
                "parameter_sets", parameter=self.key, value=self.sets, known=SENSITIVITIES
            )

    def under(self, name: SetName) -> Any:
        """The value in the parameter set *name*; the central one where the set has no own."""
        own = {"low": self.low, "high": self.high, **self.sets}.get(name)
        return self.value if own is None else own

    def moves(self, name: SetName) -> bool:
        """Whether the parameter set *name* has another value than the central one."""
        return bool(self.under(name) != self.value)


class Params(Mapping[str, Any]):
    """What one peril sees: its own values, then the common ones."""

    def __init__(self, owner: str, values: Mapping[str, Any]) -> None:
        self.owner = owner
        self._values = values

    def __getitem__(self, key: str) -> Any:
        try:
            return self._values[key]
        except KeyError:
            raise InvalidParameter("parameter_missing", parameter=f"{self.owner}.{key}") from None

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


@dataclass(frozen=True)
class ParameterFile:
    """All parameters by section (``frame`` … or a peril's key), and the file's version."""

    version: str
    sections: Mapping[str, Mapping[str, Parameter]]

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> ParameterFile:
        """Read the mapping of ``parameters.yaml``; raises InvalidParameter."""
        raw = {name: content[name] for name in COMMON if name in content} | content.get(
            "perils", {}
        )
        return cls(str(content["version"]), {name: _section(name, raw[name]) for name in raw})

    def with_section(self, name: str, entries: Mapping[str, Any]) -> ParameterFile:
        """A copy with the section of one more peril."""
        return ParameterFile(self.version, {**self.sections, name: _section(name, entries)})

    def params(self, peril: str, name: SetName = "central") -> Params:
        """The values that *peril* sees under the parameter set *name*."""
        if name not in ALL_SETS:
            raise InvalidParameter("not_one_of", field="parameter set", value=name, known=ALL_SETS)
        values = {
            key: parameter.under(name)
            for section in (*COMMON, peril)
            for key, parameter in self.sections.get(section, {}).items()
        }
        return Params(peril, values)

    def digest(self, name: SetName = "central") -> str:
        """16 hexadecimal digits over version and resolved values; any changed number changes it."""
        resolved = {
            section: {key: parameter.under(name) for key, parameter in entries.items()}
            for section, entries in self.sections.items()
        }
        text = json.dumps([self.version, name, resolved], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @cached_property
    def entries(self) -> tuple[tuple[str, Parameter], ...]:
        """Every (section, parameter), in the order of the file."""
        return tuple((name, p) for name, section in self.sections.items() for p in section.values())


def _section(name: str, entries: Mapping[str, Mapping[str, Any]]) -> dict[str, Parameter]:
    try:
        return {key: Parameter(key=f"{name}.{key}", **entry) for key, entry in entries.items()}
    except TypeError as error:
        raise InvalidParameter("section_invalid", section=name, reason=error) from None
