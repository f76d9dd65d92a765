"""From a file that a section sends in to chunks in the library: read, clean, section, chunk."""
