"""PDF files: pages, lines in reading order, tables, and pages that are pictures."""
