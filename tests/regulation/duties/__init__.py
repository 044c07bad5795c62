"""What enterprises owe."""
