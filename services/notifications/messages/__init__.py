"""Messages to members, and proof of delivery."""

from services.notifications.messages.actions import post, read, read_all
from services.notifications.messages.queries import (
    Asked,
    Receipt,
    Sent,
    inbox,
    receipts,
    sent,
    told,
    unread,
    was_sent_by,
)

__all__ = [
    "Asked",
    "Receipt",
    "Sent",
    "inbox",
    "post",
    "read",
    "read_all",
    "receipts",
    "sent",
    "told",
    "unread",
    "was_sent_by",
]
