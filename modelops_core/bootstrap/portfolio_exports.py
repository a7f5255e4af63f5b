"""Files of a portfolio and of its results, for spreadsheets, maps and other programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pandas as pd

from modelops_core.bootstrap.portfolio_storms import PortfolioStorms
from modelops_core.db.results.portfolio_runs import PortfolioRuns
from modelops_core.db.results.portfolio_versions import PortfolioVersions
from modelops_core.domain.climate import IntArray
from modelops_core.domain.peril import Peril
from modelops_core.domain.portfolio import Portfolio
from modelops_core.errors import InvalidInput, NotStored
from modelops_core.ports import Row
from modelops_core.services.portfolio import site_table
from modelops_core.sources import whole_file
from modelops_core.sources.portfolio.writing import oed, tables, template
from modelops_core.stages.site import AtSites

#: dimensions of the sums, in the order of their file
DIMENSIONS = ("all", "sido", "sigungu", "use", "industry", "group", "basin", "cell")
#: files of every run; ``results-PERIL.parquet`` come with each peril
FILES = (
    *("portfolio.csv", "location.csv", "sites.csv", "sites.parquet", "sites.fgb", "sites.gpkg"),
    *("sums.csv", "storms.json", "run.json"),
)
RESULTS = "results-{}.parquet"


@dataclass(frozen=True)
class FinishedRun:
    """A finished run with its portfolio, as its files show it."""

    facts: Row
    portfolio: Portfolio
    runs: PortfolioRuns
    perils: Mapping[str, Peril]

    @property
    def combinations(self) -> list[tuple[str, str]]:
        """Scenario and horizon of each combination."""
        return list(zip(self.facts["ssp_scenario"], self.facts["horizon"], strict=True))

    def site_rows(self, scenario: str, horizon: str, sites: IntArray | None = None) -> pd.DataFrame:
        """One row a site in one scenario and horizon, of all sites or those at some positions."""
        at = self.combinations.index((scenario, horizon))
        chosen = np.arange(len(self.portfolio)) if sites is None else sites
        results = self.results(chosen)
        return pd.DataFrame(
            site_table.sites(self.portfolio, chosen, self.places, results, self.perils, at)
        )

    def result_rows(self, peril: str) -> pd.DataFrame:
        """One row a site, scenario and horizon of one peril."""
        every = np.arange(len(self.portfolio))
        one = self.runs.peril(self.facts["run_id"], peril, every)
        ids = self.portfolio.site_id
        return pd.DataFrame(site_table.results_of(peril, ids, one, self.combinations))

    def sum_rows(self, dimension: str) -> list[Row]:
        """One row a sum of a dimension."""
        stored = self.runs.sums(self.facts["run_id"], dimension)
        return site_table.sum_rows(dimension, stored, self.combinations)

    @cached_property
    def places(self) -> Mapping[str, Any]:
        return self.runs.place_columns(self.facts["run_id"])

    def results(self, sites: IntArray) -> dict[str, AtSites]:
        run_id = self.facts["run_id"]
        return {peril: self.runs.peril(run_id, peril, sites) for peril in self.perils}


@dataclass(frozen=True)
class PortfolioExports:
    """Writes files of finished runs."""

    versions: PortfolioVersions
    runs: PortfolioRuns
    perils: Mapping[str, Peril]
    storm_losses: PortfolioStorms

    def finished(self, run_id: int) -> FinishedRun:
        """A run with its portfolio; raises NotStored where it has not finished."""
        facts = self.runs.run(run_id)
        if facts["finished_at"] is None:
            raise NotStored
        return FinishedRun(facts, self.versions.read(facts["version_id"]), self.runs, self.perils)

    @property
    def files(self) -> tuple[str, ...]:
        """The names of all files of a run."""
        return (*FILES, *map(RESULTS.format, self.perils))

    def write(self, run: FinishedRun, path: Path, scenario: str, horizon: str) -> None:
        """Write the file that *path* names; sites are those of the scenario and horizon."""
        match path.name:
            case "portfolio.csv":
                tables.write_csv(path, template.sites(run.portfolio))
            case "location.csv":
                tables.write_csv(path, oed.table(run.portfolio))
            case "sites.csv":
                tables.write_csv(path, run.site_rows(scenario, horizon))
            case "sites.parquet" | "sites.fgb" | "sites.gpkg":
                tables.write_features(path, run.site_rows(scenario, horizon))
            case "sums.csv":
                rows = [row for name in DIMENSIONS for row in run.sum_rows(name)]
                tables.write_csv(path, pd.DataFrame(rows, columns=list(site_table.SUM_COLUMNS)))
            case "storms.json":
                whole_file.write(path, _json(self.storms(run, scenario, horizon)))
            case "run.json":
                whole_file.write(path, _json(run.facts))
            case name if name in self.files:
                peril = name.removeprefix("results-").removesuffix(path.suffix)
                tables.write_parquet(path, run.result_rows(peril))
            case name:
                raise InvalidInput("not_one_of", field="file", value=name, known=self.files)

    def storms(self, run: FinishedRun, scenario: str, horizon: str) -> Row:
        """Which years of the storms' catalogue the wind losses come from, all sites together."""
        at = run.combinations.index((scenario, horizon))
        every = np.arange(len(run.portfolio))
        one = self.runs.peril(run.facts["run_id"], self.storm_losses.peril.key, every)
        grid_id, value = run.places["grid_id"], run.places["asset_value"]
        stored = one.expected_loss[at], one.base_aal[at]
        return self.storm_losses.of_sites(grid_id, *stored, value, (scenario, horizon))

    def write_all(self, run_id: int, folder: Path, scenario: str, horizon: str) -> list[Path]:
        """Write all files of a run into *folder*, loans and other blocks beside the sites."""
        run = self.finished(run_id)
        paths = [folder / name for name in self.files]
        for path in paths:
            self.write(run, path, scenario, horizon)
        for name, table in template.blocks(run.portfolio).items():
            if name != "sites":
                paths.append(folder / f"portfolio-{name}.csv")
                tables.write_csv(paths[-1], table)
        return paths


def _json(value: Row) -> bytes:
    return orjson.dumps(value, default=str, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY)
