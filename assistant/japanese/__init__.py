"""Japanese text: normal forms, sentences, search tokens, figures and dates."""
