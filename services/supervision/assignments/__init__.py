"""Assignments of the plan to departments, people and enterprises."""

from services.supervision.assignments.actions import (
    accept,
    ask_extension,
    cancel,
    decide_extension,
    owns,
    receive,
    report,
    send_back,
    submit,
    transfer,
    urge,
)
from services.supervision.assignments.breakdown import Given, Order, assign
from services.supervision.assignments.models import Assignment, AssignmentEvent
from services.supervision.assignments.queries import (
    AssignmentFilter,
    Tally,
    events,
    evidence,
    light_of,
    mine,
    narrowed,
    one,
    tallies,
    visible,
)

__all__ = [
    "Assignment",
    "AssignmentEvent",
    "AssignmentFilter",
    "Given",
    "Order",
    "Tally",
    "accept",
    "ask_extension",
    "assign",
    "cancel",
    "decide_extension",
    "events",
    "evidence",
    "light_of",
    "mine",
    "narrowed",
    "one",
    "owns",
    "receive",
    "report",
    "send_back",
    "submit",
    "tallies",
    "transfer",
    "urge",
    "visible",
]
