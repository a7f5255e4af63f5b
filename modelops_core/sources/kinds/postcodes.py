"""``load postcodes``: postal codes with their positions."""

from __future__ import annotations

from modelops_core.domain.source import Source
from modelops_core.sources import place_tables

SOURCE = Source(
    kind="postcodes",
    summary="Postal codes with their positions.",
    tables=("postcodes",),
    open=place_tables.opener("postcodes"),
)
