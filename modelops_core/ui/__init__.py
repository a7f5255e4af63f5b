"""Streamlit: pages' furniture, figures and maps."""
