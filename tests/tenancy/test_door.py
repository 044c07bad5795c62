"""Who comes in, and what a stranger sees."""

import pytest

from services.kernel.database import Scope
from services.kernel.settings import Settings
from services.tenancy.roles import Role
from tests.conftest import OneConnection
from tests.factories import PASSWORD, a_town
from tests.web import browser, running, words_of

pytestmark = pytest.mark.anyio


async def test_a_stranger_is_led_to_the_door(settings: Settings, sessions: OneConnection) -> None:
    """Without a session each page leads to the sign-in page."""
    async with running(settings, sessions) as app, browser(app) as stranger:
        answer = await stranger.get("/")
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/")


async def test_the_office_signs_in_with_its_password(settings: Settings, sessions: OneConnection) -> None:
    """A right password opens the first page, a wrong one says so without telling what was wrong."""
    async with sessions.session(None, Scope()) as session:
        town = await a_town(session)
        await session.commit()
    async with running(settings, sessions) as app, browser(app) as office:
        login = town[Role.TOWN_OFFICE].person
        refused = await office.post("/sign-in", {"login": login, "password": "错误的口令"})
        assert refused.status_code == 422
        assert "账号或密码不正确" in words_of(refused)
        answer = await office.post("/sign-in", {"login": login, "password": PASSWORD})
        assert answer.status_code == 303
        first = await office.get("/")
        assert first.status_code == 200
        assert "待办" in words_of(first)
        assert "default-src 'none'" in first.headers["content-security-policy"]
