"""Messages to members, and proof of delivery."""
