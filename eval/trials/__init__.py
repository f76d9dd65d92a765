"""What a change would do before it is made: a version, a word of the glossary, a model."""
