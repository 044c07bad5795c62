"""Lists of the API are walked by a cursor: every row comes once, whatever is added on the way."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from litestar import Litestar

from services.app import create_app
from services.kernel import clock
from services.kernel.database import Scope
from services.kernel.settings import Settings
from services.notifications.messages.models import Message
from services.tenancy.roles import Role
from services.tenancy.signing_in.events import note
from services.tenancy.signing_in.person import Person
from tests.architecture.test_rights import handlers
from tests.conftest import OneConnection
from tests.factories import Town, a_person, a_town, an_administrator, an_enterprise
from tests.web import Browser, browser, running

pytestmark = pytest.mark.anyio


@pytest.fixture
async def app(settings: Settings, sessions: OneConnection) -> AsyncIterator[Litestar]:
    """The application, started."""
    async with running(settings, sessions) as app:
        yield app


def test_no_list_of_the_api_is_walked_by_page_numbers(tmp_path: Path) -> None:
    """A page number skips a row when another is taken away before it, and shows one twice when one is added."""
    reads = [
        (path, handler.parsed_fn_signature.parameters.keys())
        for method, path, handler in handlers(create_app(Settings(home=tmp_path, role_secret="x")))
        if method == "GET" and path.startswith("/api/v1")
    ]
    assert [path for path, names in reads if {"page", "size", "offset"} & names] == []
    assert [path for path, names in reads if ("cursor" in names) != ("limit" in names)] == []
    assert sum("cursor" in names for _, names in reads) >= 6


async def walked(page: Browser, path: str, key: str, between: object = None) -> list[str]:
    """Every id of a list read in stretches of two; `between` is done after the first."""
    found, cursor, more = list[str](), "", "&" if "?" in path else "?"
    for _ in range(30):
        answer = await page.get(f"{path}{more}limit=2{cursor}")
        assert answer.status_code == 200, answer.text
        told = answer.json()
        found += [row["id"] for row in told[key]]
        if told["next_cursor"] is None:
            return found
        assert len(told[key]) == 2
        cursor = f"&cursor={told['next_cursor']}"
        if between is not None:
            await between()  # type: ignore[operator]
            between = None
    raise AssertionError("the list has no end")


async def something_new(sessions: OneConnection, town: Town, office: Person) -> None:
    """One more person, account, enterprise, event and message."""
    async with sessions.session(None, Scope()) as session:
        person = await a_person(session, town, Role.SECTOR_DEPARTMENT, name=f"示例{clock.new_id().hex[-8:]}")
        await an_enterprise(session, town, name=f"示例{clock.new_id().hex[-8:]}厂")
        note(session, "refused", at=clock.now(), login=person.person, user_id=person.user_id)
        session.add(
            Message(
                tenant_id=town.id,
                member_id=office.member_id,
                event=f"test:{clock.new_id()}",
                channel="in_app",
                subject="示例",
                body="示例",
                link="/",
                state="sent",
                created_at=clock.now(),
            )
        )
        await session.commit()


async def test_every_row_comes_once_though_others_are_added_on_the_way(app: Litestar, sessions: OneConnection) -> None:
    """What was there at the beginning is told exactly once; lists that begin with the newest never go back to it."""
    async with sessions.session(None, Scope()) as session:
        town = await a_town(session)
        for role in (Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR):
            town.people[role] = await an_administrator(session, role)
        await session.commit()
    office = town[Role.TOWN_OFFICE]
    for _ in range(4):
        await something_new(sessions, town, office)
    for role, path, key in (
        (Role.TOWN_OFFICE, "/api/v1/members", "items"),
        (Role.TOWN_OFFICE, "/api/v1/enterprises", "items"),
        (Role.TOWN_OFFICE, "/api/v1/messages", "messages"),
        (Role.SECURITY_ADMINISTRATOR, "/api/v1/accounts", "items"),
        (Role.AUDIT_ADMINISTRATOR, "/api/v1/audit/sign-ins", "items"),
    ):
        async with browser(app, town[role]) as page:
            before = await walked(page, path, key)
            during = await walked(page, path, key, lambda: something_new(sessions, town, office))
            after = await walked(page, path, key)
        assert len(before) == len(set(before)) >= 4, path
        assert len(during) == len(set(during)), path
        assert set(before) <= set(during) <= set(after), path
        assert len(after) == len(before) + 1, path
