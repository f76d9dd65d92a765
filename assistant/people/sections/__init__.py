"""Sections through the years: renamed, merged, split, and what their names mean."""
