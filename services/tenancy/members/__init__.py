"""Members and departments of a tenant."""
