"""Accidents and their grades."""
