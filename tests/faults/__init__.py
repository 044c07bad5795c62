"""Told once, whatever is killed."""
