"""Assessed sites as several pages show them: starting, following, figures and files."""
