"""Excel files: cells as they are displayed, and the tables among them."""
