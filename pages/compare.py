"""Compare: how do scenarios, horizons and sites differ?"""

import streamlit as st

from modelops_core.ui.compare import choice as compare_choice
from modelops_core.ui.compare import views
from modelops_core.ui.jobs import first_run
from modelops_core.ui.kit import cache, navigation, notices, state
from modelops_core.ui.kit.answers import saved_sites, site_jobs
from modelops_core.ui.kit.i18n import t

at = cache.version()
if at.run_id == 0:
    first_run.draw(at, "compare.no_night")
    st.stop()

site_jobs.apply_results()
saved = {str(site.site_id): site for site in saved_sites.all_sites()}
if not saved and not state.point():
    notices.empty("compare.nothing", ":material/stacked_line_chart:")
    navigation.link("assess", t("compare.to_map"))
    navigation.link("sites", t("compare.to_sites"))
    st.stop()

picked = compare_choice.sites(saved)
choice = compare_choice.bar()
site_jobs.follow()
found = compare_choice.answered(picked, saved)
if found:
    views.draw(found, choice)
elif not picked:
    notices.empty("compare.nobody", ":material/checklist:")
notices.screening()
