"""公开: what a town shows to everybody."""
