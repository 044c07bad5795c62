"""The registry of enterprises."""
