"""Page *Jobs*."""
