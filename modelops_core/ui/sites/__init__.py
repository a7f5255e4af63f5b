"""Page *Sites*."""
