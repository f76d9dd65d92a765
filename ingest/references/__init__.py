"""Cross-references: what a passage points to, and which places it holds."""
