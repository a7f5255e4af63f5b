"""Population: who lives where, and how that changes until 2050."""

import numpy as np
import streamlit as st

from modelops_core.ui.kit import cache, notices
from modelops_core.ui.population import charts, files, filters, population_map
from modelops_core.ui.population import population_cache as reads

loaded = cache.version().loaded
districts = reads.people(loaded, "sigungu")
if np.isnan(districts.persons).all():
    notices.empty("population.no_data", ":material/groups:")
    st.code("python -m modelops_core up", language="bash")
    st.stop()

measure_box, level_box, year_box, play_box = st.columns(
    [1.5, 0.9, 1.5, 0.6], vertical_alignment="bottom", gap="medium"
)
with measure_box:
    measure = filters.measure()
with level_box:
    level = filters.level()
with year_box:
    year = filters.year()
with play_box:
    filters.play()

everybody = reads.people(loaded, level)
left, right = st.columns([1.15, 1], gap="medium")
with right:
    chosen = filters.district(everybody)
    charts.place(everybody, districts, chosen, year)
    files.source()
with left:
    population_map.draw(everybody, measure, level, year, chosen)

st.divider()
charts.ranking(everybody, measure, year, chosen)
files.table(everybody, level, year)
st.divider()
charts.national(districts)
