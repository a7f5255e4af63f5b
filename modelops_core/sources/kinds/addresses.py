"""``load addresses``: road and lot addresses with their positions."""

from __future__ import annotations

from modelops_core.domain.source import Source
from modelops_core.sources import place_tables

SOURCE = Source(
    kind="addresses",
    summary="Road and lot addresses with their positions.",
    tables=("addresses",),
    open=place_tables.opener("addresses"),
)
