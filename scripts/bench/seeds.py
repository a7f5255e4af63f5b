"""
What the method makes of the generator's chance: `python scripts/bench/seeds.py [--seeds 16]`.

For each seed the demonstration climate is drawn anew, the response to warming is found from
it as the nightly run finds it, and the stock's mean AAL (unweighted over the cells) of river,
urban flood and drought in each window is compared with that of the baseline distribution times
the generator's own factor. Also with no climate change at all, and how often a 90 % interval
holds the truth.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace

import numpy as np
from measure import report, tell

from modelops_core import data
from modelops_core.domain.climate import Climate
from modelops_core.domain.horizons import BASELINE, SCENARIOS
from modelops_core.domain.parameters import ParameterFile, Params
from modelops_core.domain.warming import SIGNAL_FLAGS, Signal, Warming
from modelops_core.domain.window_means import GridMeans, Places, WindowMeans
from modelops_core.perils import PERILS
from modelops_core.services.night import signals
from modelops_core.sources.demo.climate import climate as generator
from modelops_core.sources.demo.climate.rain_maxima import SCALING, cell_gev
from modelops_core.sources.demo.climate.scenarios import YEARS, warming, warming_pattern
from modelops_core.sources.demo.places import grid
from modelops_core.stages import evaluate

CODES = tuple(SCENARIOS)
FITTED = ("river_flood", "urban_flood")
FILE = ParameterFile.parse(data.parameters())


@dataclass
class Store:
    """A ports.SignalStore over arrays (scenario, cell, year[, month])."""

    cells: Places
    series: dict[str, np.ndarray]
    written: dict[str, object]

    def places(self) -> Places:
        return self.cells

    def first_year(self, variable: str) -> int:
        return int(YEARS[0])

    def grid_means(self, variable: str) -> GridMeans:
        return GridMeans(YEARS, self.series[variable].mean(axis=(1, 3)))

    def _yearly(self, variable: str) -> np.ndarray:
        values = self.series[variable]
        return values if values.ndim == 3 else np.nanmin(values, axis=3)

    def window_means(self, variable: str, windows: list, months: int = 0) -> WindowMeans:
        found = [
            self._yearly(variable)[:, :, (first <= YEARS) & (last >= YEARS)]
            for first, last in windows
        ]
        return WindowMeans(
            np.stack([np.nanmean(f, axis=2) for f in found]),
            np.stack([(~np.isnan(f)).sum(axis=2).astype(float) for f in found]),
        )

    def maxima(self, variable: str, span: tuple[int, int]) -> np.ndarray:
        first, last = span
        return self._yearly(variable)[0][:, (first <= YEARS) & (last >= YEARS)].T

    def members(self, variable: str) -> int:
        return 1

    def station_rain(self) -> None:
        raise NotImplementedError

    def write(self, warming: Warming, columns: dict, flags: dict, run_id: int) -> int:
        self.written.update(warming=warming, columns=columns)
        return 0


def signal(columns: dict) -> Signal:
    """One variable's columns as a tile reads them."""
    names = ("se", "intercept", "spread", "worth", "level", "years", "intercept_se", "covariance")
    none = np.zeros(columns["pooled"].shape, bool)
    return Signal(
        columns["pooled"],
        **{name: columns[name] for name in names},
        flags=dict.fromkeys(SIGNAL_FLAGS, none),
    )


def climate_of(series: dict[str, np.ndarray], store: Store) -> Climate:
    """The grid as one tile with what the nightly run found of it."""
    signals.prepare(store, FILE, [PERILS[k] for k in (*FITTED, "drought")], 0)
    values = {
        "rx1day": series["rx1day"].transpose(0, 2, 1),
        "spei12": series["spei12"].transpose(0, 2, 3, 1),
        "warming": store.written["warming"],
    }
    for name, columns in store.written["columns"].items():  # type: ignore[attr-defined]
        values[f"{name}_signal"] = signal(columns)
    return Climate(CODES, YEARS, store.cells.ids, values, shared_years=30)


def parts(climate: Climate, size: int = 160) -> list[Climate]:
    """The tile in pieces that memory holds."""
    return [_cut(climate, slice(i, i + size)) for i in range(0, climate.cells.size, size)]


def _cut(climate: Climate, at: slice) -> Climate:
    values = {}
    for name, value in climate.values.items():
        if isinstance(value, Signal):
            arrays = {f: getattr(value, f)[at] for f in value.__slots__ if f != "flags"}
            values[name] = Signal(**arrays, flags={k: v[at] for k, v in value.flags.items()})
        else:
            values[name] = value[..., at] if isinstance(value, np.ndarray) else value
    return replace(climate, cells=climate.cells[at], values=values)


def results(
    climate: Climate, key: str, p: Params | None = None
) -> dict[str, dict[str, np.ndarray]]:
    """Horizon → column → (scenario, cell) of AAL, its interval and details."""
    p = p or FILE.params(key)
    found: dict[str, list] = {}
    for part in parts(climate):
        for risk in evaluate.cell_risks(PERILS[key], part, p):
            e = risk.estimate
            rows = {"aal": e.aal, "low": e.aal_p05, "high": e.aal_p95}
            found.setdefault(risk.horizon, []).append(rows)
    return {
        h: {name: np.concatenate([r[name] for r in rows], axis=1) for name in rows[0]}
        for h, rows in found.items()
    }


