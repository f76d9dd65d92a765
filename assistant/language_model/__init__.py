"""The language model that writes: its weights, its server process and its use."""
