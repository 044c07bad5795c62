"""Enterprises on the screen: the ledger and one enterprise on one page."""