def truth(cells: grid.Grid, key: str, means: dict[tuple[str, str], float]) -> dict[str, np.ndarray]:
    """AAL (scenario, cell) by horizon of the generator's own distribution and factor."""
    gev, p = cell_gev(cells.xy), FILE.params(key)
    local = warming_pattern(cells.latitude)
    drawn = {}
    peril = PERILS[key]
    for horizon in (BASELINE, *p["horizons"]):
        years = _years(p, horizon)
        base = warming()[0, (YEARS >= 1991) & (YEARS <= 2020)].mean()
        kelvin = warming()[:, years].mean(axis=1) - base
        factor = (1 + SCALING) ** (kelvin[:, None] * local)
        drawn[horizon] = _exact(peril, gev, factor, p, cells.cells.size)
    return drawn


def _years(p: Params, horizon: str) -> np.ndarray:
    first, last = p["baseline"] if horizon == BASELINE else p["horizons"][horizon]
    return (first <= YEARS) & (last >= YEARS)


def _exact(peril, gev, factor, p, cells):
    from modelops_core.indicators.gev import Gev
    from modelops_core.stages.inundation import Water, inundated

    base = Gev(gev.mu[None], gev.alpha[None], gev.kappa[None])
    inundation = peril.frequency.inundation
    place = inundation.cell_place(Climate(CODES, YEARS, np.arange(cells)), p)
    moved = Gev(base.mu * factor, base.alpha * factor, base.kappa + 0 * factor)
    terms = inundation.terms(base.level, place, p)
    n = np.full(factor.shape, 30.0)
    return inundated(
        Water(peril, inundation, p), moved, n, terms, estimator="exact", details={}
    ).aal


def one(cells: grid.Grid, seed: int) -> dict[str, dict[str, np.ndarray]]:
    """Mean AAL of the grid by peril and horizon, estimated and true, and the coverage."""
    made = generator.series(cells, seed)
    series = {name: made.yearly(name) for name in ("rx1day",)}
    series |= {name: made.monthly(name) for name in ("ta", "spei12")}
    store = Store(Places(cells.cells, cells.latitude, cells.longitude), series, {})
    climate = climate_of(series, store)
    out: dict[str, dict[str, np.ndarray]] = {}
    for key in (*FITTED, "drought"):
        found = results(climate, key)
        exact = truth(cells, key, {}) if key in FITTED else {}
        out[key] = {
            h: {
                "aal": f["aal"].mean(axis=1),
                "true": exact[h].mean(axis=1) if h in exact else np.array([np.nan]),
                "covered": ((f["low"] <= exact[h]) & (exact[h] <= f["high"])).mean()
                if h in exact
                else np.nan,
                "cells": f["aal"],
            }
            for h, f in found.items()
        }
    out["kelvin"] = store.written["warming"].kelvin  # type: ignore[attr-defined]
    out["beta"] = store.written["columns"]["rx1day"]["pooled"]  # type: ignore[index]
    out["gamma"] = store.written["columns"]["spei12"]["pooled"]  # type: ignore[index]
    return out


def monotone(found: dict[str, dict[str, np.ndarray]], key: str) -> bool:
    """Whether the grid's mean AAL never falls as the warming rises."""
    points = sorted(
        (found["kelvin"][s, h], found[key][h]["aal"][i])
        for h in found[key]
        if h != BASELINE
        for i, s in enumerate(CODES)
    )
    return bool((np.diff([v for _, v in points]) >= 0).all())


def main() -> None:
    """Measure and print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=16)
    parser.add_argument("--first", type=int, default=1)
    options = parser.parse_args()
    cells = grid.grid()
    runs = []
    for seed in range(options.first, options.first + options.seeds):
        runs.append(one(cells, seed))
        tell(_told(seed, runs[-1]))
    figures: dict[str, object] = {}
    for key in FITTED:
        for h in runs[0][key]:
            ratio = np.array([r[key][h]["aal"] / r[key][h]["true"] for r in runs])
            figures[f"{key} {h}"] = {
                "mean": round(float(ratio.mean()), 3),
                "sd": round(float(ratio.std(axis=0, ddof=1).max()), 3) if len(runs) > 1 else None,
                "covered": round(float(np.mean([r[key][h]["covered"] for r in runs])), 3),
            }
        figures[f"{key} monotone"] = sum(monotone(r, key) for r in runs)
    figures["drought"] = {
        h: [round(float(np.mean([r["drought"][h]["aal"].mean() for r in runs])), 5)]
        for h in runs[0]["drought"]
    }
    report("seeds", seeds=len(runs), **figures)


def _told(seed: int, found: dict) -> str:
    ratios = {
        key: [round(float((f["aal"] / f["true"]).mean()), 3) for f in found[key].values()]
        for key in FITTED
    }
    dry = [round(float(f["aal"].mean()), 5) for f in found["drought"].values()]
    beta, gamma = float(np.mean(found["beta"])), float(np.mean(found["gamma"]))
    return f"seed {seed}: {ratios} drought {dry} beta {beta:.4f} gamma {gamma:.3f}"


if __name__ == "__main__":
    main()
