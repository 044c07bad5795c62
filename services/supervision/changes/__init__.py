"""What an enterprise asks the office to change in the registry."""

from services.supervision.changes.actions import approve, ask, difference, refuse, withdraw
from services.supervision.changes.models import STATES, ChangeRequest
from services.supervision.changes.queries import listed, one
from services.supervision.changes.refusals import (
    AlreadyAsked,
    ChangedMeanwhile,
    DecidedByAsker,
    NothingChanges,
    NotWaiting,
)

__all__ = [
    "STATES",
    "AlreadyAsked",
    "ChangeRequest",
    "ChangedMeanwhile",
    "DecidedByAsker",
    "NotWaiting",
    "NothingChanges",
    "approve",
    "ask",
    "difference",
    "listed",
    "one",
    "refuse",
    "withdraw",
]
