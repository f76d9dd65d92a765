"""What staff see: pages, the server, the gate and the `chonai` command."""
