"""Several sites: sums and comparisons."""
