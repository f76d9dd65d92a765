"""PowerPoint files: text, tables, charts and notes of slides."""
