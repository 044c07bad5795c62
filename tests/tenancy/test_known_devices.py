"""A stranger who knows an account's name shuts out nobody but himself."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from services.kernel import clock
from services.kernel.bench import Bench, system
from services.kernel.database import Database, Scope
from services.kernel.settings import Settings
from services.kernel.table import Login
from services.tenancy.roles import Role
from services.tenancy.signing_in import TooManyAttempts, devices, throttles
from services.tenancy.signing_in.jobs import tidy_the_door
from services.tenancy.signing_in.models import KnownDevice, Throttle, UserSession
from services.tenancy.townships.models import PLATFORM_TENANT
from tests.conftest import OneConnection
from tests.factories import PASSWORD, a_town
from tests.tenancy.doors import WRONG, move, sign_in, town_of
from tests.web import Browser, browser, running, words_of

pytestmark = pytest.mark.anyio
COOKIE = "anzhen_device"
HOUR, DAY = 3_600, 86_400


def at(app: Litestar, address: str) -> Browser:
    """A browser elsewhere in the world."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 1))
    return Browser(httpx.AsyncClient(transport=transport, base_url="http://anzhen.test"))


async def lock_out(door: Browser, login: str) -> None:
    """Five wrong passwords, and the sixth is not looked at."""
    for _ in range(throttles.PER_PERSON):
        assert (await sign_in(door, login, WRONG)).status_code == 422
    assert (await sign_in(door, login, WRONG)).status_code == 429


async def fail_from_everywhere(sessions: OneConnection, login: str, times: int) -> None:
    """So many failures of one account, each from an address of its own."""
    async with sessions.session(Login.IDENTITY, Scope()) as session:
        for number in range(times):
            limits = throttles.limits_of("password", login.lower(), f"198.51.100.{number}")
            await throttles.charge(session, limits, clock.now())
        await session.commit()


async def known(sessions: OneConnection, user_id: UUID | None) -> list[KnownDevice]:
    """The browsers that a person is known in."""
    async with sessions.session(None, Scope()) as session:
        mine = select(KnownDevice).where(KnownDevice.user_id == user_id).order_by(KnownDevice.used_at)
        return list(await session.scalars(mine))


async def test_a_stranger_locks_an_account_for_himself_alone(settings: Settings, sessions: OneConnection) -> None:
    """At the stranger's address the account is locked, even for the right password; from another one its owner comes in."""
    login = (await town_of(sessions))[Role.SAFETY_OFFICER].person
    async with running(settings, sessions) as app:
        stranger, owner = at(app, "203.0.113.9"), at(app, "192.0.2.1")
        await lock_out(stranger, login)
        assert (await sign_in(owner, login)).status_code == 303
        assert (await sign_in(stranger, login)).status_code == 429


@pytest.mark.parametrize(("failures", "status"), [(throttles.PER_ACCOUNT - 1, 303), (throttles.PER_ACCOUNT, 429)])
async def test_an_account_that_is_guessed_from_everywhere_opens_only_at_known_devices(
    settings: Settings, sessions: OneConnection, failures: int, status: int
) -> None:
    """Below the high bound a new browser comes in, at it no longer; the owner's own browser does from wherever it is."""
    login = (await town_of(sessions))[Role.SAFETY_OFFICER].person
    async with running(settings, sessions) as app:
        own, new = at(app, "192.0.2.1"), at(app, "192.0.2.2")
        assert (await sign_in(own, login)).status_code == 303
        await fail_from_everywhere(sessions, login, failures)
        assert (await sign_in(new, login)).status_code == status
        assert (await sign_in(own, login)).status_code == 303


async def test_an_unknown_account_is_guessed_from_everywhere_alike(settings: Settings, sessions: OneConnection) -> None:
    """The high bound does not tell either whether an account exists: same status, same words."""
    login = (await town_of(sessions))[Role.SAFETY_OFFICER].person
    async with running(settings, sessions) as app:
        answers = []
        for name in (login, "nobody.here"):
            await fail_from_everywhere(sessions, name, throttles.PER_ACCOUNT)
            answer = await sign_in(at(app, "192.0.2.2"), name)
            answers.append((answer.status_code, answer.headers["retry-after"], words_of(answer)))
    assert answers[0][0] == 429
    assert answers[0] == answers[1]


async def test_one_address_never_reaches_the_bound_of_an_account(sessions: OneConnection) -> None:
    """A stranger who tries all day, as soon as each lock ends, stays below what shuts the account for everybody."""
    now = began = clock.now()
    tries = 0
    async with sessions.session(Login.IDENTITY, Scope()) as session:
        while now < began + throttles.WINDOW:
            try:
                await throttles.charge(session, throttles.limits_of("password", "somebody", "203.0.113.9"), now)
                tries += 1
            except TooManyAttempts as refused:
                now += timedelta(seconds=refused.retry_after)
    assert throttles.PER_ACCOUNT / 2 < tries < throttles.PER_ACCOUNT


