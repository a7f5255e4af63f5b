"""Building blocks that several pages use: widgets, formats, texts, theme, maps, files."""
