"""Half a year of duties of the main town's enterprises: most done in time, some late, some sent back, some waiting."""

import random
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.demo.facts import DemoDistrict
from services.demo.places import MAIN_TOWN
from services.kernel.attachments import Attachment
from services.kernel.bench import system
from services.kernel.clock import SHANGHAI, new_id
from services.kernel.database import Database
from services.kernel.files import FileStore, inspect
from services.kernel.trail import AuditEntry
from services.kernel.work import Work, open_work
from services.regulation import duties as rules
from services.regulation.duties import Occurrence, Period
from services.supervision import duties
from services.supervision.duties import Duty, DutyEvent, DutyView, Owed
from services.supervision.registry import Enterprise
from services.tenancy.members.models import Member
from services.tenancy.townships.models import Tenant

HALF_A_YEAR: Final = timedelta(days=182)
SHORT: Final = timedelta(days=21)
OPEN_ACCOUNTS: Final = frozenset({"zhenxi-15", "zhenxi-35"})
"""Whose checks by day go back half a year; the others' go back three weeks."""
EARLIER: Final = ("I18-2", "I28-2")
"""What came round in the half year and is not a check."""
FOUND: Final = (
    "2 号皮带防护罩松动，已紧固",
    "配电箱前堆放杂物，已清走",
    "灭火器压力不足，已更换",
    "一名工人未戴安全帽，已教育",
)
SAID: Final = ("材料齐全，请审核", "已按要求整理，请审核", "原件在办公室备查")
ASKED_BACK: Final = (
    "缺主要负责人签字，请补签后重报",
    "照片看不清日期，请重新拍",
    "只有制度，没有执行记录，请补充最近三个月的记录",
)
EXEMPT: Final = ("我厂没有这类作业，以后有了再办理", "厂房为租用，由出租方统一办理，协议已附")


class Town:
    """The rows of the main town that are being written, and who writes them."""

    def __init__(self, tenant: Tenant, today: date, office: Sequence[Member]) -> None:
        self.tenant, self.today, self.office = tenant, today, office
        self.dice = random.Random(MAIN_TOWN)  # noqa: S311 - a story, no secret
        self.rows: dict[type[Any], list[dict[str, Any]]] = {
            table: [] for table in (Duty, DutyEvent, DutyView, Attachment, AuditEntry)
        }
        self.papers: dict[str, tuple[str, int]] = {}
        """Hash and size of the sample papers by title."""

    def at(self, day: date, hour: int | None = None) -> datetime:
        """An instant of a working day, never to come."""
        hour = self.dice.randint(8, 17) if hour is None else hour
        return datetime.combine(day, time(hour, self.dice.randint(0, 59)), SHANGHAI)


async def load_duties(session: AsyncSession, database: Database, files: FileStore, district: DemoDistrict) -> None:
    """The history of the sixty; what is owed is asked of the rules, so that it always agrees with them."""
    tenant = (await session.scalars(select(Tenant).where(Tenant.slug == MAIN_TOWN))).one()
    members = (await session.scalars(select(Member).where(Member.tenant_id == tenant.id))).all()
    town = Town(tenant, district.today, [one for one in members if one.role == "town_office"])
    heads = {one.enterprise_id: one for one in members if one.role == "legal_representative"}
    officers = {one.enterprise_id: one for one in members if one.role == "safety_officer"}
    async with open_work(database, system(tenant.id), frozenset()) as work:
        found = await work.all(select(Enterprise).where(Enterprise.left_on.is_(None)).order_by(Enterprise.name))
        long = {one.name for one in district.enterprises_of(MAIN_TOWN) if one.key in OPEN_ACCOUNTS}
        for enterprise_id, owing in (await duties.owed_of_all(work, found, town.today)).items():
            people = heads[enterprise_id], officers[enterprise_id]
            _enterprise(town, owing, people, long={one.id for one in found if one.name in long})
        await _keep_papers(work, files, town)
    for table, rows in town.rows.items():
        if rows:
            await session.execute(insert(table), rows)


