"""The measurements as a page: `python -m eval.report` makes docs/measurements.md."""
