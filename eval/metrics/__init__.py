"""Metrics over cases and queries, with intervals and tests of significance."""