def _enterprise(town: Town, owing: Sequence[Owed], people: tuple[Member, Member], *, long: set[UUID]) -> None:
    head, officer = people
    for one in owing:
        back = HALF_A_YEAR if one.duty.period is not Period.DAILY or one.enterprise_id in long else SHORT
        if one.is_check or one.duty.code in EARLIER:
            by = head if one.duty.period is Period.MONTHLY else officer
            for past in _past(one, town.today - back, town.today):
                _check(town, one, past, by) if one.is_check else _earlier(town, one, past, head)
        if one.is_open and not one.is_check and not one.by_facts:
            _paper(town, one, head)


def _past(one: Owed, first: date, today: date) -> Iterator[Occurrence]:
    return (each for each in rules.occurrences(one.duty, first, today) if each.due_on and each.due_on < today)


def _check(town: Town, one: Owed, past: Occurrence, by: Member) -> None:
    """Nine of ten in time, a few entered afterwards, a few never."""
    assert past.due_on
    luck = town.dice.random()
    late = timedelta(days=town.dice.randint(1, 2)) if luck > 0.9 else timedelta()  # noqa: PLR2004 - one of ten
    never = luck > 0.96 or past.due_on + late >= town.today  # noqa: PLR2004 - one of twenty-five
    problem = town.dice.random() < 0.15  # noqa: PLR2004 - now and then something is found
    note = f"有问题：{town.dice.choice(FOUND)}" if problem else duties.SOUND
    at = None if never else town.at(past.due_on + late, 17 if late else None)
    row = _row(town, one, past, state="not_started" if never else "done", note="" if never else note, by=by, at=at)
    if at is not None and past.due_on >= town.today - SHORT:
        _event(town, row, "submitted", by, at, f"补报：{note}" if late else note)


def _earlier(town: Town, one: Owed, past: Occurrence, head: Member) -> None:
    """A quarter's figures and a half year's drill: accepted, or late to this day."""
    assert past.due_on
    if town.dice.random() < 0.2:  # noqa: PLR2004 - one of five
        row = _row(town, one, past, state="not_started", note="", by=head, at=None)
        _event(town, row, "reminded", None, town.at(past.due_on, 8), "今天到期")
        return
    _done(town, one, past, head, past.due_on - timedelta(days=town.dice.randint(1, 9)))


def _paper(town: Town, one: Owed, head: Member) -> None:
    """What is owed now: nearly half is done, the rest stands somewhere on its way."""
    luck, day = town.dice.random(), town.today - timedelta(days=town.dice.randint(3, 150))
    when = one.duty.occurrence
    if luck < 0.62:  # noqa: PLR2004 - the shares of a town that works
        _done(town, one, when, head, day)
    elif luck < 0.65:  # noqa: PLR2004
        day = town.today - timedelta(days=town.dice.randint(1, 6))
        row, _ = _handed_in(town, one, when, head, day, "submitted", town.dice.choice(SAID))
    elif luck < 0.69:  # noqa: PLR2004
        row, at = _handed_in(town, one, when, head, day, "returned", town.dice.choice(SAID))
        _decided(town, row, "returned", at + timedelta(days=1), town.dice.choice(ASKED_BACK))
    elif luck < 0.72:  # noqa: PLR2004
        row, at = _handed_in(town, one, when, head, day, "not_applicable", town.dice.choice(EXEMPT), paper=False)
        _decided(town, row, "exemption_granted", at + timedelta(days=2), "情况属实")
    elif luck < 0.73:  # noqa: PLR2004
        day = town.today - timedelta(days=town.dice.randint(1, 4))
        _handed_in(town, one, when, head, day, "exemption_asked", town.dice.choice(EXEMPT), paper=False)


def _done(town: Town, one: Owed, when: Occurrence, head: Member, day: date) -> None:
    row, at = _handed_in(town, one, when, head, day, "done", town.dice.choice(SAID))
    _decided(town, row, "accepted", at + timedelta(days=1), "符合要求")


