"""This run against an earlier one: what changed, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from modelops_core.domain.horizons import SCENARIOS
from modelops_core.ports import Row
from modelops_core.services.report.portfolio import report, restated
from modelops_core.services.report.portfolio.content import Column, ReportTable, Value
from modelops_core.services.report.portfolio.material import Material
from modelops_core.services.report.portfolio.texts import Say
from modelops_core.ui.kit import choose, formats, notices, state
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
    st.subheader(t("portfolio.compared"))
    asked = state.current_param(UrlName.FORMER)
    if asked not in (None, NONE, *by_id):
        notices.absent(t("portfolio.run_number", run=asked))
    picked = choose.from_list(own, t("portfolio.former"), lambda key: _name(by_id.get(key)))
    if picked == NONE:
        return
    old = portfolio_cache.former(int(picked), chosen.scenario, chosen.horizon)
    say = Say(language())
    table = restated.changes(replace(material, former=old), say)
    scenario, horizon = SCENARIOS[chosen.scenario], formats.horizon(chosen.horizon, language())
    st.caption(t("portfolio.compared_of", scenario=scenario, horizon=horizon))
    shown = _rows(table, say, material)
    if len(shown):
        right = st.column_config.Column(alignment="right")
        money = [report.label(one, say, {}) for one in table.columns if one.kind == "money"]
        st.dataframe(shown, hide_index=True, column_config=dict.fromkeys(money, right))
    else:
        st.info(t("portfolio.no_change"), icon=":material/check:")
    for note in (*_left_out(table, say, material), *table.notes):
        st.caption(note)


def _rows(table: ReportTable, say: Say, material: Material) -> pd.DataFrame:
    """What has changed, as text; changes have a sign."""
    kept = [row for row in table.rows if row[table.position("change")]]
    rows = [
        [_shown(*cell, say, material) for cell in zip(row, table.columns, strict=True)]
        for row in kept
    ]
    heads = [report.label(column, say, material.perils) for column in table.columns]
    return pd.DataFrame(rows, columns=heads)


def _shown(value: Value, column: Column, say: Say, material: Material) -> str:
    if column.kind != "money":
        return str(report.shown(value, column, say, material.perils))
    amount = None if value is None else float(value)
    signed = column.code in ("difference", "change")
    return (formats.signed_won if signed else formats.won)(amount, language())


def _left_out(table: ReportTable, say: Say, material: Material) -> Iterator[str]:
    """The items without a line: those that are the same, and those without a number."""
    item = table.columns[table.position("item")]
    known = dict.fromkeys(table.values("item"))
    same = [one for one in known if set(table.values("difference", item=one)) == {0.0}]
    unknown = table.values("item", cause="not_assessed")
    for key, found in (("compared_same", same), ("compared_unknown", unknown)):
        if found:
            names = ", ".join(_shown(one, item, say, material) for one in found)
            yield t(f"portfolio.{key}", names=names)


def _name(run: Row | None) -> str:
    if run is None:
        return t("portfolio.former_none")
    return t("portfolio.former_name", name=run["name"], run=run["run_id"],
             sites=f"{run['sites']:,}", day=f"{run['finished_at']:%Y-%m-%d %H:%M}")  # fmt: skip
