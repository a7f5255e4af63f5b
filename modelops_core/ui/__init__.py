"""The Streamlit dashboard: a package for each page, the frame around pages, and the shared kit."""
