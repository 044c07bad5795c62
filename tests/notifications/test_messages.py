"""People are told once, in the words of their office, and it is kept whether they have read it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from string import Formatter
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from services.kernel.bench import system
from services.kernel.database import Scope
from services.kernel.outbox import Outbox
from services.kernel.refusals import NotFound
from services.kernel.settings import Settings
from services.kernel.work import Work, open_work
from services.notifications import messages, recipients
from services.notifications.channels.chosen import use
from services.notifications.messages.actions import daytime
from services.notifications.messages.models import Message
from services.notifications.templates import words
from services.notifications.templates.sentences import sentences
from services.supervision.assignments.models import EVENTS
from services.tenancy.members.models import Member
from services.tenancy.roles import Role
from tests.conftest import OneConnection
from tests.factories import Town, a_person, a_town

pytestmark = pytest.mark.anyio

NEWS: dict[str, Any] = {"event": "assigned:1", "subject": "新任务", "body": "请先签收。", "link": "/assignments/1"}


@pytest.fixture
async def town(sessions: OneConnection) -> Town:
    """A town with one person per role."""
    async with sessions.session(None, Scope()) as session:
        town = await a_town(session)
        await session.commit()
    return town


@pytest.fixture
def mail(settings: Settings) -> Any:
    """A mail server is set, for this test only."""
    from dataclasses import replace

    use(replace(settings, smtp_url="smtp://mail.example:25?from=town@example.cn"))
    yield
    use(settings)


@asynccontextmanager
async def at_work(sessions: OneConnection, town: Town) -> AsyncIterator[Work]:
    """The system at work for a town."""
    async with open_work(sessions, system(town.id), frozenset({"message:post"})) as work:
        yield work


@asynccontextmanager
async def as_member(sessions: OneConnection, town: Town, role: Role) -> AsyncIterator[Work]:
    """A person of the town at work."""
    person = town[role]
    async with open_work(sessions, person, person.rights) as work:
        yield work


def member(town: Town, role: Role) -> UUID:
    """The member id of the town's person in a role."""
    found = town[role].member_id
    assert found
    return found


async def test_one_event_tells_each_person_once(sessions: OneConnection, town: Town) -> None:
    """A job that runs twice tells nobody twice, and tells who was missing the first time."""
    office, leader = member(town, Role.TOWN_OFFICE), member(town, Role.TOWN_LEADER)
    for to in ([office], [office], [office, leader]):
        async with at_work(sessions, town) as work:
            await messages.post(work, to=to, **NEWS)
    async with at_work(sessions, town) as work:
        told = await work.all(select(Message.member_id).order_by(Message.created_at))
    assert sorted(told) == sorted([office, leader])


async def test_nobody_is_told_where_nobody_is(sessions: OneConnection, town: Town) -> None:
    """Nobody to tell, or somebody who has left, leaves no message and no mail."""
    async with sessions.session(None, Scope()) as session:
        await session.execute(update(Member).where(Member.id == member(town, Role.TOWN_LEADER)).values(state="left"))
        await session.commit()
    async with at_work(sessions, town) as work:
        await messages.post(work, to=[], **NEWS)
        await messages.post(work, to=[member(town, Role.TOWN_LEADER)], **NEWS)
        assert await work.count(select(Message)) == 0


@pytest.mark.parametrize("link", ["https://elsewhere.example/", "//elsewhere.example/", "assignments/1", ""])
async def test_a_message_leads_nowhere_else(sessions: OneConnection, town: Town, link: str) -> None:
    """A link out of this system is a fault of ours, not something to send."""
    async with at_work(sessions, town) as work:
        with pytest.raises(ValueError, match="links to a page"):
            await messages.post(work, to=[member(town, Role.TOWN_OFFICE)], **NEWS | {"link": link})


async def test_reading_leaves_a_receipt_that_the_sender_sees(sessions: OneConnection, town: Town) -> None:
    """Unread goes down by one, the first time of reading is kept, and the sender sees who has read it."""
    office, department = member(town, Role.TOWN_OFFICE), member(town, Role.SECTOR_DEPARTMENT)
    async with at_work(sessions, town) as work:
        await messages.post(work, to=[department, office], by=office, **NEWS)
    async with as_member(sessions, town, Role.SECTOR_DEPARTMENT) as work:
        assert await messages.unread(work) == 1
        (message,), total = await messages.inbox(work, messages.Asked(only="unread"))
        first = (await messages.read(work, message.id)).read_at
        assert (total, await messages.unread(work)) == (1, 0)
    async with as_member(sessions, town, Role.SECTOR_DEPARTMENT) as work:
        assert (await messages.read(work, message.id)).read_at == first
    async with as_member(sessions, town, Role.TOWN_OFFICE) as work:
        ((event,), count) = await messages.sent(work, messages.Asked())
        told = await messages.receipts(work, event.event)
        assert (count, event.people, event.read) == (1, 2, 1)
        assert [(row.member, row.read_at is not None) for row in told] == [
            (town[Role.TOWN_OFFICE].person, False),
            (town[Role.SECTOR_DEPARTMENT].person, True),
        ]


async def test_nobody_reads_for_another(sessions: OneConnection, town: Town) -> None:
    """A colleague's message cannot be opened by its id, nor is it in the list or the count."""
    async with at_work(sessions, town) as work:
        await messages.post(work, to=[member(town, Role.TOWN_LEADER)], **NEWS)
        message = await work.one(select(Message))
    async with as_member(sessions, town, Role.TOWN_OFFICE) as work:
        assert (await messages.unread(work), await messages.inbox(work, messages.Asked())) == (0, ([], 0))
        assert await messages.read_all(work) == 0
        with pytest.raises(NotFound):
            await messages.read(work, message.id)


