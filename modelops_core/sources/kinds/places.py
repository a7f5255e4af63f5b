"""``load places``: landmarks and stations that the search finds besides the shipped ones."""

from __future__ import annotations

from modelops_core.domain.source import Source
from modelops_core.sources import place_tables

SOURCE = Source(
    kind="places",
    summary="Landmarks and stations that the search finds besides the shipped ones.",
    tables=("place_names",),
    open=place_tables.opener("place_names"),
)
