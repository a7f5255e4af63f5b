"""Files of the sea level: grids of projections, and gauges' means of months or years."""
