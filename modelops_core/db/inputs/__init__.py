"""Input tables: climate, places, gauges, data sets."""
