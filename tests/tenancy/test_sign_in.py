"""Signing in with a password: who comes in, who is locked out, and what nobody is told."""

import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from services.kernel import clock
from services.kernel.database import Scope
from services.kernel.settings import Settings
from services.kernel.table import Login
from services.tenancy.roles import Role
from services.tenancy.signing_in import TooManyAttempts, passwords, throttles
from services.tenancy.signing_in.models import Membership, SignInEvent
from services.tenancy.townships.models import Tenant
from tests.conftest import OneConnection
from tests.factories import PASSWORD
from tests.tenancy.doors import WRONG, events_of, move, sign_in, town_of
from tests.web import browser, running, words_of

pytestmark = pytest.mark.anyio


async def test_an_account_is_found_however_it_is_typed(settings: Settings, sessions: OneConnection) -> None:
    """Full-width letters, capitals and blanks around the account make no difference; inside it they do."""
    town = await town_of(sessions, "abc镇")
    login = town[Role.SAFETY_OFFICER].person
    async with running(settings, sessions) as app, browser(app) as door:
        assert (await sign_in(door, f"  {login.replace('abc', 'ＡＢC')} ")).status_code == 303
        assert (await sign_in(door, login.replace("abc", "a bc"))).status_code == 422


async def test_nobody_learns_whether_an_account_exists(settings: Settings, sessions: OneConnection) -> None:
    """An unknown account, a wrong password and an account without one get the same status and the same page."""
    town = await town_of(sessions)
    login = town[Role.TOWN_OFFICE].person
    async with running(settings, sessions) as app:
        answers = []
        for name in (login, "nobody.here"):
            async with browser(app) as door:
                answer = await sign_in(door, name, WRONG)
                token = door.client.cookies["anzhen_csrf"]
                answers.append((answer.status_code, answer.text.replace(name, "").replace(token, "")))
    assert answers[0][0] == 422
    assert answers[0] == answers[1]


async def test_each_attempt_leaves_an_event(settings: Settings, sessions: OneConnection) -> None:
    """A wrong password and a right one are both on record; of an unknown account only two characters are."""
    town = await town_of(sessions)
    office = town[Role.TOWN_OFFICE]
    async with running(settings, sessions) as app, browser(app) as door:
        await sign_in(door, office.person, WRONG)
        await sign_in(door, office.person)
        await sign_in(door, "hunter2-is-my-password", WRONG)
    assert await events_of(sessions, office.user_id) == ["refused", "signed_in"]
    async with sessions.session(None, Scope()) as session:
        from sqlalchemy import select

        unknown = (await session.scalars(select(SignInEvent).where(SignInEvent.user_id.is_(None)))).all()
        assert [event.login for event in unknown] == ["hu…"]


@pytest.mark.parametrize(
    ("failures", "status"), [(4, 303), (5, 429)], ids=["after four failures", "after five failures"]
)
async def test_five_failures_lock_an_account(
    settings: Settings, sessions: OneConnection, failures: int, status: int
) -> None:
    """After four wrong passwords from one address the right one opens the door; after five even the right one must wait."""
    town = await town_of(sessions)
    login = town[Role.SAFETY_OFFICER].person
    async with running(settings, sessions) as app, browser(app) as door:
        for _ in range(failures):
            assert (await sign_in(door, login, WRONG)).status_code == 422
        answer = await sign_in(door, login)
        assert answer.status_code == status
        if status == 429:
            assert 50 <= int(answer.headers["retry-after"]) <= 60
            assert "1 分钟后再试" in words_of(answer)


async def test_an_unknown_account_is_locked_like_a_known_one(settings: Settings, sessions: OneConnection) -> None:
    """Whether an account exists cannot be told from its locking either."""
    async with running(settings, sessions) as app, browser(app) as door:
        statuses = [(await sign_in(door, "nobody.here", WRONG)).status_code for _ in range(6)]
    assert statuses == [422, 422, 422, 422, 422, 429]


async def test_a_lock_ends_by_itself(settings: Settings, sessions: OneConnection, clock_file: Path) -> None:
    """A second before the minute is over the door is shut, at the end of it it opens."""
    town = await town_of(sessions)
    login = town[Role.SAFETY_OFFICER].person
    async with running(settings, sessions) as app, browser(app) as door:
        for _ in range(5):
            await sign_in(door, login, WRONG)
        move(clock_file, 50)
        assert (await sign_in(door, login)).status_code == 429
        move(clock_file, 61)
        assert (await sign_in(door, login)).status_code == 303


