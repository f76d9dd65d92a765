"""Evaluation: question sets, metrics, a figure checker of its own, reports and benchmarks."""
