"""One block of a portfolio: what is read for its sites, what follows, and where they lie."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from modelops_core.domain.climate import IntArray
from modelops_core.domain.portfolio import Portfolio, best_status
from modelops_core.services.portfolio.at_sites import (
    at_sites,
    detailed,
    spread_of_cell,
    unknown,
)
from modelops_core.services.portfolio.placing import PlacedSites, placed
from modelops_core.services.portfolio.portfolio_ports import Ports
from modelops_core.stages import asset
from modelops_core.stages.site import AtSites, CellArrays


@dataclass(frozen=True, slots=True)
class BlockInputs:
    """
    What a block is calculated of: its placed sites, and what is stored of their cells.

    ``cell`` (site,) is the position of each placed site's cell in the arrays of ``cells``.
    """

    placed: PlacedSites
    cells: Mapping[str, CellArrays]
    cell: IntArray


def inputs(portfolio: Portfolio, at: IntArray, as_of: int, ports: Ports) -> BlockInputs:
    """Read what the sites at the positions *at* need, by a few queries for all of them."""
    perils = ports.perils
    found = placed(portfolio, at, as_of, ports.places, ports.gauges, perils, ports.parameters)
    if not found.at.size:
        return BlockInputs(found, {}, np.empty(0, dtype=np.int64))
    cells, cell = np.unique(found.found.grid_id, return_inverse=True)
    stored = ports.cells.cells(
        cells,
        tuple(perils),
        [key for key, peril in perils.items() if detailed(peril)],
        [key for key, peril in perils.items() if spread_of_cell(peril)],
    )
    return BlockInputs(found, stored, cell)


def calculated(
    portfolio: Portfolio, read: BlockInputs, combinations: int, ports: Ports
) -> tuple[dict[str, AtSites], dict[str, list[tuple[str, ...]]]]:
    """Results of the sites that have a cell, and the names of their flags, by peril."""
    perils, found = ports.perils, read.placed
    if not found.at.size:
        return {key: unknown(one, combinations, 0) for key, one in perils.items()}, {
            key: [] for key in perils
        }
    match = portfolio.address_match[found.at]

    def one(key: str) -> tuple[AtSites, list[tuple[str, ...]]]:
        peril, stored = perils[key], read.cells[key]
        p = ports.parameters.params(key)
        made = at_sites(peril, found.sites, stored, read.cell, best_status(match, peril), p)
        return made, _flag_names(made, stored.flags, read.cell)

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        made = dict(zip(perils, pool.map(one, perils), strict=True))
    return {key: pair[0] for key, pair in made.items()}, {k: pair[1] for k, pair in made.items()}


def _flag_names(
    found: AtSites, of_cells: Sequence[tuple[str, ...]], cell: IntArray
) -> list[tuple[str, ...]]:
    """The flags of each site: its cell's, then its own; each combination is made once."""
    own = list(found.flags)
    bits = sum(
        (np.asarray(on).astype(np.int64) << i for i, on in enumerate(found.flags.values())),
        np.zeros(cell.size, dtype=np.int64),
    )
    pairs, inverse = np.unique(np.stack([cell, bits]), axis=1, return_inverse=True)
    names = [
        tuple(dict.fromkeys([*of_cells[c], *(n for i, n in enumerate(own) if b >> i & 1)]))
        for c, b in pairs.T.tolist()
    ]
    return [names[i] for i in inverse.ravel().tolist()]


def place_columns(
    portfolio: Portfolio, at: IntArray, found: PlacedSites, ports: Ports
) -> dict[str, Any]:
    """The columns of portfolio_run_sites, in the order of *at*."""
    sites, near = found.sites, found.found
    value, _ = asset.value(sites, ports.parameters.params(next(iter(ports.perils))))
    of_placed = {
        "grid_id": near.grid_id,
        "basin_code": near.basin_code,
        "district_code": near.district_code,
        "building_id": near.building_id,
        "building_distance_m": near.building_distance_m,
        "asset_value": value,
        "use_group": sites["use_group"],
        "structure_class": sites["structure_class"],
        "age": sites["age"],
        "coast_distance_m": sites["coast_distance_m"],
    }
    position = {site: i for i, site in enumerate(at.tolist())}
    target = [position[site] for site in found.at.tolist()]
    columns: dict[str, Any] = {}
    for name, column in of_placed.items():
        unknown: Any = {"i": -1, "f": np.nan}.get(column.dtype.kind, "")
        columns[name] = np.full(at.size, unknown, dtype=column.dtype)
        columns[name][target] = column
    for name in ("latitude", "longitude", "site_id", "site_name"):
        columns[name] = getattr(portfolio, name)[at]
    columns["problem"] = np.array([found.problems.get(i, "") for i in at.tolist()], dtype=object)
    given = portfolio.given.get("asset_value")
    if given is not None:  # a site without a place has a value all the same
        columns["asset_value"] = np.where(
            columns["problem"] == "", columns["asset_value"], given[at]
        )
    return columns
