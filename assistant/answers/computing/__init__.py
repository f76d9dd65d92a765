"""Sums that follow from a figure of the question and one rule of the best quotation."""
