"""The people of an enterprise who matter for work safety."""
