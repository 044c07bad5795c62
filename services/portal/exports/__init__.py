"""Long ledgers to carry away."""
