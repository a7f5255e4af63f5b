"""Results of a portfolio as tables: one row a site, one a site and combination, one a sum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from modelops_core.domain.climate import IntArray
from modelops_core.domain.peril import Peril
from modelops_core.domain.portfolio import Portfolio
from modelops_core.domain.result import KEPT, Status
from modelops_core.ports import Row
from modelops_core.services.portfolio.loss_sums import BY_STATUS, MEASURES, RARE
from modelops_core.stages.site import MANY, SINGLE, AtSites
from modelops_core.stages.totals import SUBTOTALS, subtotals

Columns = dict[str, npt.NDArray[Any]]
#: column → field of the portfolio
GIVEN = {
    **{
        name: name
        for name in ("site_id", "site_name", "latitude", "longitude", "address", "address_match")
    },
    "industry": "industry",
    "portfolio_group": "group",
    "repeated": "repeated",
}
#: columns of the places of a run that a table of sites has
PLACES = (
    *("grid_id", "basin_code", "district_code", "building_id", "building_distance_m"),
    *("asset_value", "use_group", "structure_class", "age", "problem"),
)
_STATUS = np.array([status.name for status in Status], dtype=object)


def sites(
    portfolio: Portfolio,
    at: IntArray,
    places: Mapping[str, Any],
    results: Mapping[str, AtSites],
    perils: Mapping[str, Peril],
    combination: int,
) -> Columns:
    """
    Columns of one row a site in one scenario and horizon; money in KRW, AAL in % a year.

    *at* are the positions of the sites in the portfolio, in the order of *results*; *places* are
    of all sites.
    Losses are NaN where unknown; ``exposed_value`` and the losses of a site without a known value
    are those of the sum insured and stand in no sum.
    """
    columns: Columns = {
        **{column: getattr(portfolio, name)[at] for column, name in GIVEN.items()},
        **{name: places[name][at] for name in PLACES},
    }
    loss = np.stack([one.expected_loss[combination] for one in results.values()])
    for peril, one in results.items():
        columns[f"{peril}_status"] = _STATUS[one.status[combination]]
        columns[f"{peril}_final_aal"] = one.final_aal[combination]
        columns[f"{peril}_loss"] = one.expected_loss[combination]
    added = subtotals(loss, [perils[key] for key in results])
    return columns | {f"{name}_loss": added[name] for name in SUBTOTALS}


def results_of(
    peril: str, site_id: npt.NDArray[Any], one: AtSites, combinations: Sequence[tuple[str, str]]
) -> Columns:
    """Columns of one row a combination and site of one peril, combination by combination."""
    n = site_id.size
    many = len(combinations)
    columns: Columns = {
        "site_id": np.tile(site_id, many),
        "risk_type": np.full(n * many, peril, dtype=object),
        "ssp_scenario": np.repeat([scenario for scenario, _ in combinations], n).astype(object),
        "horizon": np.repeat([horizon for _, horizon in combinations], n).astype(object),
        "status": _STATUS[one.status].ravel(),
        **{name: np.tile(getattr(one, name), many) for name in SINGLE},
        **{name: getattr(one, name).ravel() for name in MANY},
    }
    rare = np.full((len(KEPT), n * many), np.nan)
    if one.return_losses is not None:
        rare = one.return_losses.reshape(len(KEPT), -1)
    return columns | {f"loss_{period}yr": rare[i] for i, period in enumerate(KEPT)}


#: columns of a table of sums
SUM_COLUMNS = (
    *("dimension", "key", "quantity", "ssp_scenario", "horizon", "rate", "coverage"),
    *MEASURES,
)


def sum_rows(
    dimension: str, stored: Sequence[Row], combinations: Sequence[tuple[str, str]]
) -> list[Row]:
    """One row a key, quantity and combination of the stored sums of a dimension, as SUM_COLUMNS."""
    return [
        {
            "dimension": dimension,
            "key": row["key"],
            "quantity": row["quantity"],
            "ssp_scenario": scenario,
            "horizon": horizon,
            **_of(row, i),
        }
        for row in stored
        for i, (scenario, horizon) in enumerate(combinations)
    ]


def _of(row: Row, combination: int) -> Row:
    """The measures of one combination; None where nothing is known."""
    own: Row = {name: None if row[name] is None else row[name][combination] for name in MEASURES}
    total = sum(own[name] for name in BY_STATUS)
    own["rate"] = 100 * own["loss"] / own["exposed_value"] if own["exposed_value"] else None
    own["coverage"] = 1 - own["not_assessed_value"] / total if total else None
    if not own["sites"]:
        own |= dict.fromkeys(("loss", "rate", "deviation", "variance", *RARE.values()))
    if not (own["interval_loss"] or own["interval_sites"]):
        own |= dict.fromkeys(("loss_p05", "loss_p95"))
    if own["loss"] and not own["deviation_loss"]:
        own |= dict.fromkeys(("deviation", "variance"))
    if own["loss"] and not own["rare_part"]:
        own |= dict.fromkeys(RARE.values())
    return own
