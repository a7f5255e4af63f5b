"""The head of files about several sites, and rows that are made only for a download."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from modelops_core.domain.answer import Answer
from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.ports import Row
from modelops_core.ui.kit import cache, filters
from modelops_core.ui.kit.exports import Head


class LazyRows(Sequence[Row]):
    """Rows that are made when a file is asked for, not each time the page is drawn."""

    def __init__(self, make: Callable[[], list[Row]]) -> None:
        self._make = make

    @cached_property
    def _rows(self) -> list[Row]:
        return self._make()

    def __getitem__(self, at: Any) -> Any:
        return self._rows[at]

    def __len__(self) -> int:
        return len(self._rows)


def head(
    answers: Sequence[Answer], scenario: str | None = None, horizon: str | None = None
) -> Head:
    """The head of every file of several sites: versions, view, units, sources with kinds."""
    stamps = sorted({" ".join(a.stamp) for a in answers})
    shown = (
        [("shown scenario, horizon", f"{SCENARIOS[scenario]}, {filters.horizon_name(horizon)}")]
        if scenario and horizon
        else []
    )
    return [
        ("product", "ModelOps"),
        *(("method_version, parameter_set, hash", stamp) for stamp in stamps),
        *shown,
        ("horizons", "; ".join(f"{key}: {window}" for key, window in HORIZONS.items())),
        (
            "units",
            "rates % a year: of a subtotal of the asset value, of a peril of its exposed value;"
            " losses KRW a year",
        ),
        (
            "where asset_value is empty",
            "losses are per KRW 100 million sum insured and are in no sum over sites",
        ),
        ("scenarios", "never averaged, no weights"),
        ("use", "screening level; not for engineering design, underwriting or appraisal"),
        *(
            (
                "source",
                f"{s.table_name}: {s.name} ({s.kind}; {s.provider}; {s.version})",
            )
            for s in cache.app().sources.all()
        ),
    ]
