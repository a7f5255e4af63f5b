"""The report of a portfolio: one content in tables and figures, for every kind of file."""
