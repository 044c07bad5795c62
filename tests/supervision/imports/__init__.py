"""Ledgers on their way into the registry."""
