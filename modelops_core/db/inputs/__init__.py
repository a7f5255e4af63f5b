"""Reads and fills the input tables: climate, places, gauges, registered data sets."""
