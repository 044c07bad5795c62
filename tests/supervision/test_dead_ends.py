"""No page leads its reader to a door that is shut."""

import re
from collections import deque
from datetime import date

import pytest

from services.kernel import clock
from services.kernel.database import Scope
from services.kernel.settings import Settings
from services.supervision import assignments
from services.supervision.registry import EnterpriseFilter
from services.tenancy.roles import PLATFORM_ROLES, Role
from services.tenancy.signing_in.person import Person
from tests.conftest import OneConnection
from tests.factories import Town, an_administrator, an_overseer
from tests.supervision.plans.desk import a_draft, a_published_plan, at_work, nodes_of, town_of
from tests.web import Browser, browser, running

pytestmark = pytest.mark.anyio

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d{4}(?=/|$)")
LINK = re.compile(r'<a [^>]*href="(/[^"#]*)"')
MOST = 120
"""Kinds of pages that one role can walk to; more means that addresses are told apart by something else than ids."""


async def busy_town(sessions: OneConnection) -> Town:
    """A town with a published plan, a draft, and work given to a department and to every enterprise."""
    town = await town_of(sessions)
    year = clock.legal_day(clock.now()).year
    plan_id = await a_published_plan(sessions, town, year=year)
    await a_draft(sessions, town, year=year + 1)
    tasks = [node.id for node in await nodes_of(sessions, town, plan_id) if node.kind == "task"]
    order = assignments.Order(
        title="示例任务",
        due_on=date(year, 12, 31),
        department_ids=(town.departments["sector"],),
        enterprises=EnterpriseFilter(),
    )
    async with at_work(sessions, town[Role.TOWN_OFFICE]) as work:
        await assignments.assign(work, tasks[0], order)
    return town


async def somebody(sessions: OneConnection, town: Town, role: Role) -> Person:
    """A person of that role who has something to see."""
    if role in town.people:
        return town[role]
    async with sessions.session(None, Scope()) as session:
        if role in PLATFORM_ROLES:
            person = await an_administrator(session, role)
        else:
            person = await an_overseer(session, town.district_id, (town.id,))
        await session.commit()
    return person


async def closed_doors(walker: Browser) -> list[str]:
    """Every link that answers with less than a page, with the page that shows it; one address of each kind is opened."""
    waiting, seen, shut = deque([("/", "/")]), {"/"}, []
    while waiting:
        path, shown_on = waiting.popleft()
        answer = await walker.get(path)
        if answer.status_code >= 400:
            shut.append(f"{answer.status_code} {path} ({shown_on})")
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        for link in LINK.findall(answer.text):
            kind = ID.sub("ID", link.split("?")[0])
            if kind not in seen:
                seen.add(kind)
                waiting.append((link.replace("&amp;", "&"), path))
        assert len(seen) < MOST
    return shut


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.PUBLIC, Role.CLIENT}])
async def test_every_link_that_a_role_is_shown_opens(settings: Settings, sessions: OneConnection, role: Role) -> None:
    """From the first page on, through every kind of page there is."""
    town = await busy_town(sessions)
    async with running(settings, sessions) as app, browser(app, await somebody(sessions, town, role)) as walker:
        assert await closed_doors(walker) == []
