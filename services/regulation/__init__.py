"""What notices and laws say: data and pure functions; no clock, no database."""
