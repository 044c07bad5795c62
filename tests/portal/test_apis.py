"""What administrators read for programs: queues by ids, seals by figures, and what happened at the door."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from services.kernel import clock
from services.kernel.database import Scope
from services.kernel.outbox import Outbox
from services.kernel.settings import Settings
from services.kernel.trail import AuditEntry, AuditRoot, SealState
from services.tenancy.roles import Role
from services.tenancy.signing_in.events import note
from services.tenancy.signing_in.person import Person
from tests.conftest import OneConnection
from tests.factories import Town, a_town, an_administrator
from tests.web import browser, running

pytestmark = pytest.mark.anyio
QUEUES, AUDIT = "/api/v1/queues", "/api/v1/audit"


@pytest.fixture
async def town(sessions: OneConnection) -> Town:
    """A town with one person per role."""
    async with sessions.session(None, Scope()) as session:
        town = await a_town(session)
        await session.commit()
    return town


async def administrator(sessions: OneConnection, role: Role) -> Person:
    """One of the three administrators."""
    async with sessions.session(None, Scope()) as session:
        person = await an_administrator(session, role)
        await session.commit()
    return person


async def dead_row(sessions: OneConnection, tenant: UUID) -> UUID:
    """A row that was tried too often, with a secret in its arguments."""
    row = clock.new_id()
    facts = {"job": "x:y", "args": ["秘密"], "queue": "messages", "attempts": 8, "state": "dead", "error": "秘密"}
    async with sessions.session(None, Scope()) as session:
        session.add(Outbox(tenant_id=tenant, id=row, due_at=clock.now(), **facts))
        await session.commit()
    return row


async def test_the_operator_reads_queues_by_ids_and_tries_again(
    settings: Settings, sessions: OneConnection, town: Town
) -> None:
    """A retry gives all attempts anew and is recorded; a second one, or one under another town, finds nothing."""
    operator, row = await administrator(sessions, Role.PLATFORM_OPERATOR), await dead_row(sessions, town.id)
    async with running(settings, sessions) as app, browser(app, operator) as tab:
        stand = (await tab.send("GET", QUEUES)).json()
        assert stand["delayed"] == "未设置消息队列"
        assert [(one["queue"], one["dead"], one["waiting"]) for one in stand["queues"]] == [("messages", 1, 0)]
        dead = await tab.send("GET", f"{QUEUES}/dead")
        assert [(one["tenant_id"], one["id"], one["attempts"]) for one in dead.json()] == [(str(town.id), str(row), 8)]
        assert "秘密" not in dead.text
        missed = await tab.send("POST", f"{QUEUES}/{town.district_id}/{row}/retry")
        assert (missed.status_code, missed.headers["content-type"]) == (404, "application/problem+json")
        assert (await tab.send("POST", f"{QUEUES}/{town.id}/{row}/retry")).status_code == 204
        assert (await tab.send("POST", f"{QUEUES}/{town.id}/{row}/retry")).status_code == 404
        assert (await tab.send("GET", f"{QUEUES}/dead")).json() == []
    async with sessions.session(None, Scope()) as session:
        entry = (await session.scalars(select(AuditEntry).where(AuditEntry.act == "outbox:retry_ordered"))).one()
        assert (entry.person, entry.about_id) == (operator.person, row)


async def test_the_auditor_reads_seals_and_roots(settings: Settings, sessions: OneConnection, town: Town) -> None:
    """A chain unchecked for three minutes is red, and so is a place that has stood for months without a seal."""
    auditor = await administrator(sessions, Role.AUDIT_ADMINISTRATOR)
    async with sessions.session(None, Scope()) as session:
        then = clock.now() - timedelta(minutes=3)
        session.add(
            SealState(tenant_id=town.id, seq=41, digest=bytes(32), sealed_at=then, unsealed_since=None, checked_at=then)
        )
        day = clock.legal_day(then) - timedelta(days=1)
        session.add(AuditRoot(day=day, root=bytes([7]) * 32, previous=bytes(32), heads=[], made_at=then))
        await session.commit()
    async with running(settings, sessions) as app, browser(app, auditor) as tab:
        found = (await tab.send("GET", f"{AUDIT}/seals")).json()
        (first,) = [one for one in found if one["tenant_id"] == str(town.id)]
        others = [one for one in found if one is not first]
        assert (first["sealed"], first["light"]) == (41, "red")
        assert first["words"] == "已 3 分钟没有核对"
        assert {(one["sealed"], one["light"]) for one in others} == {(0, "red")}
        (root,) = (await tab.send("GET", f"{AUDIT}/roots")).json()
        assert (root["day"], root["root"], root["chains"]) == (str(day), "07" * 32, 0)


async def test_the_auditor_reads_what_happened_at_the_door(
    settings: Settings, sessions: OneConnection, town: Town
) -> None:
    """Filtered by outcome and day; an outcome that there is not is refused beside its field."""
    auditor, officer = await administrator(sessions, Role.AUDIT_ADMINISTRATOR), town[Role.SAFETY_OFFICER]
    async with sessions.session(None, Scope()) as session:
        for outcome in ("refused", "signed_in"):
            note(session, outcome, at=clock.now(), login=officer.person, user_id=officer.user_id, address="192.0.2.1")
        await session.commit()
    async with running(settings, sessions) as app, browser(app, auditor) as tab:
        here = f"{AUDIT}/sign-ins"
        found = (await tab.send("GET", here)).json()
        assert (found["total"], {one["outcome"] for one in found["items"]}) == (2, {"refused", "signed_in"})
        (one,) = (await tab.send("GET", f"{here}?outcome=refused")).json()["items"]
        assert (one["login"], one["outcome_label"], one["by"]) == (officer.person, "账号或密码不对", None)
        assert (await tab.send("GET", here, params={"login": f" {officer.person} "})).json()["total"] == 2
        assert (await tab.send("GET", f"{here}?until=2020-01-01")).json() == {
            "total": 0,
            "items": [],
            "next_cursor": None,
        }
        first = (await tab.send("GET", f"{here}?limit=1")).json()
        second = (await tab.send("GET", f"{here}?limit=1&cursor={first['next_cursor']}")).json()
        assert [first["items"][0], second["items"][0]] == found["items"]
        assert (second["total"], second["next_cursor"]) == (2, None)
        wrong = await tab.send("GET", f"{here}?outcome=happy")
        assert (wrong.status_code, set(wrong.json()["errors"])) == (422, {"outcome"})
        for bad in ("limit=0", "since=yesterday", f"login={'x' * 65}", "login=%00"):
            assert (await tab.send("GET", f"{here}?{bad}")).status_code == 400


@pytest.mark.parametrize(
    ("role", "paths"),
    [
        (Role.PLATFORM_OPERATOR, (f"{AUDIT}/seals", f"{AUDIT}/roots", f"{AUDIT}/sign-ins")),
        (Role.AUDIT_ADMINISTRATOR, (QUEUES, f"{QUEUES}/dead")),
        (Role.SECURITY_ADMINISTRATOR, (QUEUES, f"{AUDIT}/seals", f"{AUDIT}/sign-ins")),
    ],
)
async def test_each_administrator_reads_their_own_alone(
    settings: Settings, sessions: OneConnection, town: Town, role: Role, paths: tuple[str, ...]
) -> None:
    """What belongs to another of the three is refused; so is all of it to a town."""
    person = await administrator(sessions, role)
    async with running(settings, sessions) as app:
        for somebody in (person, town[Role.TOWN_OFFICE]):
            async with browser(app, somebody) as tab:
                for path in paths:
                    assert (await tab.send("GET", path)).status_code == 403
                retry = f"{QUEUES}/{town.id}/{clock.new_id()}/retry"
                expected = 404 if role is Role.PLATFORM_OPERATOR and somebody is person else 403
                assert (await tab.send("POST", retry)).status_code == expected
