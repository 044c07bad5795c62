"""Telling people, and proving that they were told."""
