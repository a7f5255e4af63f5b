"""Backups of the database in one file, checked when they are restored."""
