"""Writes portfolios and their results into files that are read again as they were."""
