"""
Golden files: an input series whose comment lines say what must come out.

``# source:`` where the numbers come from · ``# expect: name=value[,value…] …`` ·
``# tolerance: relative [name=relative …]`` · ``# set: parameter[.key]=value …`` for
parameters that differ from the central set · ``# place: attribute=value …``.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

from modelops_core.domain.climate import Climate
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import Peril
from modelops_core.sources import series

GOLDEN = Path(__file__).parent / "golden"


@dataclass(frozen=True)
class Golden:
    path: Path
    source: str
    expect: dict[str, list[float]]
    tolerance: dict[str, float]
    set: dict[str, float | str]
    place: dict[str, object]

    @classmethod
    def read(cls, path: Path) -> Golden:
        lines = [
            line[1:].strip()
            for line in path.read_text("utf-8").splitlines()
            if line.startswith("#")
        ]
        notes = dict(line.split(": ", 1) for line in lines)
        assert lines[0].startswith("source: "), f"{path.name}: the first line names the source"
        default, *own = notes["tolerance"].split()
        return cls(
            path,
            notes["source"],
            {k: [float(x) for x in v.split(",")] for k, v in _pairs(notes["expect"].split())},
            {"": float(default), **{k: float(v) for k, v in _pairs(own)}},
            {k: _value(v) for k, v in _pairs(notes.get("set", "").split())},
            {k: _value(v) for k, v in _pairs(notes.get("place", "").split())},
        )

    def params(self, params: Params) -> Params:
        """*params* with the file's own settings."""
        values = deepcopy(dict(params))
        for name, value in self.set.items():
            key, _, entry = name.partition(".")
            if entry:
                values[key][entry] = value
            else:
                values[key] = value
        return Params(params.owner, values)

    def climate(self, peril: Peril) -> Climate:
        read = series.read(self.path, peril.series or peril.requires)
        return series.with_place(read, self.place)


def _pairs(words: list[str]) -> list[tuple[str, str]]:
    return [tuple(word.split("=", 1)) for word in words]  # type: ignore[misc]


def _value(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text
