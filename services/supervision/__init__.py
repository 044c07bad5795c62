"""What a town office does all year."""
