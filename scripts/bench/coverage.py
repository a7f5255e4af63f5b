"""
How often a 90 % interval holds the truth: `python scripts/bench/coverage.py [--regions 60]`.

With `--still` nothing but the temperature changes, and SPEI is normalised inside its own thirty
years as indices are: how far each window's mean AAL then lies from that of the baseline.

Each region is a square of cells whose yearly rain maxima and yearly least SPEI-12 are drawn from
one known distribution, moved by a known response to warming and correlated in space as at
stations. The signals are found as the nightly run finds them, each cell is assessed, and the
true AAL of a window is compared with the interval. All scenarios share their weather, as those
of one climate model do.
"""

from __future__ import annotations

import argparse

import numpy as np
from measure import report, tell
from scipy.special import ndtr, ndtri
from seeds import CODES, FILE, FITTED, Store, climate_of, results

from modelops_core.domain.climate import Climate
from modelops_core.domain.horizons import BASELINE
from modelops_core.domain.window_means import Places
from modelops_core.indicators.gev import Gev, unit_l1, unit_l2
from modelops_core.perils import PERILS
from modelops_core.sources.demo.climate.scenarios import YEARS, warming
from modelops_core.stages import damage
from modelops_core.stages.inundation import Water, inundated

#: mean [mm], L-CV and shape of the true yearly maxima, and their response [1/K]
MEAN, LCV, KAPPA, BETA = 135.0, 0.2, -0.114, 0.065
#: mean, standard deviation and response [1/K] of the true yearly least SPEI-12
DRY, DRY_SPREAD, GAMMA = -1.1, 0.75, -0.12
#: of the scores' variance, and length [km]: what a region shares, what neighbours share
COMMON, WIDE, LOCAL = 0.4, 150.0, 25.0
KM = 111.2


def places(side: int, step: float) -> Places:
    """A square of *side* × *side* cells, *step* degrees apart."""
    at = np.arange(side) * step
    latitude, longitude = (a.ravel() for a in np.meshgrid(36.0 + at, 127.0 + at, indexing="ij"))
    return Places(np.arange(latitude.size), latitude, longitude)


def scores(cells: Places, random: np.random.Generator) -> np.ndarray:
    """Standard normal scores (cell, year)."""
    scale = np.array([KM, KM * np.cos(np.radians(36.0))])
    xy = np.column_stack([cells.latitude, cells.longitude]) * scale
    apart = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    covariance = COMMON * np.exp(-apart / WIDE) + (1 - COMMON) * np.exp(-apart / LOCAL)
    return np.linalg.cholesky(covariance) @ random.standard_normal((xy.shape[0], YEARS.size))


def within(first: int, last: int) -> np.ndarray:
    """Which years lie in a window, (year,)."""
    return (first <= YEARS) & (last >= YEARS)


def kelvin() -> dict[str, np.ndarray]:
    """True warming (scenario,) of the baseline and each horizon."""
    frame = FILE.params("river_flood")
    spans = {BASELINE: frame["baseline"], **frame["horizons"]}
    means = {h: warming()[:, within(*span)].mean(axis=1) for h, span in spans.items()}
    return {h: mean - means[BASELINE] for h, mean in means.items()}


def by_year() -> np.ndarray:
    """Warming (scenario, year) of the window that a year lies in: a window has one climate."""
    frame = FILE.params("river_flood")
    found = np.zeros((len(CODES), YEARS.size))
    for horizon, (first, last) in frame["horizons"].items():
        found[:, within(first, last)] = kelvin()[horizon][:, None]
    return found


def true_gev() -> Gev:
    """The distribution of the baseline, one column."""
    alpha = MEAN * LCV / unit_l2(np.asarray(KAPPA))
    mu = MEAN - alpha * unit_l1(np.asarray(KAPPA))
    return Gev(*(np.array([[float(v)]]) for v in (mu, alpha, KAPPA)))


def normalised(dry: np.ndarray) -> np.ndarray:
    """Scores (cell, year) with mean 0 and spread 1 over the baseline's own years."""
    past = dry[:, within(*FILE.params("drought")["baseline"])]
    return (dry - past.mean(axis=1, keepdims=True)) / past.std(axis=1, ddof=1, keepdims=True)


