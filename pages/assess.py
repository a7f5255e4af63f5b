"""Map & assess: where is it dangerous, and what can this place lose?"""

import streamlit as st

from modelops_core.ui.assess import (
    answer_panel,
    horizon_playback,
    pins,
    search,
    section_tabs,
)
from modelops_core.ui.jobs import first_run
from modelops_core.ui.kit import cache, filters, notices, surface
from modelops_core.ui.kit.answers import assessment
from modelops_core.ui.kit.filters import Choice
from modelops_core.ui.kit.keys import WidgetKey

at = cache.version()
if at.run_id == 0:
    first_run.draw(at, "assess.no_night")
    st.stop()

peril_box, scenario_box, metric_box, drawing_box = st.columns(
    [0.9, 1.72, 1.78, 0.72], vertical_alignment="bottom"
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
    play_box, slider_box, beside_box = st.columns([0.16, 1, 0.42], vertical_alignment="center")
    with slider_box:
        horizon = filters.horizon()
    with play_box:
        horizon_playback.button()
    with beside_box:
        beside = filters.beside(scenario)
    choice = Choice(peril, scenario, horizon, metric, view, opacity, part, beside)
    surface.draw(choice, at, pins.map_pins(), search.searched_place(), assessment.clicked)
with right:
    card = st.container(key=WidgetKey.ANSWER)
with st.container(key=WidgetKey.SECTIONS):
    answer_panel.draw(choice, card)
notices.screening()
