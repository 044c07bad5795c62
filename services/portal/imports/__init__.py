"""Importing the office's own ledger."""
