"""Page *Population*."""
