"""Assignments on the screen: the list, the board, one assignment with its acts, and giving work out."""
