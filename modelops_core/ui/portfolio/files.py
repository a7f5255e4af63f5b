"""The report as files, made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from modelops_core.services.report.portfolio.gather import Choice
from modelops_core.ui.kit import access, cache, choose
from modelops_core.ui.kit.choose import Field
from modelops_core.ui.kit.downloads import XLSX
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import UrlName, WidgetKey
from modelops_core.ui.portfolio import report_versions
from modelops_core.ui.portfolio.choice import Chosen

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: kind of file → its media type and icon
KINDS = {
    "xlsx": (XLSX, ":material/table_view:"),
    "pdf": ("application/pdf", ":material/picture_as_pdf:"),
    "docx": (DOCX, ":material/description:"),
}
UNIT = Field(UrlName.UNIT, ("million", "eok"))


def buttons(chosen: Chosen) -> None:
    """The report of the view, as workbook, PDF and DOCX."""
    st.subheader(t("portfolio.report"))
    st.caption(t("portfolio.report_note"))
    unit = choose.segments(UNIT, t("portfolio.unit"), lambda key: t(f"portfolio.unit_{key}"))
    picked = str(st.session_state.get(UrlName.FORMER))
    former = int(picked) if picked.isdecimal() else None
    with st.container(horizontal=True):
        for kind, (media, icon) in KINDS.items():
            st.download_button(
                kind.upper(),
                maker(chosen, kind, unit, former),
                f"portfolio-{chosen.run['run_id']}.{kind}",
                media,
                on_click="ignore",
                icon=icon,
                key=WidgetKey.PORTFOLIO_FILE.of(kind),
            )
    report_versions.draw(chosen, of_view(chosen, unit), former, KINDS)


def of_view(chosen: Chosen, unit: str) -> Choice:
    """The report of the view."""
    return Choice(
        language=language(),
        scenario=chosen.scenario,
        horizon=chosen.horizon,
        lens=chosen.lens,
        threshold=chosen.threshold,
        unit=unit,
    )


def maker(chosen: Chosen, kind: str, unit: str, former: int | None) -> Callable[[], bytes]:
    """What makes a file: asked for while no page says who reads."""
    app, caller = cache.app(), access.caller()
    choice, reports = of_view(chosen, unit), app.portfolio_reports
    return lambda: reports.file(reports.content(chosen.run["run_id"], choice, caller, former), kind)
