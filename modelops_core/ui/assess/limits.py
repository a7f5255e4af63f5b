"""Draws what was assumed, what is not modelled and where the data come from (METHOD §13)."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import streamlit as st

from modelops_core.domain.answer import Answer, PerilResult
from modelops_core.domain.flags import FLAGS
from modelops_core.ui.kit import cache, datasets, filters, formats
from modelops_core.ui.kit.filters import Choice
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import WidgetKey

POINTS = ("adaptation", "premium", "kinds", "overlap", "grid", "register")


def draw(answer: Answer, choice: Choice) -> None:
    """Assumptions of this answer, then what holds for every answer."""
    results = answer.at(choice.scenario, choice.horizon).values()
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(f"**{t('assess.assumed')}**")
        for code, perils in _raised(results).items():
            text = (
                (FLAGS[code].ko if language() == "ko" else FLAGS[code].en)
                if code in FLAGS
                else code
            )
            st.markdown(f"- {text}  \n  :gray[{', '.join(perils)}]")
    with right:
        st.markdown(f"**{t('assess.always')}**")
        for point in POINTS:
            st.markdown(f"- {t(f'limits.{point}')}")
        st.markdown(f"**{t('assess.not_modelled')}**")
        st.markdown(t("limits.not_modelled"))
    st.markdown(f"**{t('assess.sources')}**")
    with st.container(key=WidgetKey.WRAPPED.of("sources")):  # complete on paper and phone
        st.table(_sources(), hide_index=True, alt=t("assess.sources"))
    st.caption(
        t(
            "assess.versions",
            method=answer.method_version,
            name=formats.parameter_set(answer.parameter_set, language()),
            digest=answer.parameter_hash,
            job=answer.batch_id,
        )
    )


def _raised(results: Iterable[PerilResult]) -> dict[str, list[str]]:
    """Flag → perils that carry it."""
    perils: dict[str, list[str]] = {}
    for result in results:
        for code in result.flags:
            perils.setdefault(code, []).append(filters.peril_name(result.risk_type))
    return perils


def _sources() -> pd.DataFrame:
    rows = [datasets.translated(s) for s in cache.app().sources.all()]
    return pd.DataFrame(
        {
            t("columns.table_name"): [s.table_name for s in rows],
            t("columns.name"): [s.name for s in rows],
            t("columns.kind"): [t(f"assess.kind_word_{s.kind}") for s in rows],
            t("columns.provider"): [s.provider for s in rows],
            t("columns.period"): [formats.whole_days(s.period or formats.DASH) for s in rows],
        }
    )
