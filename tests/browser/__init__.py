"""What people see, seen by a real browser."""
