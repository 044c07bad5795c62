"""A real browser with Chinese letters, on any machine."""
