"""The duties of enterprises, through the database."""
