"""The second factor: asked for where the role needs it, each code once, and nothing else before it."""

from pathlib import Path

import pytest

from services.kernel.database import Scope
from services.kernel.settings import Settings
from services.tenancy.policy import rights
from services.tenancy.roles import HELD, STRONG, Role
from tests.conftest import OneConnection
from tests.factories import PASSWORD
from tests.tenancy.doors import (
    at_step_start,
    code_at,
    events_of,
    move,
    secret_on,
    set_up,
    sign_in,
    strict,
    town_of,
    user_called,
)
from tests.web import browser, running, words_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def still(clock_file: Path) -> float:
    """A clock two seconds into a time step."""
    return at_step_start(clock_file)


def test_leaders_the_office_the_district_and_administrators_need_one() -> None:
    """The strong roles are exactly those who can change what others rely on."""
    assert {role.value for role in STRONG} == {
        "town_leader",
        "town_office",
        "district_overseer",
        "platform_operator",
        "security_administrator",
        "audit_administrator",
    }


async def test_the_office_sets_up_its_second_factor_first(
    settings: Settings, sessions: OneConnection, still: float
) -> None:
    """At the first sign-in every page leads to the set-up; the first code opens the house and ten recovery codes are shown."""
    office = (await town_of(sessions))[Role.TOWN_OFFICE]
    async with running(strict(settings), sessions) as app, browser(app) as door:
        await sign_in(door, office.person)
        led = await door.get("/")
        assert (led.status_code, led.headers["location"]) == (303, "/sign-in/second-factor?next=/")
        before = door.client.cookies["anzhen_session"]
        _, codes = await set_up(door)
        assert len(set(codes)) == 10
        assert door.client.cookies["anzhen_session"] != before
        assert (await door.get("/")).status_code == 200
        assert await events_of(sessions, office.user_id) == ["signed_in", "second_factor_set_up"]


async def test_a_wrong_first_code_sets_up_nothing(settings: Settings, sessions: OneConnection, still: float) -> None:
    """The same secret is offered again, and the house stays closed."""
    office = (await town_of(sessions))[Role.TOWN_OFFICE]
    async with running(strict(settings), sessions) as app, browser(app) as door:
        await sign_in(door, office.person)
        secret = secret_on(await door.get("/sign-in/second-factor"))
        refused = await door.post("/sign-in/second-factor", {"code": "000000"})
        assert refused.status_code == 422
        assert secret_on(refused) == secret
        assert (await door.get("/")).status_code == 303
    assert (await user_called(sessions, office.person)).totp_secret is None


async def test_a_session_that_owes_something_can_do_nothing_else(
    settings: Settings, sessions: OneConnection, still: float
) -> None:
    """Between password and code no page opens, no form is taken and no set-up can be replaced."""
    town = await town_of(sessions)
    office = town[Role.TOWN_OFFICE]
    async with running(strict(settings), sessions) as app, browser(app) as first, browser(app) as door:
        await sign_in(first, office.person)
        await set_up(first)
        entered = await sign_in(door, office.person)
        assert entered.headers["location"] == "/sign-in/code?next=/"
        for path in ("/", "/members", "/profile", "/profile/password", "/memberships", "/sign-in/second-factor"):
            led = await door.get(path)
            assert (led.status_code, led.headers["location"].split("?")[0]) == (303, "/sign-in/code"), path
        for path in ("/profile/sign-out-everywhere", "/memberships/switch", "/members/new", "/sign-in/second-factor"):
            led = await door.post(path, {"membership": str(office.membership_id), "code": "000000"})
            assert led.headers.get("location", "").startswith("/sign-in/code"), path
        api = await door.send("GET", "/members")
        assert (api.status_code, api.json()["type"]) == (401, "/problems/code-owed")
        assert (await first.get("/members")).status_code == 200


async def test_the_code_opens_the_house_and_rotates_the_session(
    settings: Settings, sessions: OneConnection, still: float, clock_file: Path
) -> None:
    """Password and code of the next moment: in; the half-open session's cookie is dead."""
    office = (await town_of(sessions))[Role.TOWN_OFFICE]
    async with running(strict(settings), sessions) as app, browser(app) as first, browser(app) as door:
        await sign_in(first, office.person)
        secret, _ = await set_up(first)
        move(clock_file, still + 30)
        await sign_in(door, office.person)
        half = door.client.cookies["anzhen_session"]
        answer = await door.post(
            "/sign-in/code", {"code": f" {code_at(secret)[:3]} {code_at(secret)[3:]} ", "next": "/members"}
        )
        assert (answer.status_code, answer.headers["location"]) == (303, "/members")
        assert (await door.get("/members")).status_code == 200
        door.client.cookies.set("anzhen_session", half)
        app.state.remembered.forget()
        assert (await door.get("/members")).headers["location"].startswith("/sign-in?")


