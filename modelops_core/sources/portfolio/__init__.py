"""Portfolios from files: containers give sheets, formats give them a meaning."""
