"""Forgotten passwords: the office hears of people whom it knows, and nobody at the door learns whether there is an account."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import select

from services.kernel.outbox import Outbox
from services.kernel.settings import Settings
from services.tenancy.forgotten import PasswordRequest
from services.tenancy.roles import Role
from tests.conftest import OneConnection
from tests.factories import Town
from tests.tenancy.doors import sign_in, town_of
from tests.tenancy.test_invitations import CODE, OWN, invited, rows
from tests.web import browser, running, words_of

pytestmark = pytest.mark.anyio


@pytest.fixture
async def town(sessions: OneConnection) -> Town:
    """A town at the door."""
    return await town_of(sessions)


@pytest.fixture
async def app(settings: Settings, sessions: OneConnection) -> AsyncIterator[Litestar]:
    """The application."""
    async with running(settings, sessions) as app:
        yield app


async def asked(app: Litestar, login: str, note: str = "下午可接电话") -> tuple[int, str]:
    """Somebody asks at the door; status and page, without what differs for every visitor."""
    async with browser(app) as door:
        answer = await door.post("/forgotten", {"login": login, "note": note})
        return answer.status_code, answer.text.replace(door.client.cookies["anzhen_csrf"], "").replace(login, "")


async def test_nobody_learns_whether_there_is_an_account(app: Litestar, town: Town, sessions: OneConnection) -> None:
    """The same status and page for an account and for none; and the fourth wish in a row has to wait for both alike."""
    known, unknown = town[Role.SAFETY_OFFICER].person, "nobody.here"
    for _ in range(3):
        assert await asked(app, known) == await asked(app, unknown)
    assert (await asked(app, known))[0] == (await asked(app, unknown))[0] == 429
    (request,) = await rows(sessions, select(PasswordRequest))
    assert request.member_id == town[Role.SAFETY_OFFICER].member_id


async def test_the_office_makes_sure_and_hands_over_a_new_code(
    app: Litestar, town: Town, sessions: OneConnection
) -> None:
    """A card on its first page, a message, the person and their words; the new code opens the account, and the card goes."""
    officer = town[Role.SAFETY_OFFICER]
    await asked(app, officer.person)
    jobs: list[Any] = await rows(sessions, select(Outbox.job).where(Outbox.tenant_id == town.id))
    assert jobs == ["notifications.doors:password_forgotten"]
    async with browser(app, town[Role.TOWN_OFFICE]) as office:
        assert "忘记密码" in words_of(await office.get("/"))
        waiting = await office.get("/password-requests")
        assert officer.person in waiting.text
        assert "下午可接电话" in waiting.text
        (request,) = await rows(sessions, select(PasswordRequest.id))
        slip = await office.post(f"/password-requests/{request}/issue")
        code = CODE.findall(slip.text)[0]
        assert (await office.post(f"/password-requests/{request}/issue")).status_code == 404
        assert "忘记密码" not in words_of(await office.get("/"))
    async with browser(app) as door:
        typed = {"login": officer.person, "code": code, "password": OWN, "password_again": OWN}
        assert (await door.post("/activate", typed)).status_code == 303
        assert (await sign_in(door, officer.person, OWN)).status_code == 303


async def test_what_the_office_does_not_believe_changes_nothing(
    app: Litestar, town: Town, sessions: OneConnection
) -> None:
    """不予办理: the account stays as it is, and the person may ask again."""
    officer = town[Role.SAFETY_OFFICER]
    await asked(app, officer.person)
    (request,) = await rows(sessions, select(PasswordRequest.id))
    async with browser(app, town[Role.TOWN_OFFICE]) as office:
        assert (await office.post(f"/password-requests/{request}/refuse")).status_code == 303
    async with browser(app) as door:
        assert (await sign_in(door, officer.person)).status_code == 303
    await asked(app, officer.person)
    states = await rows(sessions, select(PasswordRequest.state).order_by(PasswordRequest.asked_at))
    assert states == ["refused", "open"]


async def test_only_the_own_office_hears_of_it(app: Litestar, town: Town, sessions: OneConnection) -> None:
    """The neighbour's office sees nothing and cannot answer by the wish's id; a sector department may not look."""
    other = await town_of(sessions, "邻镇")
    await asked(app, town[Role.SAFETY_OFFICER].person)
    (request,) = await rows(sessions, select(PasswordRequest.id))
    async with browser(app, other[Role.TOWN_OFFICE]) as office:
        assert town[Role.SAFETY_OFFICER].person not in (await office.get("/password-requests")).text
        assert (await office.post(f"/password-requests/{request}/issue")).status_code == 404
    async with browser(app, town[Role.SECTOR_DEPARTMENT]) as department:
        assert (await department.get("/password-requests")).status_code == 403


async def test_somebody_of_two_towns_is_led_to_the_administrator(
    app: Litestar, town: Town, sessions: OneConnection
) -> None:
    """No single town opens an account that also acts elsewhere; both offices hear, and neither can."""
    other, name = await town_of(sessions, "邻镇"), town[Role.SAFETY_OFFICER].person
    code = await invited(app, other, name=name)
    async with browser(app, town[Role.SAFETY_OFFICER]) as person:
        await person.get(f"/invitation?code={code}")
        assert (await person.post("/invitation/accept")).status_code == 303
    await asked(app, name)
    requests = await rows(sessions, select(PasswordRequest))
    assert {request.tenant_id for request in requests} == {town.id, other.id}
    mine = next(request for request in requests if request.tenant_id == town.id)
    async with browser(app, town[Role.TOWN_OFFICE]) as office:
        answer = await office.post(f"/password-requests/{mine.id}/issue")
        assert answer.status_code == 409
        assert "安全保密管理员" in words_of(answer)


async def test_words_that_are_no_account_are_told_beside_the_field(app: Litestar) -> None:
    """Nothing is asked, and the words stay."""
    status, page = await asked(app, "  ")
    assert status == 422
    assert re.search(r"请填写登录用的账号", page)