async def test_each_round_of_failures_locks_longer(sessions: OneConnection) -> None:
    """Five failures lock for 1 minute, ten for 5, fifteen for 15, twenty and every five more for 60."""
    now, locks = clock.now(), []
    async with sessions.session(Login.IDENTITY, Scope()) as session:
        for _ in range(5):
            for _ in range(5):
                await throttles.charge(session, {"password:example": 5}, now)
            with pytest.raises(TooManyAttempts) as refused:
                await throttles.charge(session, {"password:example": 5}, now)
            locks.append(refused.value.retry_after // 60)
            with pytest.raises(TooManyAttempts):
                now += timedelta(seconds=refused.value.retry_after) - timedelta(microseconds=1)
                await throttles.charge(session, {"password:example": 5}, now)
            now += timedelta(microseconds=1)
    assert locks == [1, 5, 15, 60, 60]


async def test_failures_are_forgotten_after_a_day(sessions: OneConnection) -> None:
    """Four failures of yesterday and one of today lock nobody; a second before the day is over they do."""
    now = clock.now()
    for offset, locked in ((timedelta(days=1), False), (timedelta(days=1, seconds=-1), True)):
        key = f"password:{locked}"
        async with sessions.session(Login.IDENTITY, Scope()) as session:
            for _ in range(4):
                await throttles.charge(session, {key: 5}, now)
            await throttles.charge(session, {key: 5}, now + offset)
            if not locked:
                await throttles.charge(session, {key: 5}, now + offset)
                continue
            with pytest.raises(TooManyAttempts):
                await throttles.charge(session, {key: 5}, now + offset)


async def test_a_success_clears_the_account_there_but_not_the_address(
    settings: Settings, sessions: OneConnection
) -> None:
    """Who knows the password starts afresh; a guesser with one account of his own cannot wash his address clean."""
    town = await town_of(sessions)
    login = town[Role.SAFETY_OFFICER].person
    async with running(settings, sessions) as app, browser(app) as door, browser(app) as new:
        for number in range(12):
            for _ in range(4):
                assert (await sign_in(door, f"stranger{number}", WRONG)).status_code == 422
            assert (await sign_in(door, login)).status_code == 303
        assert [(await sign_in(door, f"late{n}", WRONG)).status_code for n in range(3)] == [422, 422, 429]
        assert (await sign_in(new, login)).status_code == 429


async def test_a_crowd_is_sent_away_at_once(settings: Settings, sessions: OneConnection) -> None:
    """When all places are taken, the next is told to come back within 50 ms, by page or problem, and is not charged for it."""
    town = await town_of(sessions)
    login = town[Role.SAFETY_OFFICER].person
    async with running(settings, sessions) as app, browser(app) as door:
        await sign_in(door, "warm.up", WRONG)
        queue = [passwords.QUEUE.place() for _ in range(passwords.PLACES)]
        for place in queue:
            place.__enter__()
        began = time.perf_counter()
        answer = await sign_in(door, login)
        took = time.perf_counter() - began
        problem = await door.send("POST", "/sign-in", data={"login": login})
        queue.pop().__exit__(None, None, None)
        assert (await sign_in(door, login)).status_code == 303
        for place in queue:
            place.__exit__(None, None, None)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "3")
    assert took < 0.05
    assert "现在登录的人较多，请 3 秒后再试" in words_of(answer)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (problem.status_code, problem.headers["retry-after"]) == (503, "3")
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json() == {
        "type": "/problems/door-busy",
        "title": "登录的人较多",
        "status": 503,
        "detail": "现在登录的人较多，请 3 秒后再试",
        "trace_id": problem.headers["x-trace-id"],
    }
    assert await events_of(sessions, town[Role.SAFETY_OFFICER].user_id) == ["signed_in"]


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\r\nSet-Cookie: a=b",
        "evil",
        "/企业",
    ],
)
async def test_nobody_is_sent_on_to_another_house(settings: Settings, sessions: OneConnection, target: str) -> None:
    """Whatever `next` says, one goes on to a page of ours."""
    town = await town_of(sessions)
    async with running(settings, sessions) as app, browser(app) as door:
        answer = await sign_in(door, town[Role.SAFETY_OFFICER].person, next=target)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        shown = await door.get("/sign-in", params={"next": target})
        assert 'name="next" value="/"' in shown.text


