"""Sites: what can each of our places lose, and all of them together?"""

import streamlit as st

from modelops_core.ui import cache, filters, notices, state
from modelops_core.ui.i18n import t
from modelops_core.ui.panels import (
    first_night,
    sites_actions,
    sites_add,
    sites_cards,
    sites_files,
    sites_jobs,
    sites_list,
    sites_map,
    sites_saved,
    sites_totals,
)

at = cache.version()
if at.run_id == 0:
    first_night.draw(at, "sites.no_night")
    st.stop()

sites_jobs.take_over()
sites = sites_saved.all_sites()
if not sites:
    notices.empty("sites.nothing", ":material/apartment:")
    sites_add.form()
    st.stop()

scenario_box, horizon_box, order_box = st.columns([1.6, 1.5, 1])
with scenario_box:
    scenario = filters.scenario()
with horizon_box:
    horizon = filters.horizon()
order = state.bind("order", sites_list.ORDERS, "loss")
order_box.selectbox(
    t("sites.order"), sites_list.ORDERS, format_func=lambda name: t(f"sites.order_{name}"), key="order",
    on_change=state.note, args=("order",),
)  # fmt: skip
key = (scenario, horizon)
sites_totals.draw(sites, key)

lines = sites_list.ordered([sites_list.line(site, key) for site in sites], order)
chosen = sites_list.selection([site.site_id for site in sites])
sites_list.settle(chosen)
picked = [own for own in lines if own.site.site_id in chosen]
with st.container():  # bars and messages come and go; the map below keeps its place
    sites_list.table(lines, chosen)
    sites_actions.bar(sites, [own.site for own in picked])
    sites_jobs.follow()
    sites_actions.say_removed()

left, right = st.columns([1.5, 1], gap="medium")
with left:
    sites_map.draw(lines, chosen)
    st.caption(t("sites.map_note"))
with right:
    sites_add.form()
sites_cards.draw(picked, key)
sites_files.buttons(sites, key)
notices.screening()
