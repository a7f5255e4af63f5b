"""Portfolios: reading and validation, without a database."""
