"""Sums by region, use and industry; a row opens its sites."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from modelops_core.domain.climate import BoolArray
from modelops_core.services.report.portfolio import exposed, partial, regions
from modelops_core.services.report.portfolio.amounts import section
from modelops_core.services.report.portfolio.material import Material
from modelops_core.services.report.portfolio.texts import Say
from modelops_core.ui.kit import choose
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import WidgetKey
from modelops_core.ui.portfolio import choice
from modelops_core.ui.portfolio.choice import Chosen

HEIGHT = 430
MILLION = 1e6


def keys(material: Material, by: str) -> np.ndarray:
    """The key of each site in a dimension, '' where unknown."""
    if by == "use":
        return np.asarray(material.places["use_group"], dtype=str)
    if by == "industry":
        return np.array([section(str(code)) for code in material.portfolio.industry], dtype=str)
    codes = np.asarray(material.places["district_code"], dtype=str)
    return codes if by == "sigungu" else np.array([code[:2] for code in codes], dtype=str)


def name(material: Material, by: str, key: str) -> str:
    """What a key is called."""
    say = Say(language())
    if not key:
        return t("portfolio.unknown")
    if by in ("use", "industry"):
        return say.name("use" if by == "use" else "section", key)
    found = material.district(key)
    if found is None:
        return key
    return found.name_ko if language() == "ko" else found.name_en


def rows(material: Material, by: str) -> pd.DataFrame:
    """One row a key, the largest loss first; money in millions."""
    own, hits = keys(material, by), regions.focus_hits(material)
    found = []
    for key in sorted(set(own.tolist())):
        here = own == key
        found.append([key, name(material, by, key), *_numbers(material, here, hits)])
    columns = ["key", "name", "sites", "value", "vulnerable", "loss", "rate", "partly"]
    made = pd.DataFrame(found, columns=columns)
    return made.sort_values("loss", ascending=False, ignore_index=True)


def _numbers(material: Material, here: BoolArray, hits: BoolArray) -> Sequence[float]:
    """Sites, value, vulnerable value, loss, rate and the partly assessed share; NaN: unknown."""
    whole, bad = (float(np.nansum(material.value[where])) for where in (here, here & hits))
    own = partial.loss(material, here)
    known = (None if own is None else own / MILLION, exposed.percent(own, whole))
    lacking = [np.nan if one is None else one for one in (*known, partial.share(material, here))]
    return [int(here.sum()), whole / MILLION, bad / MILLION, *lacking]


def draw(material: Material, chosen: Chosen) -> None:
    """The table, whose chosen row is a sum that the list of sites shows."""
    choose.segments(choice.BY, t("portfolio.by"), lambda key: t(f"portfolio.by_{key}"))
    table = rows(material, chosen.by)
    widget = WidgetKey.PORTFOLIO_SUMS.of(f"{chosen.by}.{chosen.run['run_id']}")

    def opened() -> None:
        picked = st.session_state[widget]["selection"]["rows"]
        key = str(table["key"].iloc[picked[0]]) if picked else None
        choice.open_sum(chosen.by, key)

    st.dataframe(
        table,
        height=HEIGHT,
        hide_index=True,
        column_order=("name", "sites", "value", "vulnerable", "loss", "rate", "partly"),
        column_config=_columns(),
        on_select=opened,
        selection_mode="single-row",
        key=widget,
    )
    for note in partial.notes(material, Say(language())):
        st.caption(note)


def _columns() -> dict[str, Any]:
    money = {name: t(f"portfolio.column_{name}") for name in ("value", "vulnerable", "loss")}
    return {
        "name": st.column_config.TextColumn(t("portfolio.column_name")),
        "sites": st.column_config.NumberColumn(t("portfolio.column_sites"), format="localized"),
        **{
            name: st.column_config.NumberColumn(label, format="localized")
            for name, label in money.items()
        },
        "rate": st.column_config.NumberColumn(t("portfolio.column_rate"), format="%.4f"),
        "partly": st.column_config.NumberColumn(
            t("portfolio.column_partly"), help=t("portfolio.partly_help"), format="%.1f"
        ),
    }
