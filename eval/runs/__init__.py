"""Runs over question sets that are kept: conditions, comparison, verdicts, workbooks."""
