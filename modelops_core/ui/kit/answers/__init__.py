"""Assessments of sites as several pages show them: starting one, saved sites, shared figures and files."""
