"""Reads climate grids as published: NetCDF, text without headers, and tables of points."""
