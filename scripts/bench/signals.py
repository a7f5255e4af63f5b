"""
Times how the response to warming is found over a grid of CELLS cells, without a database.

Run `python scripts/bench/signals.py CELLS`. The window means and yearly maxima are made up and
lie in memory; what is timed is the first step of a nightly run after its queries.
"""

from __future__ import annotations

import argparse
import math

import numpy as np
from measure import median, repeated, report

from modelops_core.bootstrap import App
from modelops_core.domain.window_means import GridMeans, Places, Span, WindowMeans
from modelops_core.services.night import signals
from modelops_core.settings import Settings

SOUTH, WEST, HEIGHT, WIDTH = 33.0, 124.6, 5.6, 7.4
SCENARIOS = 4
SEED = 11


class Memory:
    """A ports.SignalStore over made-up data: a warming of 1 to 4 K and noise."""

    def __init__(self, cells: int) -> None:
        rng = np.random.default_rng(SEED)
        rows = max(1, round(math.sqrt(cells * HEIGHT / WIDTH)))
        index = np.arange(cells)
        columns = math.ceil(cells / rows)
        self.grid = Places(
            index + 1,
            SOUTH + HEIGHT * (index // columns) / rows,
            WEST + WIDTH * (index % columns) / columns,
        )
        self.windows = 1 + rng.normal(0, 0.1, (5, SCENARIOS, cells))
        self.rain = 100 + 30 * rng.gumbel(size=(30, cells))

    def places(self) -> Places:
        return self.grid

    def grid_means(self, _variable: str) -> GridMeans:
        years = np.arange(1991, 2101)
        rise = np.linspace(1, 4, SCENARIOS)[:, None] * (years - 1991) / 110
        return GridMeans(years, 12 + rise)

    def window_means(self, variable: str, _windows: list[Span], _months: int = 0) -> WindowMeans:
        level = 100.0 if variable == signals.RAIN else -1.0
        return WindowMeans(level * self.windows, np.full(self.windows.shape, 20.0))

    def maxima(self, _variable: str, _span: Span) -> np.ndarray:
        return self.rain

    def members(self, _variable: str) -> int:
        return 1


def main() -> None:
    """Measure and print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cells", type=int, help="number of cells, at least 1")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    app = App(Settings())
    store = Memory(options.cells)
    work = lambda: signals.find(store, app.parameters, app.perils.values())  # noqa: E731
    found = work()
    seconds = repeated(work, options.runs)
    report(
        "signals",
        cells=options.cells,
        runs=options.runs,
        seconds=median(seconds),
        seconds_all=seconds,
        known=int(np.isfinite(found.columns["rx1day"].columns["pooled"]).sum()),
    )


if __name__ == "__main__":
    main()
