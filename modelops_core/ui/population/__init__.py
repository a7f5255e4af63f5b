"""The parts of the page *Population*."""
