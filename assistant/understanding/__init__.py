"""What a question means: its parts, what it follows, the words and spellings it could have used."""
