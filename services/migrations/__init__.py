"""One history of the schema; run by `anzhen migrate`."""
