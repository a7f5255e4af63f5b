"""Writes and reads results by cell and by site, and saved sites."""
