"""What the panels of a page show: rows, words and figures, without a browser."""
