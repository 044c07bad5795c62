"""What `anzhen` can be told: a file per group of commands."""
