"""Text to vectors: the embedding model that comes with the installation, and its use."""