async def test_one_goes_on_to_where_one_wanted(settings: Settings, sessions: OneConnection) -> None:
    """Who was led to the door on the way to a page arrives there, with its filters."""
    town = await town_of(sessions)
    async with running(settings, sessions) as app, browser(app) as door:
        led = await door.get("/members?role=town_office&q=a b")
        shown = await door.get(led.headers["location"])
        assert 'name="next" value="/members?role=town_office&amp;q=a' in shown.text
        answer = await sign_in(door, town[Role.SECTOR_DEPARTMENT].person, next="/members?role=town_office")
        assert answer.headers["location"] == "/members?role=town_office"


async def test_a_form_without_its_token_is_refused(settings: Settings, sessions: OneConnection) -> None:
    """Another site cannot sign somebody in or out."""
    town = await town_of(sessions)
    async with running(settings, sessions) as app, browser(app, town[Role.TOWN_OFFICE]) as office:
        forged = await office.client.post("/sign-in", data={"login": "a", "password": "b"})
        assert forged.status_code == 403
        assert (await office.client.post("/sign-out")).status_code == 403
        assert (await office.get("/profile")).status_code == 200


async def test_who_holds_no_office_any_more_stays_outside(settings: Settings, sessions: OneConnection) -> None:
    """The right password of somebody without a place is told so; so is it when the town is suspended."""
    town = await town_of(sessions)
    leaver, officer = town[Role.SECTOR_DEPARTMENT], town[Role.SAFETY_OFFICER]
    async with running(settings, sessions) as app, browser(app) as door:
        async with sessions.session(None, Scope()) as session:
            (await session.get_one(Membership, leaver.membership_id)).state = "ended"
            await session.commit()
        refused = await sign_in(door, leaver.person)
        assert refused.status_code == 422
        assert "没有在任的单位" in words_of(refused)
        assert "没有在任的单位" not in words_of(await sign_in(door, leaver.person, WRONG))
        async with sessions.session(None, Scope()) as session:
            (await session.get_one(Tenant, town.id)).state = "suspended"
            await session.commit()
        assert (await sign_in(door, officer.person)).status_code == 422


async def test_over_https_no_other_host_can_set_the_cookie(settings: Settings, sessions: OneConnection) -> None:
    """The session cookie is Secure, HttpOnly, SameSite, without a domain, and named __Host-."""
    town = await town_of(sessions)
    async with running(replace(settings, secure_cookies=True), sessions) as app, browser(app) as door:
        door.client.base_url = "https://anzhen.test"
        answer = await sign_in(door, town[Role.SAFETY_OFFICER].person)
        cookie = next(c for c in answer.headers.get_list("set-cookie") if "anzhen_session" in c).lower()
        assert cookie.startswith("__host-anzhen_session=")
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= {part.strip() for part in cookie.split(";")}
        assert "domain" not in cookie
        assert (await door.get("/profile")).status_code == 200


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("好记的一句话没十字", "至少 10 个字符"),
        ("1234567890", "太常见"),
        ("qwertyuiop", "太常见"),
        ("aaaaaaaaaaaa", "太常见"),
        ("abcdefghijkl", "太常见"),
        ("zhangsan 的密码是这个", "不要包含账号"),
        ("字" * 201, "最多 200 个字符"),
        ("春江潮水连海平\x00海上明月", "不可见的字符"),
    ],
)
def test_a_weak_password_is_refused_with_a_reason(password: str, sentence: str) -> None:
    """Short, common, monotonous, endless or telling passwords are refused, each with what to do."""
    from services.kernel.refusals import BadInput

    with pytest.raises(BadInput) as refused:
        passwords.check_password(password, login="zhangsan", again=password)
    assert sentence in refused.value.fields["password"]


@pytest.mark.parametrize("password", ["春江潮水连海平海上一", "字" * 4 + "母数词" * 2, "correct horse", PASSWORD])
def test_a_password_of_ten_characters_is_enough(password: str) -> None:
    """Ten characters of any script will do; no kinds of characters are prescribed."""
    passwords.check_password(password, login="zhangsan", again=password)
