"""What the method page and document say: parameters, curves, limits."""
