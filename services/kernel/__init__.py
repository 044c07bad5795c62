"""Transactions, time and paper; knows no township word."""
