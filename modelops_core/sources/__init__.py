"""Readers of providers' files, and the demo data."""
