"""What each `chonai` command reads, does and prints."""