@pytest.mark.parametrize(("steps", "status"), [(-2, 422), (-1, 303), (0, 303), (1, 303), (2, 422)])
async def test_a_phone_may_be_half_a_minute_wrong(
    settings: Settings, sessions: OneConnection, still: float, clock_file: Path, steps: int, status: int
) -> None:
    """The codes of the step before and after are taken, those further away are not."""
    office = (await town_of(sessions))[Role.TOWN_OFFICE]
    async with running(strict(settings), sessions) as app, browser(app) as door:
        await sign_in(door, office.person)
        secret, _ = await set_up(door)
        move(clock_file, still + 120)
        await sign_in(door, office.person)
        assert (await door.post("/sign-in/code", {"code": code_at(secret, steps)})).status_code == status


async def test_a_code_works_once(settings: Settings, sessions: OneConnection, still: float, clock_file: Path) -> None:
    """A code that somebody read over the shoulder is worth nothing, nor is one older than the last that was used."""
    office = (await town_of(sessions))[Role.TOWN_OFFICE]
    async with running(strict(settings), sessions) as app, browser(app) as door, browser(app) as thief:
        await sign_in(door, office.person)
        secret, _ = await set_up(door)
        await sign_in(door, office.person)
        assert (await door.post("/sign-in/code", {"code": code_at(secret)})).status_code == 422
        move(clock_file, still + 60)
        assert (await door.post("/sign-in/code", {"code": code_at(secret)})).status_code == 303
        await sign_in(thief, office.person)
        for steps in (0, -1):
            assert (await thief.post("/sign-in/code", {"code": code_at(secret, steps)})).status_code == 422
        assert (await thief.get("/")).headers["location"].startswith("/sign-in/code")


async def test_a_recovery_code_works_once(settings: Settings, sessions: OneConnection, still: float) -> None:
    """Without the phone each of the ten codes opens the house one time, however it is spelled."""
    office = (await town_of(sessions))[Role.TOWN_OFFICE]
    async with running(strict(settings), sessions) as app, browser(app) as door:
        await sign_in(door, office.person)
        _, codes = await set_up(door)
        await sign_in(door, office.person)
        typed = codes[3].upper().replace("-", " ")
        assert (await door.post("/sign-in/code", {"code": typed})).status_code == 303
        assert "还有 9 个没有用过" in words_of(await door.get("/profile"))
        await sign_in(door, office.person)
        assert (await door.post("/sign-in/code", {"code": codes[3]})).status_code == 422
        assert (await door.post("/sign-in/code", {"code": codes[4]})).status_code == 303
    assert "recovery_code_used" in await events_of(sessions, office.user_id)


async def test_codes_cannot_be_guessed(
    settings: Settings, sessions: OneConnection, still: float, clock_file: Path
) -> None:
    """After five wrong codes even the right one waits a minute, from whichever browser it comes."""
    office = (await town_of(sessions))[Role.TOWN_OFFICE]
    async with running(strict(settings), sessions) as app, browser(app) as door, browser(app) as other:
        await sign_in(door, office.person)
        secret, _ = await set_up(door)
        move(clock_file, still + 60)
        await sign_in(door, office.person)
        for _ in range(5):
            assert (await door.post("/sign-in/code", {"code": "000000"})).status_code == 422
        await sign_in(other, office.person)
        locked = await other.post("/sign-in/code", {"code": code_at(secret)})
        assert locked.status_code == 429
        assert int(locked.headers["retry-after"]) <= 60
        move(clock_file, still + 120)
        assert (await other.post("/sign-in/code", {"code": code_at(secret)})).status_code == 303


