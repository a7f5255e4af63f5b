"""
OED's lists of codes (5.0.0), read of the data of the package ods-tools, which is never imported.

Their English names go through the same words as a register's; an industrial use is a factory.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

import orjson

from modelops_core.domain.building import STRUCTURE_CLASSES, USE_GROUPS, understood
from modelops_core.errors import SourceUnreadable

PACKAGE, FILE = "ods-tools", "ods_tools/data/OpenExposureData_5.0.0Spec.json"
#: unknown occupancy and construction
UNKNOWN_OCCUPANCY, UNKNOWN_CONSTRUCTION = 1000, 5000
#: provinces that are another one in the register's codes than in those of the census, which OED has
AMBIGUOUS = frozenset({"26", *map(str, range(31, 40))})
#: Sejong is younger than OED's list
SEJONG = "29"


@lru_cache(maxsize=1)
def _specification() -> dict[str, Any]:
    try:
        path = metadata.distribution(PACKAGE).locate_file(FILE)
        found: dict[str, Any] = orjson.loads(Path(str(path)).read_bytes())
    except (metadata.PackageNotFoundError, OSError) as error:
        raise SourceUnreadable("oed_codes_missing", package=PACKAGE, reason=error) from None
    return found


@lru_cache(maxsize=1)
def occupancies() -> dict[int, str]:
    """Code → English name, '' of the unknown one."""
    found = {int(code): _use(entry) for code, entry in _specification()["occupancy"].items()}
    return {**found, UNKNOWN_OCCUPANCY: ""}


def _use(entry: Mapping[str, str]) -> str:
    """A name that has a class of ours; whoever gave a code knows that no class is meant."""
    name = entry["Name"]
    if entry["Broad Category"].startswith("Industrial"):
        return f"factory: {name}"
    return name if understood(name, USE_GROUPS) else "other"


@lru_cache(maxsize=1)
def constructions() -> dict[int, str]:
    """Code → English name, '' of the unknown one."""
    names = {int(code): one["Name"] for code, one in _specification()["construction"].items()}
    found = {
        c: name if understood(name, STRUCTURE_CLASSES) else "other" for c, name in names.items()
    }
    return {**found, UNKNOWN_CONSTRUCTION: ""}


@lru_cache(maxsize=1)
def perils() -> frozenset[str]:
    """Codes of perils and of groups of perils."""
    about = _specification()["perils"]
    return frozenset(about["info"]) | frozenset(about["covered"])


@lru_cache(maxsize=1)
def areas() -> frozenset[str]:
    """Codes of Korea's provinces, those of the census."""
    return frozenset(_specification()["area"]["KR"]) | {SEJONG}
