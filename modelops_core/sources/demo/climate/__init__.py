"""Demonstration climate: monthly and yearly series by cell and scenario."""
