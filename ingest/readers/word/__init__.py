"""Word files: paragraphs with the numbers and styles that Word shows."""
