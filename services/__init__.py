"""Anzhen: the services of one deployment; import path = file path."""
