"""Sites: what can each of our places lose, and all of them together?"""

import streamlit as st

from modelops_core.domain.access import UseCase
from modelops_core.ui.jobs import first_run
from modelops_core.ui.kit import access, cache, choose, filters, notices
from modelops_core.ui.kit.answers import saved_sites, site_jobs
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.sites import (
    actions,
    add_site,
    cards,
    files,
    site_list,
    sites_map,
    totals,
)

at = cache.version()
if at.run_id == 0:
    first_run.draw(at, "sites.no_night")
    st.stop()

site_jobs.apply_results()
sites = saved_sites.all_sites()
if not sites:
    own = access.may(UseCase.save_site)
    notices.empty("sites.nothing" if own else "sites.nothing_shared", ":material/apartment:")
    actions.removed()
    add_site.form()
    st.stop()

scenario_box, horizon_box, order_box = st.columns([1.6, 1.5, 1])
with scenario_box:
    scenario = filters.scenario()
with horizon_box:
    horizon = filters.horizon()
with order_box:
    order = choose.from_list(
        site_list.ORDER, t("sites.order"), lambda name: t(f"sites.order_{name}")
    )
key = (scenario, horizon)
totals.draw(sites, key)

lines = site_list.ordered([site_list.line(site, key) for site in sites], order)
chosen = site_list.selection([site.site_id for site in sites])
site_list.settle(chosen)
picked = [own for own in lines if own.site.site_id in chosen]
with st.container():  # bars and messages come and go; the map below keeps its place
    site_list.table(lines, chosen, key)
    actions.bar(sites, [own.site for own in picked])
    site_jobs.follow()
    actions.removed()

left, right = st.columns([1.5, 1], gap="medium")
with left:
    sites_map.draw(lines, chosen)
    st.caption(t("sites.map_note"))
with right:
    add_site.form()
cards.draw(picked, key)
files.buttons(sites, key)
notices.screening()
