"""What the map can show of each cell: metrics with their scales, and their values."""
