"""The plan for the year, from the town's own notice."""
