"""Page *Projections*."""
