"""The nightly run: tiles of cells and basins, in; H, P(H) and base AAL, out."""
