"""Finding chunks: stored vectors, the vector index, the keyword index, and their fusion."""
