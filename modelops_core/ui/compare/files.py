"""Makes files of a comparison: every quantity, scenario and horizon of the chosen sites."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from modelops_core.domain import stamp
from modelops_core.domain.horizons import BASELINE, HORIZONS, SCENARIOS
from modelops_core.ports import Row
from modelops_core.services.portfolio import compare, rating
from modelops_core.services.portfolio.compare import SUBTOTALS
from modelops_core.services.portfolio.rating import Standing
from modelops_core.ui.compare import rare
from modelops_core.ui.compare.choice import Choice, Subject
from modelops_core.ui.kit import cache, downloads
from modelops_core.ui.kit.answers import portfolio_files
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
    *rare.COLUMNS,
    "return_years",
    *rating.COLUMNS,
    "not_assessed",
    "flags",
    *portfolio_files.ANSWER_COLUMNS,
)


def downloads_of(found: Sequence[Subject], choice: Choice) -> None:
    """CSV and XLSX; they hold more than the view: all scenarios, horizons and perils."""
    labels = {column: t(f"columns.{column}") for column in COLUMNS}
    downloads.table(
        "modelops_compare",
        portfolio_files.head([s.answer for s in found], choice.scenario, choice.horizon),
        COLUMNS,
        lambda: rows(found),
        labels,
        file=stamp.Stamp(scenario=choice.scenario, horizon=choice.horizon).file_name(
            "modelops_compare"
        ),
    )


def rows(found: Iterable[Subject]) -> list[Row]:
    """One row a site, quantity, scenario and horizon."""
    quantities = (*SUBTOTALS, *cache.app().perils)
    return [
        _row(s, q, (code, h), ratings.get((q, code, h), rating.UNRATED))
        for s in found
        for ratings in (cache.app().ratings.of(s.answer),)
        for q in quantities
        for code in SCENARIOS
        for h in HORIZONS
    ]


def _row(subject: Subject, quantity: str, key: tuple[str, str], standing: Standing) -> Row:
    a, perils = subject.answer, cache.app().perils
    rate = compare.amount_of(a, quantity, "rate", key, perils)
    loss = compare.amount_of(a, quantity, "loss", key, perils)
    changed = compare.change(
        loss, compare.amount_of(a, quantity, "loss", (key[0], BASELINE), perils)
    )
    return {
        "site": subject.name,
        "latitude": a.latitude,
        "longitude": a.longitude,
        "district": a.district.name,
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
        **rare.columns_of(subject, quantity, key),
        **standing.to_row(),
        "not_assessed": list(rate.missing),
        "flags": sorted(rate.flags),
        **portfolio_files.answer_fields(a),
    }
