"""A checker of figures that shares no code with the verifier, and what tests it."""
