"""Notices read into the trees of their plans."""
