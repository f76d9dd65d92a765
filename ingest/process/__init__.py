"""Reading apart: the child process with its limits, and the conversion of old files."""
