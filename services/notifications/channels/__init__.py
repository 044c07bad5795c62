"""The ways by which a message reaches somebody outside this system."""