async def test_half_a_session_lasts_a_quarter_of_an_hour(
    settings: Settings, sessions: OneConnection, still: float, clock_file: Path
) -> None:
    """Who looks too long for the phone starts again with the password; a minute earlier the code is still taken."""
    office = (await town_of(sessions))[Role.TOWN_OFFICE]
    async with running(strict(settings), sessions) as app, browser(app) as door, browser(app) as slow:
        await sign_in(door, office.person)
        secret, _ = await set_up(door)
        await sign_in(door, office.person)
        await sign_in(slow, office.person)
        move(clock_file, still + 14 * 60)
        app.state.remembered.forget()
        assert (await door.post("/sign-in/code", {"code": code_at(secret)})).status_code == 303
        move(clock_file, still + 15 * 60 + 1)
        app.state.remembered.forget()
        answer = await slow.post("/sign-in/code", {"code": code_at(secret)})
        assert answer.headers["location"].startswith("/sign-in?")


async def test_replacing_the_second_factor_asks_for_the_password(
    settings: Settings, sessions: OneConnection, still: float, clock_file: Path
) -> None:
    """A new phone takes the old one's place only with the password; the old recovery codes and other sessions end."""
    office = (await town_of(sessions))[Role.TOWN_OFFICE]
    async with running(strict(settings), sessions) as app, browser(app) as door, browser(app) as other:
        await sign_in(door, office.person)
        old, codes = await set_up(door)
        move(clock_file, still + 60)
        await sign_in(other, office.person)
        await other.post("/sign-in/code", {"code": code_at(old)})
        new = secret_on(await door.get("/sign-in/second-factor"))
        assert new != old
        refused = await door.post("/sign-in/second-factor", {"code": code_at(new), "password": "不对的口令 000"})
        assert refused.status_code == 422
        done = await door.post("/sign-in/second-factor", {"code": code_at(new), "password": PASSWORD})
        assert done.status_code == 200
        app.state.remembered.forget()
        assert (await other.get("/")).status_code == 303
        move(clock_file, still + 180)
        await sign_in(other, office.person)
        assert (await other.post("/sign-in/code", {"code": code_at(old)})).status_code == 422
        assert (await other.post("/sign-in/code", {"code": codes[0]})).status_code == 422
        assert (await other.post("/sign-in/code", {"code": code_at(new)})).status_code == 303


async def test_an_enterprise_signs_in_with_its_password_alone(settings: Settings, sessions: OneConnection) -> None:
    """Safety officers and sector departments need no phone, but once one has set it up it is asked for."""
    town = await town_of(sessions)
    async with running(strict(settings), sessions) as app, browser(app) as door:
        await sign_in(door, town[Role.SAFETY_OFFICER].person)
        assert (await door.get("/")).status_code == 200
        await set_up(door)
        assert (await door.get("/")).status_code == 200
        entered = await sign_in(door, town[Role.SAFETY_OFFICER].person)
        assert entered.headers["location"].startswith("/sign-in/code")


async def test_a_demo_asks_for_no_code_and_says_so(settings: Settings, sessions: OneConnection) -> None:
    """In a demo the office comes in with its password, and every page says that this is a demo."""
    town = await town_of(sessions)
    async with running(settings, sessions) as app, browser(app) as door:
        assert "未启用第二重验证" in words_of(await door.get("/sign-in"))
        await sign_in(door, town[Role.TOWN_OFFICE].person)
        first = await door.get("/")
        assert first.status_code == 200
        assert "未启用第二重验证" in words_of(first)


async def test_the_secret_lies_sealed_in_the_database(
    settings: Settings, sessions: OneConnection, still: float
) -> None:
    """Neither the secret nor a recovery code can be read from the tables."""
    from sqlalchemy import text

    office = (await town_of(sessions))[Role.TOWN_OFFICE]
    async with running(strict(settings), sessions) as app, browser(app) as door:
        await sign_in(door, office.person)
        secret, codes = await set_up(door)
    async with sessions.session(None, Scope()) as session:
        rows = [(await session.execute(text(f"TABLE {table}"))).all() for table in ("user_account", "recovery_code")]
    dump = str(rows)
    assert secret not in dump
    assert not any(code in dump or code.replace("-", "") in dump for code in codes)


def test_no_role_does_more_on_the_doorstep_than_inside() -> None:
    """What a session may do while it owes something, every role may do anyway."""
    from services.tenancy.signing_in.person import ON_THE_DOORSTEP

    for role in HELD:
        assert all(held <= rights()[role] for held in ON_THE_DOORSTEP.values()), role
