"""The pages on which people read what they were told, and on which operators look after the queues and the seals."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from services.kernel import clock
from services.kernel.bench import system
from services.kernel.database import Scope
from services.kernel.outbox import Outbox
from services.kernel.settings import Settings
from services.kernel.trail import AuditEntry, AuditRoot, SealState
from services.kernel.work import open_work
from services.notifications import messages
from services.notifications.messages.models import Message
from services.tenancy.roles import Role
from services.tenancy.signing_in.person import Person
from tests.conftest import OneConnection
from tests.factories import Town, a_town, an_administrator, an_overseer
from tests.web import browser, running, words_of

pytestmark = pytest.mark.anyio


@pytest.fixture
async def town(sessions: OneConnection) -> Town:
    """A town with one person per role."""
    async with sessions.session(None, Scope()) as session:
        town = await a_town(session)
        await session.commit()
    return town


async def tell(sessions: OneConnection, tenant: UUID, *people: Person, number: int = 1, by: UUID | None = None) -> None:
    """The system tells people of something."""
    async with open_work(sessions, system(tenant), frozenset()) as work:
        await messages.post(
            work,
            to=[person.member_id for person in people if person.member_id],
            event=f"assigned:{number}",
            subject=f"新任务：第{number}项<b>",
            body="请先签收。",
            link=f"/assignments/{number}",
            by=by,
        )


async def administrator(sessions: OneConnection, role: Role) -> Person:
    """One of the three administrators."""
    async with sessions.session(None, Scope()) as session:
        person = await an_administrator(session, role)
        await session.commit()
    return person


async def test_the_bell_counts_and_opening_leaves_the_receipt(
    settings: Settings, sessions: OneConnection, town: Town
) -> None:
    """The frame of any page shows the count; pressing a message leads to its matter and lowers it."""
    office = town[Role.TOWN_OFFICE]
    await tell(sessions, town.id, office, number=1)
    await tell(sessions, town.id, office, number=2)
    async with running(settings, sessions) as app, browser(app, office) as tab:
        assert "消息，2 条未读" in (await tab.get("/")).text
        inbox = await tab.get("/messages")
        assert "第2项&lt;b&gt;" in inbox.text
        async with open_work(sessions, office, office.rights) as work:
            ((newest, _), _) = await messages.inbox(work, messages.Asked())
        answer = await tab.post(f"/messages/{newest.id}/open")
        assert (answer.status_code, answer.headers["location"]) == (303, "/assignments/2")
        assert "消息，1 条未读" in (await tab.get("/messages?only=unread")).text
        back = await tab.post(f"/messages/{newest.id}/read", {"here": "https://elsewhere.example/"})
        assert back.headers["location"] == "/messages"
        await tab.post("/messages/read-all")
        assert "没有未读消息" in words_of(await tab.get("/messages?words=100%25_&page=0"))


async def test_a_colleague_cannot_open_my_message(settings: Settings, sessions: OneConnection, town: Town) -> None:
    """Another member of the same town gets the answer of a message that does not exist."""
    await tell(sessions, town.id, town[Role.TOWN_LEADER])
    async with open_work(sessions, system(town.id), frozenset()) as work:
        message = await work.one(select(Message))
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as tab:
        assert (await tab.post(f"/messages/{message.id}/open")).status_code == 404


async def test_only_the_sender_sees_who_has_read(settings: Settings, sessions: OneConnection, town: Town) -> None:
    """The office that sent sees names and times; the receiver, an enterprise and the neighbour office do not."""
    office, department = town[Role.TOWN_OFFICE], town[Role.SECTOR_DEPARTMENT]
    await tell(sessions, town.id, department, by=office.member_id)
    async with running(settings, sessions) as app:
        async with browser(app, office) as tab:
            assert "0 /1" in words_of(await tab.get("/messages/sent"))
            assert department.person in words_of(await tab.get("/messages/receipts?event=assigned:1"))
        for other in (department, town[Role.SAFETY_OFFICER]):
            async with browser(app, other) as tab:
                assert (await tab.get("/messages/receipts?event=assigned:1")).status_code == 404
        async with browser(app, town[Role.SAFETY_OFFICER]) as tab:
            assert (await tab.get("/messages/sent")).status_code == 404
            assert "我发出的" not in (await tab.get("/messages")).text


async def test_the_district_reads_its_own_messages(settings: Settings, sessions: OneConnection, town: Town) -> None:
    """An overseer's messages lie under the district, and its pages count them although they read the towns."""
    async with sessions.session(None, Scope()) as session:
        overseer = await an_overseer(session, town.district_id, (town.id,))
        await session.commit()
    await tell(sessions, town.district_id, overseer)
    await tell(sessions, town.id, town[Role.TOWN_OFFICE], number=7)
    async with running(settings, sessions) as app, browser(app, overseer) as tab:
        page = await tab.get("/messages")
        assert "第1项" in page.text
        assert "第7项" not in page.text
        assert "消息，1 条未读" in (await tab.get("/")).text


