"""Parts of pages: text, answers, evidence."""
