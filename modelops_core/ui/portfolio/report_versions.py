"""Versions of the report of a run: keep one, fetch its files, sign somebody else's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from modelops_core.domain.access import UseCase
from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.stamp import KOREA
from modelops_core.errors import ModelOpsError
from modelops_core.services.report.portfolio.gather import Choice
from modelops_core.services.report.portfolio.versions import NOTE_LIMIT, ReportVersion
from modelops_core.ui.kit import access, cache, formats, messages, notices
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import WidgetKey
from modelops_core.ui.portfolio.choice import Chosen

#: letters of a hash that tell versions apart
SHORT = 12


def draw(
    chosen: Chosen, choice: Choice, former: int | None, kinds: dict[str, tuple[str, str]]
) -> None:
    """The versions of the run; *choice* and *former* are of the one that could be kept now."""
    run_id = int(chosen.run["run_id"])
    st.subheader(t("report_versions.title"))
    st.caption(t("report_versions.note"))
    if access.may(UseCase.assess):
        _keep(run_id, choice, former)
    found = cache.app().report_versions.all(run_id, access.caller())
    if not found:
        st.caption(t("report_versions.none"))
        return
    st.dataframe(_table(found), hide_index=True)
    numbers = {one.number: one for one in found}
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    key = WidgetKey.PORTFOLIO_VERSION.of(run_id)
    number = left.selectbox(t("report_versions.version"), list(numbers), key=key)
    with right.container(horizontal=True):
        _files(numbers[number], kinds)
        _signature(numbers[number])


def _table(versions: Sequence[ReportVersion]) -> pd.DataFrame:
    rows = [
        {
            t("report_versions.number"): one.number,
            t("report_versions.made"): _who(one.made_by, one.made_at),
            t("report_versions.signed"): _who(one.signed_by, one.signed_at),
            t("report_versions.of"): _of(one),
            t("report_versions.comments"): " / ".join(filter(None, (one.note, one.signed_note))),
            t("report_versions.hash"): one.content_hash[:SHORT],
        }
        for one in versions
    ]
    return pd.DataFrame(rows)


def _who(name: str | None, at: Any) -> str:
    if name is None:
        return t("report_versions.unsigned")
    return f"{name} · {at.astimezone(KOREA):%Y-%m-%d %H:%M}"


def _of(version: ReportVersion) -> str:
    """Lens and threshold, scenario, horizon, reporting date and the former run."""
    own = version.settings
    lens = t(f"portfolio.lens_{own.lens}")
    shown = f"{SCENARIOS[own.scenario]} {formats.horizon(own.horizon, language())}"
    former = version.former_run_id
    against = "" if former is None else f" · {t('report_versions.against', run=former)}"
    return f"{lens} {own.threshold:g} · {shown} · {own.reporting_date}{against}"


def _keep(run_id: int, choice: Choice, former: int | None) -> None:
    with st.popover(t("report_versions.keep"), icon=":material/bookmark_add:"):
        st.markdown(t("report_versions.keep_note"))
        key = WidgetKey.PORTFOLIO_KEEP_NOTE.of(run_id)
        note = st.text_input(t("report_versions.comment"), max_chars=NOTE_LIMIT, key=key)
        make = cache.app().report_versions.make
        _act(
            t("report_versions.keep_go"),
            WidgetKey.PORTFOLIO_KEEP.of(run_id),
            lambda: make(run_id, choice, access.caller(), former, note),
        )


def _files(version: ReportVersion, kinds: dict[str, tuple[str, str]]) -> None:
    for kind, (media, icon) in kinds.items():
        st.download_button(
            kind.upper(),
            _maker(version, kind),
            f"portfolio-{version.run_id}-report-{version.number}.{kind}",
            media,
            on_click="ignore",
            icon=icon,
            key=WidgetKey.PORTFOLIO_VERSION_FILE.of(kind),
        )


def _maker(version: ReportVersion, kind: str) -> Callable[[], bytes]:
    """What makes a file: asked for while no page says who reads."""
    reports, caller = cache.app().report_versions, access.caller()
    return lambda: reports.file(version.run_id, version.number, kind, caller)[0]


def _signature(version: ReportVersion) -> None:
    """The signature, or why the reader cannot give it."""
    if not access.may(UseCase.sign_report):
        return
    if (reason := version.unsignable(access.caller())) is not None:
        if version.signed_at is None:
            st.caption(messages.message(reason))
        return
    with st.popover(t("report_versions.sign"), icon=":material/draw:"):
        st.markdown(t("report_versions.sign_note", number=version.number))
        at = f"{version.run_id}.{version.number}"
        key = WidgetKey.PORTFOLIO_SIGN_NOTE.of(at)
        note = st.text_input(t("report_versions.comment"), max_chars=NOTE_LIMIT, key=key)
        sign = cache.app().report_versions.sign
        _act(
            t("report_versions.sign_go"),
            WidgetKey.PORTFOLIO_SIGN.of(at),
            lambda: sign(version.run_id, version.number, access.caller(), note),
        )


def _act(label: str, key: str, act: Callable[[], object]) -> None:
    """A button that does something and draws the page anew, or says why it could not."""
    if not st.button(label, type="primary", key=key):
        return
    try:
        act()
    except ModelOpsError as error:
        notices.failed(error)
    else:
        st.rerun()
