"""Whole lists of staff: looked at, planned and applied."""
