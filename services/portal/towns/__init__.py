"""The district's towns: their figures side by side, and a note of each look into one."""
