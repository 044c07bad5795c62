"""The way of the office's own ledger into the registry."""
