"""Map & assess: where is it dangerous, and what can this place lose?"""

import streamlit as st

from modelops_core.ui.assess import (
    arrival,
    first_visit,
    horizon_playback,
    pins,
    report,
    search,
    section_tabs,
    summary_card,
)
from modelops_core.ui.jobs import first_run
from modelops_core.ui.kit import cache, filters, notices, state, surface
from modelops_core.ui.kit.answers import assessment, site_history
from modelops_core.ui.kit.filters import Choice

at = cache.version()
if at.run_id == 0:
    first_run.draw(at, "assess.no_night")
    st.stop()

peril_box, scenario_box, metric_box, drawing_box = st.columns(
    [1.0, 1.75, 1.65, 0.7], vertical_alignment="bottom"
)
with peril_box:
    peril = filters.map_peril()
with scenario_box:
    scenario = filters.scenario()
with metric_box:
    metric, part = filters.metric_with_part(peril)
with drawing_box:
    view, opacity = filters.drawing()
section_tabs.bind()

left, right = st.columns([1.2, 1], gap="medium")
with left:
    search.bar()
    play_box, slider_box = st.columns([0.16, 1], vertical_alignment="center")
    with slider_box:
        horizon = filters.horizon()
    with play_box:
        horizon_playback.button()
    choice = Choice(peril, scenario, horizon, metric, view, opacity, part)
    surface.draw(choice, at, pins.map_pins(), search.searched_place(), assessment.clicked)
with right:
    job_place = st.container()
    answer = assessment.answer()
    with job_place:  # it needs the address that the answer completes
        arrival.mark(answer is not None)
    if answer is not None:
        summary_card.draw(answer, scenario, horizon)
        pins.buttons(answer)
        report.button(answer)
        site_history.draw(answer, (scenario, horizon))
    elif state.point() is None:
        first_visit.draw()

if answer is not None:
    section_tabs.draw(answer, choice)
notices.screening()
