"""What an enterprise asks the office to change in the registry."""
