"""What all pages share: widgets, formats, texts, theme, maps, files."""
