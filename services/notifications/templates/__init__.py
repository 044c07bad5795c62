"""What people are told, in one place."""

from services.notifications.templates.sentences import Words, words

__all__ = ["Words", "words"]
