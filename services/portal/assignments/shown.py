"""How assignments are written on the pages."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from services.kernel.clock import legal_day
from services.portal.filters import datetime_zh
from services.supervision import assignments
from services.supervision.assignments import Assignment, AssignmentEvent

TONES: Final[Mapping[str, str]] = {
    "pending": "amber",
    "in_progress": "info",
    "submitted": "yellow",
    "returned": "late",
    "completed": "good",
    "cancelled": "plain",
}
HAPPENED: Final[Mapping[str, tuple[str, str]]] = {
    "assigned": ("下发任务", ""),
    "received": ("签收", ""),
    "progressed": ("填报进展", ""),
    "submitted": ("报送审核", ""),
    "returned": ("退回", "late"),
    "accepted": ("审核通过，办结", "good"),
    "extension_asked": ("申请延期", "amber"),
    "extension_granted": ("同意延期", "good"),
    "extension_refused": ("不同意延期", "late"),
    "urged": ("催办", "amber"),
    "transferred": ("转办", "amber"),
    "cancelled": ("取消", ""),
    "escalated": ("逾期上报", "late"),
    "recounted": ("期限重新计算", "amber"),
}
STEPS: Final = ("下发", "签收", "办理", "审核", "办结")
STEP_OF: Final[Mapping[str, int]] = {"pending": 2, "in_progress": 3, "returned": 3, "submitted": 4, "completed": 6}


class Shown(msgspec.Struct, frozen=True):
    """A light that is not a deadline's: finished work has none, but a word."""

    colour: str
    words: str


class Row(msgspec.Struct, frozen=True):
    """An assignment with its light and label."""

    of: Assignment
    light: Any
    tone: str
    town: str = ""


def row_of(assignment: Assignment, today: date, town: str = "") -> Row:
    """One line of the list."""
    return Row(assignment, light_shown(assignment, today), TONES[assignment.state], town)


def light_shown(assignment: Assignment, today: date) -> Any:
    """The deadline's light while there is work to do; afterwards whether it was handed in on time."""
    light = assignments.light_of(assignment, today)
    if light is not None:
        return light
    if assignment.state == "cancelled" or assignment.submitted_at is None:
        return Shown("none", "已取消")
    late = (legal_day(assignment.submitted_at) - assignment.due_on).days
    return Shown("none", f"逾期 {late} 天报送" if late > 0 else "按期报送")


def timeline_of(events: Sequence[AssignmentEvent]) -> list[dict[str, Any]]:
    """What happened, newest first, as the timeline draws it."""
    return [_happening(event) for event in reversed(events)]


def _happening(event: AssignmentEvent) -> dict[str, Any]:
    what, tone = HAPPENED[event.kind]
    percent = f"（{event.percent}%）" if event.kind == "progressed" and event.percent is not None else ""
    return {
        "at": datetime_zh(event.at),
        "who": event.person,
        "what": what + percent,
        "note": event.note,
        "tone": tone,
    }
