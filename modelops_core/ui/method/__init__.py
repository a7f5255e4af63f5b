"""Page *Method*."""
