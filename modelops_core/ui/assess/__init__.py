"""Page *Map & assess*."""
