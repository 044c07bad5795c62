"""What waits for a person as cards, the most urgent first, each one press from being done."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from services.kernel.clock import in_words
from services.kernel.work import Work
from services.portal.assignments.shown import Shown
from services.regulation.lights import light
from services.supervision import assignments, changes, duties, plans
from services.supervision.assignments import Assignment, Waiting
from services.tenancy import forgotten

LATE_CARDS: Final = 6
"""More overdue tasks of others than these are one card that opens the list."""
KINDS: Final = {"pending": ("待签收", "amber"), "in_progress": ("办理中", "info"), "returned": ("被退回", "late")}
NOTHING: Final = Shown("none", "")


class Card(msgspec.Struct, kw_only=True):
    """One thing to do: `post` does it at once, else `href` leads to where it is done."""

    title: str
    href: str
    action: str
    kind: str
    tone: str
    note: str
    due: str = ""
    light: Any = NOTHING
    post: str = ""
    urgency: int = 0
    """Days to the deadline; what has none stands after what is due today."""


class Todos(msgspec.Struct, frozen=True):
    """The cards of one person: their own work first, then what others wait for."""

    own: Sequence[Card]
    asked: Sequence[Card]
    late: Sequence[Card]

    @property
    def urgent(self) -> int:
        """How many of one's own are overdue or due today."""
        return sum(card.urgency <= 0 for card in self.own)

    @property
    def overdue(self) -> int:
        """How many of one's own are overdue."""
        return sum(card.urgency < 0 for card in self.own)

    @property
    def count(self) -> int:
        """All that waits for this person."""
        return len(self.own) + len(self.asked)


async def todos_of(work: Work) -> Todos:
    """The cards of the person who asks."""
    found = await assignments.waiting(work)
    own = sorted((_own(work, one) for one in found.own), key=lambda card: card.urgency)
    asked = [
        *await _plans(work),
        *await _forgotten(work),
        *await _changes(work),
        *await _duties(work),
        *_asked(work, found),
    ]
    return Todos(own, asked, list(_late(work, found)))


def _own(work: Work, one: Assignment) -> Card:
    kind, tone = KINDS[one.state]
    state = light(one.due_on, work.today)
    receive = one.state == "pending"
    action = "签收" if receive else "修改后重报" if one.state == "returned" else "填报进展"
    return Card(
        title=one.title,
        href=f"/assignments/{one.id}" if receive else f"/assignments/{one.id}#report",
        action=action,
        kind=kind,
        tone=tone,
        note=one.section,
        due=_due(one),
        light=state,
        post=f"/assignments/{one.id}/receive" if receive else "",
        urgency=(one.due_on - work.today).days,
    )


def _due(one: Assignment) -> str:
    """The day, marked as long as a calendar that is not published yet plays a part in it."""
    return in_words(one.due_on) + ("〔暂定〕" if one.due_provisional else "")


def _asked(work: Work, found: Waiting) -> Iterator[Card]:
    for one in found.extensions:
        yield Card(
            title=one.title,
            href=f"/assignments/{one.id}#decision",
            action="去审批",
            kind="申请延期",
            tone="amber",
            note=f"{one.owner_name}申请延至 {in_words(one.extension_to or one.due_on)}",
            due=f"原期限 {_due(one)}",
            light=light(one.due_on, work.today),
        )
    for one in found.to_accept:
        yield Card(
            title=one.title,
            href=f"/assignments/{one.id}#accept",
            action="去审核",
            kind="待审核",
            tone="yellow",
            note=f"{one.owner_name}已报送",
            due=f"期限 {_due(one)}",
        )


def _late(work: Work, found: Waiting) -> Iterator[Card]:
    for one in found.late[:LATE_CARDS]:
        yield Card(
            title=one.title,
            href=f"/assignments/{one.id}",
            action="催办",
            kind=one.state_label,
            tone="plain",
            note=one.owner_name,
            due=_due(one),
            light=light(one.due_on, work.today),
            post=f"/assignments/{one.id}/urge",
        )


async def _changes(work: Work) -> list[Card]:
    """What enterprises ask the office to change in the registry."""
    if not work.may("enterprise_change:decide"):
        return []
    return [
        Card(
            title=f"{enterprise.name}申请变更档案",
            href=f"/enterprises/changes/{row.id}",
            action="去审核",
            kind="待审核",
            tone="yellow",
            note=f"{row.asked_by_name}申请变更 {len(row.after)} 项",
            due=f"自 {in_words(row.valid_from)} 起",
        )
        for row, enterprise in await changes.listed(work, "waiting")
    ]


async def _duties(work: Work) -> list[Card]:
    """What enterprises handed in for their duties, as one card for the office."""
    count = await duties.waiting_count(work) if work.may("duty:accept") else 0
    if not count:
        return []
    note = f"{count} 项，含证明材料和不适用申请"
    return [
        Card(title="审核企业义务", href="/duties/waiting", action="去审核", kind="待审核", tone="yellow", note=note)
    ]


async def _forgotten(work: Work) -> list[Card]:
    """People who wait for a new activation code, as one card for the office."""
    asking = await forgotten.waiting(work)
    if not asking:
        return []
    names = "、".join(one.member.name for one in asking[:3])
    note = names if len(asking) <= 3 else f"{names}等 {len(asking)} 人"  # noqa: PLR2004 - as many names as fit a card
    return [
        Card(title="重新发激活码", href="/password-requests", action="去核实", kind="忘记密码", tone="amber", note=note)
    ]


async def _plans(work: Work) -> list[Card]:
    """Drafts to go on with and to publish for the office, plans to sign for the leaders."""
    if not (work.may("plan:edit") or work.may("plan:sign")):
        return []
    cards = []
    for row in await plans.list_plans(work):
        if row.state == "draft" and row.sent and work.may("plan:sign"):
            words = ("待签发", "amber", "去签发", "应急办已送签")
        elif row.state == "draft" and not row.sent and work.may("plan:edit"):
            words = ("要点草稿", "info", "继续校核", f"{row.tasks} 项任务，已定责任单位 {row.owned} 项")
        elif row.state == "signed" and work.may("plan:publish"):
            words = ("已签发", "good", "去发布", "镇领导已签发，发布后才能下发任务")
        else:
            continue
        kind, tone, action, note = words
        cards.append(Card(title=row.title, href=f"/plans/{row.id}", action=action, kind=kind, tone=tone, note=note))
    return cards