async def test_a_known_device_is_not_shut_out_with_its_address(settings: Settings, sessions: OneConnection) -> None:
    """A neighbour at the same address uses up its failures: the known browser comes in, a new one there does not."""
    login = (await town_of(sessions))[Role.SAFETY_OFFICER].person
    async with running(settings, sessions) as app:
        own, new = at(app, "192.0.2.1"), at(app, "192.0.2.1")
        await sign_in(own, login)
        async with sessions.session(Login.IDENTITY, Scope()) as session:
            for _ in range(throttles.PER_ADDRESS):
                address = {throttles.key_of("address", "192.0.2.1"): throttles.PER_ADDRESS}
                await throttles.charge(session, address, clock.now())
            await session.commit()
        assert (await sign_in(new, login)).status_code == 429
        assert (await sign_in(own, login)).status_code == 303


async def test_a_stolen_device_cookie_opens_nothing(settings: Settings, sessions: OneConnection) -> None:
    """Who stole it sees no page, has five guesses like anybody, and none at another account; the owner is not shut out."""
    town = await town_of(sessions)
    login, other = town[Role.SAFETY_OFFICER].person, town[Role.TOWN_LEADER].person
    async with running(settings, sessions) as app:
        own, thief, new = at(app, "192.0.2.1"), at(app, "203.0.113.9"), at(app, "192.0.2.2")
        await sign_in(own, login)
        thief.client.cookies.set(COOKIE, own.client.cookies[COOKIE])
        assert (await thief.get("/profile")).status_code == 303
        await lock_out(thief, login)
        await lock_out(thief, other)
        assert (await sign_in(new, login)).status_code == 303
        assert (await sign_in(new, other)).status_code == 303
        async with sessions.session(None, Scope()) as session:
            theirs = throttles.key_of("password", f"{other.lower()} 203.0.113.9")
            assert (await session.get_one(Throttle, theirs)).failures == throttles.PER_PERSON


async def test_each_success_makes_a_new_device_cookie(settings: Settings, sessions: OneConnection) -> None:
    """The cookie of before is worth nothing after the next success; the table knows neither, and a browser is one row."""
    officer = (await town_of(sessions))[Role.SAFETY_OFFICER]
    async with running(settings, sessions) as app:
        own, thief = at(app, "192.0.2.1"), at(app, "203.0.113.9")
        await sign_in(own, officer.person)
        first = own.client.cookies[COOKIE]
        await sign_in(own, officer.person)
        assert own.client.cookies[COOKIE] != first
        (row,) = await known(sessions, officer.user_id)
        assert row.token_hash not in {first.encode(), own.client.cookies[COOKIE].encode()}
        thief.client.cookies.set(COOKIE, first)
        await fail_from_everywhere(sessions, officer.person, throttles.PER_ACCOUNT)
        assert (await sign_in(thief, officer.person)).status_code == 429
        assert (await sign_in(own, officer.person)).status_code == 303


async def test_no_script_reads_the_device_cookie(settings: Settings, sessions: OneConnection) -> None:
    """It is HttpOnly and SameSite, lasts half a year, over https Secure and bound to the host; a refusal brings none."""
    login = (await town_of(sessions))[Role.SAFETY_OFFICER].person
    async with running(replace(settings, secure_cookies=True), sessions) as app, browser(app) as door:
        door.client.base_url = "https://anzhen.test"
        refused = await sign_in(door, login, WRONG)
        assert not [c for c in refused.headers.get_list("set-cookie") if "device" in c]
        answer = await sign_in(door, login)
        cookie = next(c for c in answer.headers.get_list("set-cookie") if "device" in c).lower()
        parts = {part.strip() for part in cookie.split(";")}
        assert cookie.startswith("__host-anzhen_device=")
        assert {"secure", "httponly", "samesite=lax", "path=/", f"max-age={180 * DAY}"} <= parts


@pytest.mark.parametrize("how", ["everywhere", "password", "out"])
async def test_leaving_everywhere_and_a_new_password_end_all_known_devices(
    settings: Settings, sessions: OneConnection, how: str
) -> None:
    """After either no browser is known any more; plain signing out leaves this one known."""
    officer = (await town_of(sessions))[Role.SAFETY_OFFICER]
    new = "另一句十个字以上的口令"
    async with running(settings, sessions) as app, browser(app) as door, browser(app) as second:
        for one in (second, door):
            await sign_in(one, officer.person)
        if how == "password":
            done = await door.post("/profile/password", {"current": PASSWORD, "password": new, "password_again": new})
        else:
            done = await door.post("/profile/sign-out-everywhere" if how == "everywhere" else "/sign-out")
        assert done.status_code == 303
        assert len(await known(sessions, officer.user_id)) == (2 if how == "out" else 0)


