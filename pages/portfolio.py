"""Portfolio: what is at risk in a whole file of sites and loans, and what goes into a filing?"""

import streamlit as st

from modelops_core.ui.jobs import first_run
from modelops_core.ui.kit import cache, notices
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.portfolio import (
    choice,
    comparison,
    files,
    intake,
    lens_panel,
    portfolio_cache,
    portfolio_map,
    site_table,
    sums,
)

at = cache.version()
if at.run_id == 0:
    first_run.draw(at, "portfolio.no_night")
    st.stop()

runs = portfolio_cache.runs()
intake.draw(expanded=not runs)
if choice.refused_run(runs):
    st.stop()
if not runs:
    notices.empty("portfolio.nothing", ":material/account_balance:")
    st.stop()

chosen = choice.bar(runs)
material = portfolio_cache.material(chosen)
lens_panel.draw(material)

left, right = st.columns([1.1, 1], gap="medium")
with left:
    sums.draw(material, chosen)
with right:
    portfolio_map.draw(material, chosen)
    st.caption(t("portfolio.map_note"))
site_table.draw(material, chosen)
comparison.draw(material, chosen, runs)
files.buttons(chosen)
notices.screening()
