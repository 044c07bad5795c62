"""How duties are written on the pages."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from services.kernel.clock import in_words
from services.portal.filters import datetime_zh
from services.regulation.duties import Period, Severity
from services.supervision.duties import DutyEvent, Owed

TONES: Final[Mapping[str, str]] = {
    "not_started": "plain",
    "in_progress": "info",
    "submitted": "yellow",
    "exemption_asked": "yellow",
    "returned": "late",
    "done": "good",
    "met": "good",
    "not_applicable": "plain",
}
HAPPENED: Final[Mapping[str, tuple[str, str]]] = {
    "progressed": ("填报进展", ""),
    "evidence_added": ("上传证明", ""),
    "submitted": ("报送", ""),
    "accepted": ("审核通过", "good"),
    "returned": ("退回", "late"),
    "exemption_asked": ("申请不适用", "amber"),
    "exemption_granted": ("同意不适用", "good"),
    "exemption_refused": ("不同意不适用", "late"),
    "urged": ("催办", "amber"),
    "reminded": ("系统提醒", ""),
    "escalated": ("逾期上报", "late"),
}
NEXT_MONTH: Final = 12


class Group(msgspec.Struct, frozen=True):
    """Some duties under one head."""

    key: str
    head: str
    note: str
    rows: Sequence[Owed]
    open: bool
    """Whether the group is unfolded from the start."""


def due_words(one: Owed) -> str:
    """Until when, as people write it."""
    if one.duty.due_on is None:
        return "长期"
    return f"{in_words(one.duty.due_on)}前" if one.duty.period is not Period.DAILY else in_words(one.duty.due_on)


def groups_of(found: Iterable[Owed], today: date) -> list[Group]:
    """The duties of an enterprise as its head reads them: what presses first, what is settled last; empty groups are left out."""
    rows = list(found)
    ends = date(today.year + today.month // NEXT_MONTH, today.month % NEXT_MONTH + 1, 1)
    urgent = [one for one in rows if one.is_late or one.state == "returned"]
    rest = [one for one in rows if one not in urgent]
    dated = [one for one in rest if one.is_open and one.duty.due_on is not None]
    always = [one for one in rest if one.is_open and one.duty.due_on is None]
    law = [one for one in always if one.duty.severity is Severity.VIOLATION]
    groups = [
        Group("late", "先办这些", "逾期、未满足、被退回", urgent, open=True),
        Group("month", "本月到期", "", [one for one in dated if one.duty.due_on and one.duty.due_on < ends], open=True),
        Group("waiting", "等镇里审核", "", [one for one in rest if not one.is_open and _waits(one)], open=True),
        Group(
            "later", "以后到期", "", [one for one in dated if one.duty.due_on and one.duty.due_on >= ends], open=False
        ),
        Group("always", "长期义务，待提供证明", "", law, open=False),
        Group("advice", "镇里建议办理", "没有罚则", [one for one in always if one not in law], open=False),
        Group("settled", "已完成、已满足", "", [one for one in rest if one.is_fulfilled], open=False),
        Group("exempt", "不适用", "", [one for one in rest if not one.is_applicable], open=False),
    ]
    return [group for group in groups if group.rows]


def _waits(one: Owed) -> bool:
    return one.state in {"submitted", "exemption_asked"}


def timeline_of(events: Iterable[DutyEvent], *, is_check: bool) -> list[dict[str, Any]]:
    """What happened, the latest first."""
    return [_event(one, is_check=is_check) for one in reversed(list(events))]


def _event(one: DutyEvent, *, is_check: bool) -> dict[str, Any]:
    what, tone = HAPPENED[one.kind]
    what = "登记排查" if is_check and one.kind == "submitted" else what
    return {"at": datetime_zh(one.at), "who": one.person, "what": what, "note": one.note, "tone": tone}
