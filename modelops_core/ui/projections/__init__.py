"""The parts of the page *Projections*."""