def series(cells: Places, random: np.random.Generator, still: bool) -> dict[str, np.ndarray]:
    """What the generator of the demonstration makes, of a known truth."""
    wet, dry = scores(cells, random), scores(cells, random)
    g, w = true_gev(), by_year()[:, None, :]
    beta, gamma = (0.0, 0.0) if still else (BETA, GAMMA)
    rain = g.quantile(ndtr(wet)) * np.exp(beta * w)
    least = DRY + gamma * w + DRY_SPREAD * (normalised(dry) if still else dry)
    months = np.repeat(least[..., None], 12, axis=3)
    ta = np.broadcast_to(w[..., None], months.shape).astype(float)
    return {"rx1day": rain, "spei12": np.clip(months, -5, 5), "ta": ta}


def true_rain(key: str, horizon: str) -> np.ndarray:
    """AAL [%] of each scenario under the true distribution, (scenario,)."""
    peril, p = PERILS[key], FILE.params(key)
    g, f = true_gev(), np.exp(BETA * kelvin()[horizon])[:, None]
    inundation = peril.frequency.inundation
    place = inundation.cell_place(Climate(CODES, YEARS, np.arange(1)), p)
    moved = Gev(g.mu * f, g.alpha * f, g.kappa + 0 * f)
    terms = inundation.terms(g.level, place, p)
    water = Water(peril, inundation, p)
    return inundated(water, moved, 30 + 0 * f, terms, estimator="true", details={}).aal[:, 0]


def true_drought(horizon: str) -> np.ndarray:
    """AAL [%] of each scenario, the index capped as the method caps it, (scenario,)."""
    peril, p = PERILS["drought"], FILE.params("drought")
    line = peril.frequency.line
    z = ndtri((np.arange(20_000) + 0.5) / 20_000)
    x = line.sign * (DRY + GAMMA * kelvin()[horizon][:, None] + DRY_SPREAD * z)
    return 100 * damage.ratio(peril, np.minimum(x, float(p[line.cap])), p).mean(axis=1)


def unchanged(cells: Places, random: np.random.Generator) -> dict[str, dict[str, float]]:
    """Peril → horizon → mean AAL [%] over cells and scenarios where nothing but the ta changes."""
    drawn = series(cells, random, still=True)
    climate = climate_of(drawn, Store(cells, drawn, {}))
    keys = (*FITTED, "drought")
    return {k: {h: float(f["aal"].mean()) for h, f in results(climate, k).items()} for k in keys}


def covered(cells: Places, random: np.random.Generator) -> dict[str, dict[str, np.ndarray]]:
    """Peril → horizon → (share of cells inside, below, above; AAL ÷ truth), mean over scenarios."""
    drawn = series(cells, random, still=False)
    climate = climate_of(drawn, Store(cells, drawn, {}))
    found: dict[str, dict[str, np.ndarray]] = {}
    for key in (*FITTED, "drought"):
        found[key] = {}
        for horizon, f in results(climate, key).items():
            truth = true_rain(key, horizon) if key in FITTED else true_drought(horizon)
            truth = truth[: len(f["aal"]), None]
            below, above = truth < f["low"], truth > f["high"]
            shares = (1.0 - (below | above).mean(), below.mean(), above.mean())
            found[key][horizon] = np.array([*shares, (f["aal"] / truth).mean()])
    return found


def _over_baseline(runs: list[dict[str, dict[str, float]]]) -> dict[str, dict[str, float]]:
    """Mean AAL of all regions in each window, over that of the baseline."""
    found = {}
    for key, horizons in runs[0].items():
        mean = {h: float(np.mean([r[key][h] for r in runs])) for h in horizons}
        found[key] = {h: value / mean[BASELINE] for h, value in mean.items()}
    return found


def main() -> None:
    """Measure and print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--regions", type=int, default=60)
    parser.add_argument("--side", type=int, default=5, help="cells a side of a region")
    parser.add_argument("--still", action="store_true", help="no climate change but the warming")
    parser.add_argument("--step", type=float, default=0.3, help="degrees between cells")
    options = parser.parse_args()
    cells = places(options.side, options.step)
    runs = []
    for region in range(options.regions):
        random = np.random.default_rng([2026, region])
        runs.append((unchanged if options.still else covered)(cells, random))
        tell(f"region {region + 1} of {options.regions}")
    if options.still:
        report("unchanged", cells=options.regions * cells.ids.size, **_over_baseline(runs))
        return
    names = ("covered", "truth_below", "truth_above", "ratio")
    figures = {
        key: {
            h: dict(zip(names, np.mean([r[key][h] for r in runs], axis=0).tolist(), strict=True))
            for h in runs[0][key]
        }
        for key in runs[0]
    }
    simulated = options.regions * cells.ids.size
    report("coverage", cells=simulated, step_degrees=options.step, **figures)


if __name__ == "__main__":
    main()
