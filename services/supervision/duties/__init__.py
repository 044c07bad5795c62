"""What each enterprise owes, why, and what it did about it."""
