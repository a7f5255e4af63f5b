"""The comparison as a file: every quantity, scenario and horizon of the chosen sites."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any

from modelops_core.domain.horizons import BASELINE, HORIZONS, SCENARIOS
from modelops_core.ports import Row
from modelops_core.services.portfolio import compare
from modelops_core.services.portfolio.compare import SUBTOTALS, Answer
from modelops_core.ui.compare.choice import Choice, Subject
from modelops_core.ui.kit import cache, downloads, filters
from modelops_core.ui.kit.exports import Head
from modelops_core.ui.kit.i18n import t

COLUMNS = (
    "site",
    "latitude",
    "longitude",
    "district",
    "asset_value",
    "quantity",
    "ssp_scenario",
    "horizon",
    "status",
    "rate",
    "rate_p05",
    "rate_p95",
    "expected_loss",
    "loss_p05",
    "loss_p95",
    "loss_change",
    "change_percent",
    "not_assessed",
    "flags",
    "method_version",
    "parameter_set",
    "parameter_hash",
    "batch_id",
)


class Later(Sequence[Row]):
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


def downloads_of(found: Sequence[Subject], choice: Choice) -> None:
    """CSV and XLSX; they hold more than the view: all scenarios, horizons and perils."""
    labels = {column: t(f"columns.{column}") for column in COLUMNS}
    downloads.table(
        "modelops_compare",
        head([s.answer for s in found], choice.scenario, choice.horizon),
        COLUMNS,
        Later(lambda: rows(found)),
        labels,
    )


def head(
    answers: Sequence[Answer], scenario: str | None = None, horizon: str | None = None
) -> Head:
    """What every file of several sites says first: versions, view, units, sources with their kinds."""
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
            "rates % a year: of a subtotal of the asset value, of a peril of its exposed value; losses KRW a year",
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
                f"{s['table_name']}: {s['name']} ({s['kind']}; {s['provider']}; {s['version']})",
            )
            for s in cache.app().sources.all()
        ),
    ]


def rows(found: Iterable[Subject]) -> list[Row]:
    """One row a site, quantity, scenario and horizon."""
    quantities = (*SUBTOTALS, *cache.app().perils)
    return [
        _row(s, q, (code, h))
        for s in found
        for q in quantities
        for code in SCENARIOS
        for h in HORIZONS
    ]


def _row(subject: Subject, quantity: str, key: tuple[str, str]) -> Row:
    a, perils = subject.answer, cache.app().perils
    rate = compare.cell(a, quantity, "rate", key, perils)
    loss = compare.cell(a, quantity, "loss", key, perils)
    changed = compare.change(loss, compare.cell(a, quantity, "loss", (key[0], BASELINE), perils))
    return {
        "site": subject.name,
        "latitude": a.latitude,
        "longitude": a.longitude,
        "district": a.district,
        "asset_value": a.asset_value,
        "quantity": quantity,
        "ssp_scenario": key[0],
        "horizon": key[1],
        "status": rate.status,
        "rate": rate.value,
        "rate_p05": rate.low,
        "rate_p95": rate.high,
        "expected_loss": loss.value,
        "loss_p05": loss.low,
        "loss_p95": loss.high,
        "loss_change": changed.absolute,
        "change_percent": changed.relative,
        "not_assessed": list(rate.missing),
        "flags": sorted(rate.flags),
        "method_version": a.stamp[0],
        "parameter_set": a.stamp[1],
        "parameter_hash": a.stamp[2],
        "batch_id": a.batch_id,
    }
