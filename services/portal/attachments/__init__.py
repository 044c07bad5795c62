"""Attachments handed out to whoever sees the row they belong to."""
