"""Who made what: providers and licences of the demonstration data."""

from __future__ import annotations

from modelops_core.domain.dataset import Kind, Provenance
from modelops_core.sources.demo.packages import version

HISTORY_AND_FUTURE = "1991-2020, 2021-2100"
GENERATOR = "ModelOps demonstration data generator"
#: version of the generator: raise it when the same seed gives other numbers
GENERATOR_VERSION = "demo 3"
OPEN_DATA = "open public data (KOGL type 1: attribution)"


def generated(
    name: str,
    kind: Kind,
    method: str,
    period: str | None = HISTORY_AND_FUTURE,
    members: int | None = None,
) -> Provenance:
    """Provenance of a table that the generator calculates; climate says of how many members."""
    return Provenance(
        name=name,
        provider=GENERATOR,
        licence=OPEN_DATA,
        version=GENERATOR_VERSION,
        kind=kind,
        period=period,
        method=method,
        members=members,
    )


def packaged(
    name: str, provider: str, licence: str, package: str, kind: Kind, method: str, period: str
) -> Provenance:
    """Provenance of a table that is read from an installed package."""
    return Provenance(
        name=name,
        provider=provider,
        licence=licence,
        version=version(package),
        kind=kind,
        period=period,
        method=method,
    )
