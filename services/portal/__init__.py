"""The web pages in Chinese; a folder per screen."""
