"""The sites of a sum: coloured by the grade of their loss rate; one opens with its perils."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from modelops_core.domain.climate import IntArray
from modelops_core.domain.flags import FLAGS
from modelops_core.domain.result import Status
from modelops_core.services.report.portfolio import exposed, regions
from modelops_core.services.report.portfolio.figures import GRADE_COLOURS
from modelops_core.services.report.portfolio.material import Material
from modelops_core.ui.kit import cache, formats, navigation, notices, state
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import UrlName, WidgetKey
from modelops_core.ui.portfolio import choice, sums
from modelops_core.ui.portfolio.choice import Chosen

HEIGHT = 420
#: rows that a browser sorts at ease; the workbook has them all
MOST = 5000
#: grades on whose colour black is read better than white
DARK_TEXT = (2, 3)


def at_sum(material: Material, chosen: Chosen) -> IntArray:
    """Positions of the sites of the chosen sum, those with the largest loss first."""
    loss = np.nan_to_num(material.grand[material.at], nan=-1.0)
    order = np.argsort(-loss, kind="stable")
    if chosen.key is None:
        return order
    return np.asarray(order[sums.keys(material, chosen.by)[order] == chosen.key])


def rows(material: Material, at: IntArray) -> pd.DataFrame:
    """One row a site; money in millions, the grade 1 to 5 or nothing."""
    own, where = material.portfolio, material.places
    value, loss = material.value[at], material.grand[material.at][at]
    words = {key: t(f"portfolio.hit_{key}") for key in regions.VERDICTS}
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = 100 * loss / np.where(value > 0, value, np.nan)
    return pd.DataFrame(
        {
            "id": own.site_id[at],
            "name": own.site_name[at],
            "use": [sums.name(material, "use", str(key)) for key in where["use_group"][at]],
            "grade": [exposed.aal_grade(None if np.isnan(r) else float(r)) for r in rate],
            "rate": rate,
            "loss": loss / sums.MILLION,
            "value": value / sums.MILLION,
            "vulnerable": [words[one] for one in np.array(regions.focus_verdicts(material))[at]],
            "lacking": (material.status[:, material.at][:, at] == Status.not_assessed).sum(axis=0),
            "place": [t(f"portfolio.place_{'no' if p else 'yes'}") for p in where["problem"][at]],
        }
    )


def draw(material: Material, chosen: Chosen) -> None:
    """The list, and below it the chosen site."""
    at = at_sum(material, chosen)
    _head(material, chosen, at.size)
    table = rows(material, at[:MOST])
    widget = WidgetKey.PORTFOLIO_SITES.of(f"{chosen.run['run_id']}.{chosen.by}.{chosen.key}")

    def opened() -> None:
        picked = st.session_state[widget]["selection"]["rows"]
        choice.open_site(str(table["id"].iloc[picked[0]]) if picked else None)

    st.dataframe(
        _styled(table),
        height=HEIGHT,
        hide_index=True,
        column_config=_columns(),
        on_select=opened,
        selection_mode="single-row",
        key=widget,
    )
    one = choice.site_at(material.portfolio)
    if one is not None:
        with st.container(border=True):
            site(material, one)
    elif asked := state.param(UrlName.ID):
        notices.absent(t("portfolio.site_number", site=asked))


def _head(material: Material, chosen: Chosen, count: int) -> None:
    if chosen.key is None:
        st.subheader(t("portfolio.all_sites", count=f"{count:,}"))
        return
    name = sums.name(material, chosen.by, chosen.key)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(t("portfolio.sites_in", name=formats.plain(name), count=f"{count:,}"))
        st.button(
            t("portfolio.show_all"),
            on_click=choice.open_sum,
            args=(chosen.by, None),
            icon=":material/filter_alt_off:",
            key=WidgetKey.PORTFOLIO_ALL,
        )


def _styled(table: pd.DataFrame) -> Styler:
    """The grade's colour behind grade and rate."""

    def paint(row: pd.Series) -> list[str]:
        grade = row["grade"]
        if pd.isna(grade):
            return [""] * len(row)
        ink = "#16232b" if int(grade) in DARK_TEXT else "#ffffff"
        look = f"background-color: {GRADE_COLOURS[int(grade) - 1]}; color: {ink}"
        return [look if name == "grade" else "" for name in row.index]

    return table.style.apply(paint, axis=1)


def _columns() -> dict[str, Any]:
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    return {
        "id": text(t("portfolio.column_id")),
        "name": text(t("portfolio.column_site")),
        "use": text(t("portfolio.column_use")),
        "grade": number(t("portfolio.column_grade"), format="%d", help=t("portfolio.grade_help")),
        "rate": number(t("portfolio.column_rate"), format="%.4f"),
        "loss": number(t("portfolio.column_loss"), format="localized"),
        "value": number(t("portfolio.column_value"), format="localized"),
        "vulnerable": text(t("portfolio.column_hit"), help=t("portfolio.hit_help")),
        "lacking": number(t("portfolio.column_lacking"), format="%d"),
        "place": text(t("portfolio.column_place")),
    }


def site(material: Material, i: int) -> None:
    """One site: each peril's loss and status, and the way to why."""
    own = material.portfolio
    st.markdown(f"**{formats.plain(str(own.site_name[i] or own.site_id[i]))}**")
    lines = []
    for k, (key, peril) in enumerate(material.perils.items()):
        status = Status(int(material.status[k, material.at, i])).name
        loss = material.loss[k, material.at, i]
        flags = material.flags.get(key, ())
        lines.append(
            {
                t("portfolio.column_peril"): cache.peril_label(peril),
                t("portfolio.column_status"): formats.status(status, language()),
                t("portfolio.column_loss_won"): formats.won(float(loss), language()),
                t("portfolio.column_flags"): _said(flags[i]) if len(flags) else "",
            }
        )
    st.table(pd.DataFrame(lines).set_index(t("portfolio.column_peril")))
    latitude, longitude = (float(material.places[name][i]) for name in ("latitude", "longitude"))
    if not np.isnan(latitude):
        navigation.link("assess", t("portfolio.why"), state.place(latitude, longitude))


def _said(flags: Sequence[str]) -> str:
    """Flags in words; one of another version as its code."""
    known = [(code, FLAGS.get(code)) for code in flags]
    return " ".join(code if flag is None else getattr(flag, language()) for code, flag in known)
