"""Ledgers of enterprises to carry away, too long to wait for."""
