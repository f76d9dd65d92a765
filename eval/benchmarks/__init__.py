"""Speed measurements beside a plain peer, run by hand and by `make test-full`."""
