"""Series over time: climate projections, population, an own series."""
