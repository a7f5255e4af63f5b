"""This run against an earlier one: what changed, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from modelops_core.ports import Row
from modelops_core.services.report.portfolio import report, restated
from modelops_core.services.report.portfolio.material import Material
from modelops_core.services.report.portfolio.texts import Say
from modelops_core.ui.kit import choose, formats
from modelops_core.ui.kit.choose import Field
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import UrlName
from modelops_core.ui.portfolio import portfolio_cache
from modelops_core.ui.portfolio.choice import Chosen

#: no run to compare with
NONE = "none"


def field(chosen: Chosen, runs: Sequence[Row]) -> Field[str]:
    """The runs that may be compared with the chosen one."""
    others = [str(run["run_id"]) for run in runs if run["run_id"] != chosen.run["run_id"]]
    return Field(UrlName.FORMER, (NONE, *others))


def draw(material: Material, chosen: Chosen, runs: Sequence[Row]) -> None:
    """The choice of a former run, and the causes of every difference."""
    by_id = {str(run["run_id"]): run for run in runs}
    own = field(chosen, runs)
    picked = choose.from_list(own, t("portfolio.former"), lambda key: _name(by_id.get(key)))
    if picked == NONE:
        return
    old = portfolio_cache.former(int(picked), chosen.scenario, chosen.horizon)
    say = Say(language())
    table = restated.changes(replace(material, former=old), say)
    rows = [
        [
            report.shown(value, column, say, material.perils)
            if isinstance(value, str)
            else formats.won(value, language())
            for value, column in zip(row, table.columns, strict=True)
        ]
        for row in table.rows
        if row[table.position("change")]
    ]
    heads = [report.label(column, say, material.perils) for column in table.columns]
    if rows:
        st.dataframe(pd.DataFrame(rows, columns=heads), hide_index=True)
    else:
        st.info(t("portfolio.no_change"), icon=":material/check:")
    for note in table.notes:
        st.caption(note)


def _name(run: Row | None) -> str:
    if run is None:
        return t("portfolio.former_none")
    return f"{formats.plain(run['name'])} · {run['run_id']} · {run['finished_at']:%Y-%m-%d}"
