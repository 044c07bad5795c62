"""What notices and laws say."""