async def test_programs_read_messages_too(settings: Settings, sessions: OneConnection, town: Town) -> None:
    """The JSON API lists, counts and marks; a strange number is refused in Chinese, not failed upon."""
    office = town[Role.TOWN_OFFICE]
    await tell(sessions, town.id, office)
    async with running(settings, sessions) as app, browser(app, office) as tab:
        listed = (await tab.send("GET", "/api/v1/messages?unread=true")).json()
        assert (listed["total"], listed["unread"], listed["messages"][0]["link"]) == (1, 1, "/assignments/1")
        read = await tab.send("POST", f"/api/v1/messages/{listed['messages'][0]['id']}/read")
        assert read.json()["read_at"]
        assert (await tab.send("GET", "/api/v1/messages/unread")).json() == {"count": 0}
        assert (await tab.send("POST", "/api/v1/messages/read-all")).json() == {"count": 0}
        assert (await tab.send("GET", "/api/v1/messages?limit=0")).status_code in {400, 422}


async def dead_row(sessions: OneConnection, tenant: UUID) -> UUID:
    """A row that was tried too often, with a secret in its arguments."""
    row = clock.new_id()
    async with sessions.session(None, Scope()) as session:
        session.add(
            Outbox(
                tenant_id=tenant,
                id=row,
                job="supervision.x:y",
                args=["秘密"],
                queue="messages",
                due_at=clock.now(),
                attempts=8,
                state="dead",
                error="ValueError at x.py:1",
            )
        )
        await session.commit()
    return row


async def test_the_operator_sees_ids_and_tries_again(settings: Settings, sessions: OneConnection, town: Town) -> None:
    """Dead letters are shown by their ids, nothing of their content; a retry is recorded and gives all attempts anew."""
    operator = await administrator(sessions, Role.PLATFORM_OPERATOR)
    row = await dead_row(sessions, town.id)
    async with running(settings, sessions) as app, browser(app, operator) as tab:
        page = await tab.get("/queues")
        assert str(row) in page.text
        assert town.name in page.text
        assert "秘密" not in page.text
        assert "通知延迟" in page.text
        answer = await tab.post(f"/queues/{town.id}/{row}/retry")
        assert (answer.status_code, answer.headers["location"]) == (303, "/queues?done=retried")
        assert (await tab.post(f"/queues/{town.id}/{row}/retry")).status_code == 404
    async with sessions.session(None, Scope()) as session:
        outbox = await session.get(Outbox, (town.id, row))
        assert outbox
        assert (outbox.state, outbox.attempts, outbox.lease) == ("pending", 0, None)
        entry = (await session.scalars(select(AuditEntry).where(AuditEntry.act == "outbox:retry_ordered"))).one()
        assert (entry.person, entry.detail) == (operator.person, {"tenant": str(town.id)})


@pytest.mark.parametrize("role", [Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR])
async def test_no_other_administrator_sees_queues(settings: Settings, sessions: OneConnection, role: Role) -> None:
    """Queues are the platform operator's alone."""
    person = await administrator(sessions, role)
    async with running(settings, sessions) as app, browser(app, person) as tab:
        assert (await tab.get("/queues")).status_code == 403


async def test_the_auditor_sees_seals_and_alarms(settings: Settings, sessions: OneConnection, town: Town) -> None:
    """A place that nobody has looked at for more than a minute is red and first; roots stand there to be copied."""
    auditor = await administrator(sessions, Role.AUDIT_ADMINISTRATOR)
    async with sessions.session(None, Scope()) as session:
        now = clock.now()
        seal = SealState(
            tenant_id=town.id, seq=41, digest=bytes(32), sealed_at=now, unsealed_since=None, checked_at=now
        )
        session.add(seal)
        session.add(
            AuditRoot(
                day=clock.legal_day(now) - timedelta(days=1),
                root=bytes([7]) * 32,
                previous=bytes(32),
                heads=[],
                made_at=now,
            )
        )
        await session.commit()
    async with running(settings, sessions) as app, browser(app, auditor) as tab:
        page = words_of(await tab.get("/audit"))
        assert "全部封存" in page
        assert "07" * 32 in page
        async with sessions.session(None, Scope()) as session:
            await session.execute(text("UPDATE seal_state SET checked_at = checked_at - interval '3 minutes'"))
            await session.commit()
        assert "已 3 分钟没有核对" in words_of(await tab.get("/audit"))


async def test_no_town_sees_the_auditors_page(settings: Settings, sessions: OneConnection, town: Town) -> None:
    """Seals are the audit administrator's."""
    async with running(replace(settings, demo=True), sessions) as app, browser(app, town[Role.TOWN_LEADER]) as tab:
        assert (await tab.get("/audit")).status_code == 403


async def test_readiness_tells_of_late_messages_and_seals(
    settings: Settings, sessions: OneConnection, town: Town
) -> None:
    """Late messages and overdue seals are said, and are no reason to take the town off the net."""
    async with running(settings, sessions) as app, browser(app) as operator:
        told = (await operator.get("/ready")).json()
        assert (told["status"], told["messages"]) == ("ready", "通知延迟：未设置消息队列")
        assert told["trail"] == "2 个单位的审计记录超过一分钟没有封存", "nobody ever sealed the town and its district"
        async with sessions.session(None, Scope()) as session:
            now = clock.now()
            session.add_all(
                SealState(tenant_id=place, seq=1, digest=bytes(32), sealed_at=now, checked_at=now)
                for place in (town.id, town.district_id)
            )
            await session.commit()
        assert (await operator.get("/ready")).json()["trail"] == "ok"
        async with sessions.session(None, Scope()) as session:
            late = update(SealState).where(SealState.tenant_id == town.id)
            await session.execute(late.values(checked_at=now - timedelta(minutes=2)))
            await session.commit()
        answer = await operator.get("/ready")
        assert (answer.status_code, answer.json()["trail"]) == (200, "1 个单位的审计记录超过一分钟没有封存")