async def test_a_person_is_known_in_ten_browsers(settings: Settings, sessions: OneConnection) -> None:
    """The eleventh takes the place of the one that was used longest ago; the others of the person stay."""
    officer = (await town_of(sessions))[Role.SAFETY_OFFICER]
    began = clock.now()
    async with sessions.session(Login.IDENTITY, Scope()) as session:
        assert officer.user_id
        for number in range(devices.MOST + 1):
            await devices.remember(session, officer.user_id, now=began + timedelta(hours=number))
            await session.flush()
        await session.commit()
    used = [row.used_at for row in await known(sessions, officer.user_id)]
    assert used == [began + timedelta(hours=number) for number in range(1, devices.MOST + 1)]


@pytest.mark.parametrize(("seconds", "status"), [(180 * DAY - 60, 303), (180 * DAY + 60, 429)])
async def test_a_device_is_known_for_half_a_year(
    settings: Settings, sessions: OneConnection, clock_file: Path, seconds: int, status: int
) -> None:
    """A browser that was not used for longer is a new one."""
    login = (await town_of(sessions))[Role.SAFETY_OFFICER].person
    async with running(settings, sessions) as app:
        own = at(app, "192.0.2.1")
        await sign_in(own, login)
        cookie = own.client.cookies[COOKIE]
        move(clock_file, seconds)
        await fail_from_everywhere(sessions, login, throttles.PER_ACCOUNT)
        later = at(app, "192.0.2.1")
        later.client.cookies.set(COOKIE, cookie)
        assert (await sign_in(later, login)).status_code == status


async def test_an_activation_code_is_not_shut_out_by_strangers(settings: Settings, sessions: OneConnection) -> None:
    """Guesses at somebody's activation code lock the guesser's address for this account, and nobody else's."""
    login = (await town_of(sessions))[Role.SAFETY_OFFICER].person
    form = {"login": login, "code": "aaaa-aaaa-aaaa-aaaa", "password": PASSWORD, "password_again": PASSWORD}
    async with running(settings, sessions) as app:
        stranger, owner = at(app, "203.0.113.9"), at(app, "192.0.2.1")
        met = [(await stranger.post("/activate", form)).status_code for _ in range(6)]
        assert met == [422, 422, 422, 422, 422, 429]
        assert (await owner.post("/activate", form)).status_code == 422


async def test_what_is_over_at_the_door_is_cleared_away(
    settings: Settings, database: Database, everything: AsyncEngine, clock_file: Path
) -> None:
    """At night ended sessions, forgotten devices and counts of yesterday go; what still holds stays."""
    async with AsyncSession(everything, expire_on_commit=False) as session:
        town = await a_town(session)
        await session.commit()
    bench = Bench(database, system(PLATFORM_TENANT), frozenset(), clock.new_id())
    left = []
    async with running(settings, database) as app, browser(app) as door:
        await sign_in(door, "nobody.here", WRONG)
        await sign_in(door, town[Role.SAFETY_OFFICER].person)
        for seconds in (12 * HOUR - 60, 12 * HOUR + 1, DAY - 60, DAY + 1, 180 * DAY - 60, 180 * DAY + 1):
            move(clock_file, seconds)
            await tidy_the_door(bench)
            async with AsyncSession(everything) as session:
                tables = (UserSession, Throttle, KnownDevice)
                left.append([bool(await session.scalar(select(func.count()).select_from(one))) for one in tables])
    assert left == [
        [True, True, True],
        [False, True, True],
        [False, True, True],
        [False, False, True],
        [False, False, True],
        [False, False, False],
    ]


async def test_a_lock_is_kept_longer_than_its_count(database: Database) -> None:
    """A count of yesterday that still locks somebody out is not cleared away."""
    now, minute = clock.now(), timedelta(minutes=1)
    locked = Throttle(key="late", failures=20, window_from=now - throttles.WINDOW - minute, locked_until=now + minute)
    async with database.session(Login.IDENTITY, Scope()) as session:
        session.add(locked)
        await session.commit()
    await tidy_the_door(Bench(database, system(PLATFORM_TENANT), frozenset(), clock.new_id()))
    async with database.session(Login.IDENTITY, Scope()) as session:
        assert list(await session.scalars(select(Throttle.key))) == ["late"]
