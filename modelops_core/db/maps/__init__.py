"""Reads what maps draw: result layers, district outlines, vector tiles."""