async def test_everything_is_read_at_once(sessions: OneConnection, town: Town) -> None:
    """One press reads all of one's messages, and only one's own."""
    both = [member(town, Role.TOWN_OFFICE), member(town, Role.TOWN_LEADER)]
    async with at_work(sessions, town) as work:
        for number in range(3):
            await messages.post(work, to=both, **NEWS | {"event": f"assigned:{number}"})
    async with as_member(sessions, town, Role.TOWN_OFFICE) as work:
        assert (await messages.read_all(work), await messages.unread(work)) == (3, 0)
    async with as_member(sessions, town, Role.TOWN_LEADER) as work:
        assert await messages.unread(work) == 3


async def test_an_enterprise_sees_its_own_messages_only(sessions: OneConnection, town: Town) -> None:
    """Row security keeps the other enterprise's messages away even from a query that forgets to ask."""
    async with sessions.session(None, Scope()) as session:
        other = await a_person(session, town, Role.SAFETY_OFFICER, name="乙厂安全员", enterprise_id=town.enterprises[1])
        await session.commit()
    async with at_work(sessions, town) as work:
        await messages.post(work, to=[member(town, Role.SAFETY_OFFICER)], **NEWS)
        await messages.post(work, to=[other.member_id or UUID(int=0)], **NEWS)
    async with open_work(sessions, other, other.rights) as work:
        assert [row.member_id for row in await work.all(select(Message))] == [other.member_id]


async def test_mail_is_written_only_where_it_can_go(sessions: OneConnection, town: Town, mail: None) -> None:
    """With a mail server, those who have an address get a letter besides; its job stands in the outbox."""
    office, leader = member(town, Role.TOWN_OFFICE), member(town, Role.TOWN_LEADER)
    async with sessions.session(None, Scope()) as session:
        await session.execute(update(Member).where(Member.id == office).values(email="office@example.cn"))
        await session.commit()
    async with at_work(sessions, town) as work:
        await messages.post(work, to=[office, leader], **NEWS)
        letters = await work.all(select(Message).where(Message.channel == "email"))
        jobs = await work.all(select(Outbox))
    assert [(row.member_id, row.state) for row in letters] == [(office, "pending")]
    assert [(row.job, row.args) for row in jobs] == [("notifications.messages.jobs:send_email", [str(letters[0].id)])]


async def test_without_a_mail_server_nothing_waits(sessions: OneConnection, town: Town) -> None:
    """An address alone makes no letter."""
    async with sessions.session(None, Scope()) as session:
        await session.execute(update(Member).values(email="office@example.cn"))
        await session.commit()
    async with at_work(sessions, town) as work:
        await messages.post(work, to=[member(town, Role.TOWN_OFFICE)], **NEWS)
        assert await work.all(select(Message.channel)) == ["in_app"]


@pytest.mark.parametrize(
    ("now", "rings"),
    [
        ("2026-03-02T13:59:59+00:00", "2026-03-02T13:59:59+00:00"),
        ("2026-03-02T14:00:00+00:00", "2026-03-02T23:00:00+00:00"),
        ("2026-03-02T22:59:59+00:00", "2026-03-02T23:00:00+00:00"),
        ("2026-03-02T23:00:00+00:00", "2026-03-02T23:00:00+00:00"),
    ],
)
async def test_no_mail_at_night(now: str, rings: str) -> None:
    """Between 22:00 and 7:00 in Shanghai mail waits for the morning."""
    assert daytime(datetime.fromisoformat(now)) == datetime.fromisoformat(rings).astimezone(UTC)


async def test_the_right_people_are_found(sessions: OneConnection, town: Town) -> None:
    """Departments, enterprises, leaders and the office; without a named head the whole department hears."""
    async with at_work(sessions, town) as work:
        department = [member(town, Role.SECTOR_DEPARTMENT)]
        assert await recipients.members_of_department(work, town.departments["sector"]) == department
        assert await recipients.heads_of_department(work, town.departments["sector"]) == department
        assert await recipients.leaders(work) == [member(town, Role.TOWN_LEADER)]
        assert await recipients.office(work) == [member(town, Role.TOWN_OFFICE)]
        owners = await recipients.members_of_enterprise(work, town.enterprises[0])
        assert set(owners) == {member(town, Role.SAFETY_OFFICER), member(town, Role.LEGAL_REPRESENTATIVE)}
    async with sessions.session(None, Scope()) as session:
        head = await a_person(session, town, Role.SECTOR_DEPARTMENT, name="示例科长")
        await session.execute(update(Member).where(Member.id == head.member_id).values(is_head=True))
        await session.commit()
    async with at_work(sessions, town) as work:
        assert await recipients.heads_of_department(work, town.departments["sector"]) == [head.member_id]


def test_every_event_of_an_assignment_has_its_sentence() -> None:
    """No event is told without words, except progress, which is read on the task itself."""
    told = {event.removeprefix("assignment:") for event in sentences() if event.startswith("assignment:")}
    assert told == set(EVENTS) - {"progressed"} | {"due"}


@pytest.mark.parametrize("event", sorted(sentences()))
def test_sentences_leave_no_gap(event: str) -> None:
    """Each sentence can be filled with its facts, ends as a sentence does, and its subject fits one line."""
    template = sentences()[event]
    names = {name for line in (template.subject, template.body) for _, name, _, _ in Formatter().parse(line) if name}
    said = words(event, **dict.fromkeys(names, "某事。"))
    assert "{" not in said.subject + said.body
    assert said.body.endswith("。")
    assert len(said.subject) < 40
    with pytest.raises(KeyError):
        words(event)
