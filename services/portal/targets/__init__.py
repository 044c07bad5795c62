"""The targets of the year on the screen, and the accidents behind the first of them."""
