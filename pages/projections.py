"""Projections: what does the climate do at this place?"""

import streamlit as st

from modelops_core.domain.variables import MONTHLY
from modelops_core.errors import OutsideKorea
from modelops_core.ui.kit import cache, filters, navigation, notices, state
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.projections import charts, files
from modelops_core.ui.projections import place as places
from modelops_core.ui.projections import view as views

loaded = cache.version().loaded
if cache.cells(loaded).grid_id.size == 0:
    notices.empty("projections.no_data", ":material/thermostat:")
    st.code("python -m modelops_core up", language="bash")
    st.stop()

variable_box, unit_box, horizon_box = st.columns(
    [1.1, 1.2, 1.5], vertical_alignment="bottom", gap="medium"
)
with variable_box:
    variable = views.choose_variable()
with unit_box:
    unit = places.unit()
with horizon_box:
    horizon = filters.horizon()

charts.bind()
left, right = st.columns([1, 1.9], gap="medium")
with left:
    places.search(loaded)
    try:
        area: places.Area | None = places.area(loaded, unit)
    except OutsideKorea as error:
        area = None
        notices.outside(error)
    places.draw_map(loaded, area)
    if area is not None and area.example:
        st.caption(f":material/touch_app: {t('projections.example')}")
    if area is not None:
        navigation.link(
            "assess",
            t("projections.to_assess"),
            state.place(area.latitude, area.longitude),
        )
view = None if area is None else views.view(loaded, variable, area, horizon)
with right:
    if view is not None:
        charts.headline(view)
        charts.by_year(view)
        files.source(view)
    elif area is not None:
        missing = "projections.no_node" if variable == "sea_level" else "projections.no_rows"
        notices.empty(missing, ":material/thermostat:", variable=views.variable_name(variable))
if view is not None:
    st.divider()
    window_box = st.container()
    if variable in MONTHLY:
        month_box, window_box = st.columns([1, 1.6], gap="medium")
        with month_box:
            charts.by_month(view)
    with window_box:
        charts.by_window(view)
        files.files(view)
notices.screening()
