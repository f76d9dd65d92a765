"""The usage ledger and what is counted from it."""
