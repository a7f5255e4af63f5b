"""Reads files of analysts and providers, and generates the demonstration data."""
