"""Calculates the numbers of one variable at one place, once for all parts of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from modelops_core.domain.climate import Array
from modelops_core.domain.horizons import BASELINE, HORIZONS
from modelops_core.domain.variables import MONTHLY, VARIABLES, YEARLY
from modelops_core.ports import Row
from modelops_core.services.series import projections
from modelops_core.services.series.projections import Series, Summary
from modelops_core.stages.windows import Window
from modelops_core.ui.kit import choose, filters
from modelops_core.ui.kit.choose import Field
from modelops_core.ui.kit.i18n import catalogue, language, t
from modelops_core.ui.kit.keys import UrlName
from modelops_core.ui.projections import projections_cache as reads
from modelops_core.ui.projections.figures import Axis
from modelops_core.ui.projections.place import Area

CHOICES = (*MONTHLY, *YEARLY, "sea_level")


@dataclass(frozen=True, slots=True)
class View:
    """One variable at one place, all scenarios and windows."""

    area: Area
    series: Series
    #: (scenario, year)
    yearly: Array
    running: Array
    windows: Sequence[Window]
    summaries: Sequence[Summary]
    horizon: str
    node: Row | None
    axis: Axis

    @property
    def variable(self) -> str:
        """The name in the reader's language."""
        return variable_name(self.series.variable)

    @property
    def reference(self) -> Window:
        """The baseline."""
        return self.windows[0]

    def window(self, key: str) -> Window:
        """The window named *key*."""
        return next(w for w in self.windows if w.key == key)

    def of(self, horizon: str) -> list[Summary]:
        """The summaries of one window, a scenario each."""
        return [s for s in self.summaries if s.horizon == horizon]


def variable_name(key: str) -> str:
    """A variable in the reader's language."""
    if f"projections.name_{key}" in catalogue():  # a year's value is no monthly mean
        return t(f"projections.name_{key}")
    found = VARIABLES[key]
    return found.label_ko if language() == "ko" else found.label[:1].upper() + found.label[1:]


def unit(key: str) -> str:
    """The unit of a variable as shown: nothing for an index."""
    return "" if VARIABLES[key].unit == "1" else VARIABLES[key].unit


def yearly_unit(key: str) -> str:
    """The unit of its yearly value."""
    return (
        t("projections.per_year", unit=unit(key))
        if projections.STATISTIC.get(key) == "sum"
        else unit(key)
    )


def choose_variable() -> str:
    """Which of the 14 variables."""
    return choose.from_list(
        Field(UrlName.VARIABLE, CHOICES, "ta"),
        t("projections.variable"),
        lambda key: f"{variable_name(key)} [{unit(key)}]" if unit(key) else variable_name(key),
    )


def statistic(key: str) -> str:
    """How a year's value is made, in words."""
    return t(f"projections.statistic_{projections.STATISTIC.get(key, 'value')}")


def view(loaded: str, variable: str, area: Area, horizon: str) -> View | None:
    """Everything that the page shows; None where no row exists."""
    cells, node = area.cells, None
    if reads.is_sea_level(variable):
        node = reads.node(loaded, area.latitude, area.longitude)
        cells = () if node is None else (node["grid_id"],)
    if node is None and area.unit != "cell":
        series = reads.of_districts(loaded, variable, area.districts, cells)
    else:
        series = reads.series(loaded, variable, cells)
    if series.cells == 0:
        return None
    rules = reads.rules()
    yearly = projections.yearly(series, rules)
    windows = projections.periods(series.years, yearly, rules, variable)
    title = (
        f"{statistic(variable)} [{yearly_unit(variable)}]"
        if unit(variable)
        else statistic(variable)
    )
    return View(
        area,
        series,
        yearly,
        projections.running(yearly, rules),
        windows,
        projections.summaries(yearly, windows, rules, variable),
        horizon,
        node,
        Axis(title, yearly_unit(variable)),
    )


def window_name(window: Window) -> str:
    """A window with its years: the baseline's own, where it is not the normal period."""
    if window.key == BASELINE:
        return t("projections.baseline", first=window.first, last=window.last)
    return f"{filters.horizon_name(window.key)} {HORIZONS[window.key]}"
