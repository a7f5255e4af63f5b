"""The button that saves an answer as a report of one page."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from modelops_core.domain import stamp
from modelops_core.domain.access import Caller
from modelops_core.domain.answer import Answer
from modelops_core.ui.kit import access, cache, filters, state
from modelops_core.ui.kit.answers import saved_sites
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import UrlName, WidgetKey


def button(answer: Answer) -> None:
    """Save the chosen scenario and horizon as PDF; it is made when it is asked for."""
    scenario, horizon = filters.SCENARIO.bind(), filters.HORIZON.bind()
    choice = {
        "language": language(),
        "scenario": scenario,
        "horizon": horizon,
        "link": _link(answer, scenario, horizon),
    }
    caller = access.caller()
    name = stamp.of(answer, (), scenario, horizon)
    st.download_button(
        t("return_periods.report"),
        lambda: cache.app().site_report(
            answer.batch_id, caller, name=_name(answer, caller), **choice
        ),
        f"{name.file_name('modelops', saved_sites.district(answer))}.pdf",
        "application/pdf",
        on_click="ignore",
        icon=":material/picture_as_pdf:",
        key=WidgetKey.REPORT,
    )


def _name(answer: Answer, caller: Caller) -> str:
    """Of a saved site its name; asked for while the file is made, where no page says who reads."""
    return saved_sites.name_at(answer.latitude, answer.longitude, caller) or ""


def _link(answer: Answer, scenario: str, horizon: str) -> str:
    """Where the answer is seen: this page's address with the place, the job and the choices."""
    here = (st.context.url or "").partition("?")[0]
    shown = {
        UrlName.LATITUDE: state.degrees(answer.latitude),
        UrlName.LONGITUDE: state.degrees(answer.longitude),
        UrlName.JOB: answer.batch_id,
        UrlName.SCENARIO: scenario,
        UrlName.HORIZON: horizon,
        UrlName.LANGUAGE: language(),
    }
    return f"{here}?{urlencode(list(shown.items()))}" if here else ""
