"""
Times the loss integral over return periods for N sites × P perils.

Run `python scripts/bench/loss_kernel.py N P`.

Timed from ready u and V to the AAL of each site and peril, through ``stages.loss``.
"""

from __future__ import annotations

import argparse
import gc
import tracemalloc

import numpy as np
from measure import median, repeated, report

from modelops_core.stages.loss import DamageCurve, annual_loss

PERIODS = (2, 5, 10, 25, 50, 100, 250, 500, 1000)
CURVE = DamageCurve(
    (0, 0.5, 1, 1.5, 2, 3, 4, 5, 6), (0, 0.327, 0.494, 0.617, 0.721, 0.870, 0.931, 0.984, 1)
)
EXPECTED = {
    (1, 1): 137552.07805982698,
    (1, 9): 1286157.484647743,
    (1000, 1): 687445531.8741808,
    (1000, 9): 6183112889.39839,
    (100_000, 1): 68704510135.18019,
    (100_000, 9): 618323824998.918,
}
#: CLIMADA 6.1.0 and physrisk-lib 1.10.6 on 100,000 × 9, two cores, measured elsewhere [s]
CLIMADA, PHYSRISK, TARGET = 1.14, 49.6, 0.23
TOLERANCE = 1e-12


def inputs(sites: int, perils: int) -> tuple[np.ndarray, np.ndarray]:
    """u (site, peril) and V (site,) of the benchmark's definition."""
    i, h = np.arange(sites, dtype=np.int64)[:, None], np.arange(perils, dtype=np.int64)
    return ((i * 7919 + h * 104729 + 5003) % 10007) / 10007, 1e6 * (1 + np.arange(sites) % 10)


def aal(u: np.ndarray, value: np.ndarray) -> np.ndarray:
    """(site, peril) [KRW/year]; one peril at a time, as the product calculates."""
    growth = np.log(np.asarray(PERIODS) / 2)
    return np.stack(
        [annual_loss(column[:, None] * growth, PERIODS, CURVE, value) for column in u.T], axis=1
    )


def main() -> None:
    """Measure and print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sites", type=int)
    parser.add_argument("perils", type=int)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    u, value = inputs(options.sites, options.perils)
    total = float(aal(u, value).sum())  # also the warm start: compiled code comes from the cache
    seconds = median(repeated(lambda: aal(u, value), options.runs))
    gc.collect()
    tracemalloc.start()
    aal(u, value)
    peak = tracemalloc.get_traced_memory()[1] / 1024**2
    expected = EXPECTED.get((options.sites, options.perils))
    error = None if expected is None else abs(total / expected - 1)
    full = (options.sites, options.perils) == (100_000, 9)
    ratios = {
        "ratio_target": seconds / TARGET,
        "times_climada": CLIMADA / seconds,
        "times_physrisk": PHYSRISK / seconds,
    }
    report(
        "loss_kernel",
        sites=options.sites,
        perils=options.perils,
        runs=options.runs,
        seconds=seconds,
        peak_mb=peak,
        aal_sum=total,
        relative_error=error,
        equal=None if error is None else error <= TOLERANCE,
        **(ratios if full else {}),
    )


if __name__ == "__main__":
    main()
