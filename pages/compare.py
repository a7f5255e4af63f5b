"""Compare: how do scenarios, horizons and sites differ?"""

import streamlit as st

from modelops_core.ui import cache, navigation, notices
from modelops_core.ui.i18n import t
from modelops_core.ui.panels import (
    compare_choice,
    compare_views,
    first_night,
    sites_jobs,
    sites_saved,
)

at = cache.version()
if at.run_id == 0:
    first_night.draw(at, "compare.no_night")
    st.stop()

sites_jobs.take_over()
saved = {str(site.site_id): site for site in sites_saved.all_sites()}
if not saved and not compare_choice.state.point():
    notices.empty("compare.nothing", ":material/stacked_line_chart:")
    navigation.link("assess", t("compare.to_map"))
    navigation.link("sites", t("compare.to_sites"))
    st.stop()

picked = compare_choice.sites(saved)
choice = compare_choice.bar()
sites_jobs.follow()
found = compare_choice.answered(picked, saved)
if found:
    compare_views.draw(found, choice)
elif not picked:
    notices.empty("compare.nobody", ":material/checklist:")
notices.screening()
