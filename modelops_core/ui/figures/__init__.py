"""Values to plotly figures; no streamlit. Colours come from ``ui.theme`` alone."""
