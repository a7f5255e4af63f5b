"""Checks of data and results, and the chain behind one number."""