def _handed_in(
    town: Town, one: Owed, when: Occurrence, head: Member, day: date, state: str, note: str, *, paper: bool = True
) -> tuple[dict[str, Any], datetime]:
    at = town.at(day)
    row = _row(town, one, when, state=state, note=note, by=head, at=at)
    if paper:
        title = one.duty.evidence[0]
        town.papers.setdefault(title, ("", 0))
        _attachment(town, row, title, head, at)
        _event(town, row, "evidence_added", head, at - timedelta(minutes=5), f"{title}.txt")
    kind = "submitted" if paper else "exemption_asked"
    _event(town, row, kind, head, at, note)
    seen = {name: row[name] for name in ("tenant_id", "enterprise_id", "code", "period")}
    view = {"id": new_id(), "member_id": head.id, "person": head.name, "seen_at": at - timedelta(minutes=20)}
    town.rows[DutyView].append(seen | view)
    return row, at


def _decided(town: Town, row: dict[str, Any], kind: str, at: datetime, answer: str) -> None:
    by = town.dice.choice(town.office)
    at = min(at, town.at(town.today - timedelta(days=1), 18))
    row |= {"decided_by": by.id, "decided_by_name": by.name, "decided_at": at, "answer": answer}
    _event(town, row, kind, by, at, answer)


def _row(
    town: Town, one: Owed, when: Occurrence, *, state: str, note: str, by: Member, at: datetime | None
) -> dict[str, Any]:
    row = {
        "tenant_id": town.tenant.id,
        "id": new_id(),
        "enterprise_id": one.enterprise_id,
        "code": one.duty.code,
        "period": when.key,
        "rule_version": one.duty.version_id,
        "state": state,
        "due_on": when.due_on,
        "why": one.duty.because,
        "note": note,
        "answer": "",
        "submitted_by": by.id if at else None,
        "submitted_by_name": by.name if at else None,
        "submitted_at": at,
        "decided_by": None,
        "decided_by_name": None,
        "decided_at": None,
        "urged_at": None,
        "escalation": 0,
        "version": 1,
    }
    town.rows[Duty].append(row)
    return row


def _event(town: Town, row: dict[str, Any], kind: str, by: Member | None, at: datetime, note: str) -> None:
    who = {"member_id": by.id if by else None, "person": by.name if by else "系统"}
    same = {"tenant_id": row["tenant_id"], "enterprise_id": row["enterprise_id"], "at": at, **who}
    town.rows[DutyEvent].append({**same, "id": new_id(), "duty_id": row["id"], "kind": kind, "note": note})
    detail = {"note": note, "code": row["code"], "period": row["period"]}
    about = {"act": f"duty:{kind}", "about_kind": "duty", "about_id": row["id"], "refused": False, "detail": detail}
    town.rows[AuditEntry].append({**same, **about, "id": new_id(), "role": by.role if by else "system"})


def _attachment(town: Town, row: dict[str, Any], title: str, by: Member, at: datetime) -> None:
    town.rows[Attachment].append(
        {
            "tenant_id": row["tenant_id"],
            "id": new_id(),
            "owner_kind": "duty",
            "owner_id": row["id"],
            "enterprise_id": row["enterprise_id"],
            "media_type": "text/plain",
            "name": f"{title}.txt",
            "added_by": by.id,
            "added_by_name": by.name,
            "created_at": at - timedelta(minutes=5),
        }
    )


async def _keep_papers(work: Work, files: FileStore, town: Town) -> None:
    """One sample text for each kind of paper, however many enterprises show it."""
    for title in town.papers:
        kept = inspect(f"{title}（演示）\n\n这是演示用的样本，不是真实材料。\n".encode(), f"{title}.txt")
        town.papers[title] = await files.put(work.tenant_id, kept.data), len(kept.data)
    for row in town.rows[Attachment]:
        row["sha256"], row["bytes"] = town.papers[row["name"].removesuffix(".txt")]
