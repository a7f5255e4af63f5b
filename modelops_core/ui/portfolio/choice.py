"""What of a portfolio is shown: run, lens, threshold, scenario, horizon, a sum and a site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from modelops_core.domain.portfolio import Portfolio
from modelops_core.ports import Row
from modelops_core.services.report.portfolio.lenses import LENSES, Lens, shipped
from modelops_core.ui.kit import choose, filters, notices, state
from modelops_core.ui.kit.choose import Field
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import UrlName, WidgetKey

#: steps of the slider between the ends of a lens
STEPS = 40
DIMENSIONS = ("sido", "sigungu", "use", "industry")
LENS = Field(UrlName.LENS, LENSES, shipped().default)
BY = Field(UrlName.BY, DIMENSIONS)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The view: a run, how it is looked at, and the sum whose sites are listed ('' for all)."""

    run: Row
    lens: str
    threshold: float
    scenario: str
    horizon: str
    by: str
    key: str | None


def thresholds(lens: Lens) -> tuple[str, ...]:
    """The steps of a lens' slider, the set's own threshold among them."""
    steps = np.linspace(lens.low, lens.high, STEPS + 1).round(6).tolist()
    return tuple(f"{value:g}" for value in sorted({*steps, lens.threshold}))


def bar(runs: Sequence[Row]) -> Chosen:
    """Draw the choices and return what is chosen."""
    by_id = {str(run["run_id"]): run for run in runs}
    run_box, scenario_box, horizon_box = st.columns([1.7, 2.1, 1.3])
    with run_box:
        run = choose.from_list(
            Field(UrlName.RUN, tuple(by_id)), t("portfolio.run"), lambda key: _name(by_id[key])
        )
    with scenario_box:
        scenario = filters.scenario()
    with horizon_box:
        horizon = filters.horizon()
    lens_box, slider_box = st.columns([1, 1.4])
    with lens_box:
        lens = choose.segments(LENS, t("portfolio.lens"), lambda key: t(f"portfolio.lens_{key}"))
    with slider_box:
        threshold = _threshold(lens)
    return Chosen(
        by_id[run], lens, threshold, scenario, horizon, BY.bind(), state.param(UrlName.KEY)
    )


def refused_run(runs: Sequence[Row]) -> bool:
    """Whether the address names a run that the reader has not; says so and offers the latest."""
    asked = state.param(UrlName.RUN)
    if asked is None or asked in {str(run["run_id"]) for run in runs}:
        return False
    notices.absent(t("portfolio.run_number", run=asked))
    if runs:
        st.button(
            t("portfolio.open_latest"),
            on_click=open_run,
            args=(runs[0]["run_id"],),
            icon=":material/history:",
            key=WidgetKey.PORTFOLIO_LATEST,
        )
    return True


def _threshold(lens: str) -> float:
    lenses = shipped().lenses
    own = lenses[lens]
    others = [value for key in LENSES if key != lens for value in thresholds(lenses[key])]
    field = Field(UrlName.THRESHOLD, thresholds(own), f"{own.threshold:g}", elsewhere=others)
    return float(
        choose.slider(
            field, t(f"portfolio.threshold_{lens}"), str, help=t("portfolio.threshold_help")
        )
    )


def _name(run: Row) -> str:
    """A run as the list names it."""
    return t(
        "portfolio.run_name",
        name=run["name"],
        run=run["run_id"],
        sites=f"{run['sites']:,}",
        day=f"{run['finished_at']:%Y-%m-%d %H:%M}",
    )


def open_sum(by: str, key: str | None) -> None:
    """Show the sites of one sum, or of all."""
    state.set_params({UrlName.BY: by, UrlName.KEY: key, UrlName.ID: None})


def open_site(site_id: str | None) -> None:
    """Show one site."""
    state.set_param(UrlName.ID, site_id)


def open_run(run_id: int) -> None:
    """Show a run that has just finished."""
    nothing: Mapping[UrlName, str | None] = {UrlName.KEY: None, UrlName.ID: None}
    st.session_state[UrlName.RUN] = str(run_id)
    state.set_params({UrlName.RUN: str(run_id), **nothing})


def site_at(portfolio: Portfolio) -> int | None:
    """The position of the chosen site; None where none is chosen or the run has no such site."""
    asked = state.param(UrlName.ID)
    found = np.flatnonzero(portfolio.site_id == asked) if asked else np.array([])
    return int(found[0]) if found.size else None
