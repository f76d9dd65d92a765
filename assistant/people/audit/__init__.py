"""The audit trail: written, sealed by months, read, exported and verified."""
