"""Demonstration places: districts, coast, cells, buildings, population."""
