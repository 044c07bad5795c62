"""Sessions: how long they last, how they end, and how one person acts in several places."""

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from services.kernel.clock import new_id
from services.kernel.database import Scope
from services.kernel.settings import Settings
from services.kernel.trail import AuditEntry
from services.tenancy.roles import Role
from services.tenancy.signing_in.models import Membership
from services.tenancy.signing_in.person import Person
from tests.conftest import OneConnection
from tests.factories import PASSWORD, THEN, Town
from tests.tenancy.doors import WRONG, events_of, move, sign_in, strict, town_of, user_called
from tests.web import browser, running, words_of

pytestmark = pytest.mark.anyio
HOUR = 3600


async def also_acts(sessions: OneConnection, person: Person, there: Person) -> UUID:
    """Give `person` the place of `there` besides their own; the new membership's id."""
    async with sessions.session(None, Scope()) as session:
        model = await session.get_one(Membership, there.membership_id)
        row = Membership(
            id=new_id(),
            user_id=person.user_id,
            tenant_id=model.tenant_id,
            member_id=model.member_id,
            role=model.role,
            enterprise_id=model.enterprise_id,
            enterprise_name=model.enterprise_name,
            sectors=model.sectors,
            created_at=THEN,
        )
        session.add(row)
        await session.commit()
        return row.id


@pytest.mark.parametrize(("seconds", "status"), [(2 * HOUR - 2, 200), (2 * HOUR + 1, 303)])
async def test_a_session_ends_after_two_idle_hours(
    settings: Settings, sessions: OneConnection, clock_file: Path, seconds: int, status: int
) -> None:
    """Just before two hours without a click the page still opens, just after it the door is shut."""
    town = await town_of(sessions)
    async with running(settings, sessions) as app, browser(app) as door:
        await sign_in(door, town[Role.SAFETY_OFFICER].person)
        move(clock_file, seconds)
        assert (await door.get("/")).status_code == status


@pytest.mark.parametrize(("seconds", "status"), [(12 * HOUR - 5, 200), (12 * HOUR + 1, 303)])
async def test_a_session_ends_after_twelve_hours_at_work(
    settings: Settings, sessions: OneConnection, clock_file: Path, seconds: int, status: int
) -> None:
    """However busy one is, after twelve hours one signs in again."""
    town = await town_of(sessions)
    async with running(settings, sessions) as app, browser(app) as door:
        await sign_in(door, town[Role.SAFETY_OFFICER].person)
        for hour in range(1, 12):
            move(clock_file, hour * HOUR)
            app.state.remembered.forget()
            assert (await door.get("/")).status_code == 200
        move(clock_file, seconds)
        app.state.remembered.forget()
        assert (await door.get("/")).status_code == status


async def test_signing_in_ends_the_browsers_old_session(settings: Settings, sessions: OneConnection) -> None:
    """Whoever planted a session cookie in a browser gains nothing: signing in makes a new one and kills the old."""
    town = await town_of(sessions)
    async with running(settings, sessions) as app, browser(app) as door, browser(app) as thief:
        await sign_in(door, town[Role.SAFETY_OFFICER].person)
        planted = door.client.cookies["anzhen_session"]
        await sign_in(door, town[Role.TOWN_LEADER].person)
        assert door.client.cookies["anzhen_session"] != planted
        thief.client.cookies.set("anzhen_session", planted)
        app.state.remembered.forget()
        assert (await thief.get("/")).status_code == 303


async def test_signing_out_ends_the_session_on_the_server(settings: Settings, sessions: OneConnection) -> None:
    """A copied cookie is worth nothing after signing out, and the door says that one is out."""
    town = await town_of(sessions)
    async with running(settings, sessions) as app, browser(app) as door:
        await sign_in(door, town[Role.SAFETY_OFFICER].person)
        copied = door.client.cookies["anzhen_session"]
        answer = await door.post("/sign-out")
        assert "已退出登录" in words_of(await door.get(answer.headers["location"]))
        assert "anzhen_session" not in door.client.cookies
        door.client.cookies.set("anzhen_session", copied)
        assert (await door.get("/")).status_code == 303


async def test_one_signs_out_everywhere_at_once(settings: Settings, sessions: OneConnection) -> None:
    """All browsers of the person are out with the next click, nobody else's."""
    town = await town_of(sessions)
    office, leader = town[Role.TOWN_OFFICE], town[Role.TOWN_LEADER]
    async with (
        running(settings, sessions) as app,
        browser(app) as pc,
        browser(app) as phone,
        browser(app, leader) as other,
    ):
        await sign_in(pc, office.person)
        await sign_in(phone, office.person)
        assert (await phone.get("/")).status_code == 200
        await pc.post("/profile/sign-out-everywhere")
        assert [(await one.get("/")).status_code for one in (pc, phone, other)] == [303, 303, 200]
    assert (await events_of(sessions, office.user_id))[-1] == "signed_out_everywhere"


async def test_one_ends_one_of_ones_own_sessions(settings: Settings, sessions: OneConnection) -> None:
    """The list shows where one is signed in; ending one leaves the other; nobody ends somebody else's."""
    town = await town_of(sessions)
    office, leader = town[Role.TOWN_OFFICE], town[Role.TOWN_LEADER]
    async with running(settings, sessions) as app, browser(app) as pc, browser(app, leader) as other:
        await sign_in(pc, office.person)
        async with browser(app) as phone:
            phone.client.headers["user-agent"] = "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0 Chrome/120.0"
            await sign_in(phone, office.person)
            listed = await pc.get("/profile")
            assert "微信 Chrome" in words_of(listed)
            path = listed.text.split('action="/profile/sessions/')[1].split('"')[0]
            assert (await other.post(f"/profile/sessions/{path}")).status_code == 404
            assert (await phone.get("/")).status_code == 200
            assert (await pc.post(f"/profile/sessions/{path}")).status_code == 303
            assert (await phone.get("/")).status_code == 303
            assert (await pc.get("/")).status_code == 200


async def test_changing_the_password_ends_all_other_sessions(settings: Settings, sessions: OneConnection) -> None:
    """The new password works, the old does not, and only the browser that changed it is still in."""
    town = await town_of(sessions)
    login = town[Role.SAFETY_OFFICER].person
    new = "浔阳江头夜送客 枫叶荻花"
    async with running(settings, sessions) as app, browser(app) as pc, browser(app) as phone:
        await sign_in(pc, login)
        await sign_in(phone, login)
        wrong = await pc.post("/profile/password", {"current": WRONG, "password": new, "password_again": new})
        assert (wrong.status_code, "原密码不正确" in words_of(wrong)) == (422, True)
        unlike = await pc.post(
            "/profile/password", {"current": PASSWORD, "password": new, "password_again": new + "。"}
        )
        assert (unlike.status_code, "两次输入的密码不一致" in words_of(unlike)) == (422, True)
        before = pc.client.cookies["anzhen_session"]
        done = await pc.post("/profile/password", {"current": PASSWORD, "password": new, "password_again": new})
        assert (done.status_code, pc.client.cookies["anzhen_session"] != before) == (303, True)
        assert [(await one.get("/")).status_code for one in (pc, phone)] == [200, 303]
        assert (await sign_in(phone, login)).status_code == 422
        assert (await sign_in(phone, login, new)).status_code == 303


async def test_a_password_that_somebody_else_set_is_changed_first(settings: Settings, sessions: OneConnection) -> None:
    """Who comes in with a password from the command line can do nothing but change it."""
    town = await town_of(sessions)
    login = town[Role.SAFETY_OFFICER].person
    new = "浔阳江头夜送客 枫叶荻花"
    async with sessions.session(None, Scope()) as session:
        user = await user_called(sessions, login)
        (await session.merge(user)).must_change_password = True
        await session.commit()
    async with running(settings, sessions) as app, browser(app) as door:
        await sign_in(door, login)
        assert (await door.get("/")).headers["location"].startswith("/profile/password")
        assert (await door.get("/profile")).headers["location"].startswith("/profile/password")
        assert (await door.get("/profile/password")).status_code == 200
        await door.post("/profile/password", {"current": PASSWORD, "password": new, "password_again": new})
        assert (await door.get("/")).status_code == 200


async def test_a_person_of_two_towns_sees_one_at_a_time(settings: Settings, sessions: OneConnection) -> None:
    """After the switch the other town's people are on the page and the first's are not; the old cookie is dead."""
    ours, theirs = await town_of(sessions, "甲镇"), await town_of(sessions, "乙镇")
    person = ours[Role.SECTOR_DEPARTMENT]
    other = await also_acts(sessions, person, theirs[Role.SECTOR_DEPARTMENT])
    async with running(settings, sessions) as app, browser(app) as door, browser(app) as thief:
        entered = await sign_in(door, person.person)
        assert entered.headers["location"] == "/memberships"
        chooser = words_of(await door.get("/memberships"))
        assert "乙镇" in chooser
        here = words_of(await door.get("/members"))
        assert ("甲镇镇领导" in here, "乙镇镇领导" in here) == (True, False)
        before = door.client.cookies["anzhen_session"]
        assert (await door.post("/memberships/switch", {"membership": str(other)})).status_code == 303
        there = words_of(await door.get("/members"))
        assert ("甲镇镇领导" in there, "乙镇镇领导" in there) == (False, True)
        thief.client.cookies.set("anzhen_session", before)
        assert (await thief.get("/members")).status_code == 303
        frame = (await door.get("/")).text
        assert f'value="{person.membership_id}"' in frame
        assert f'value="{other}"' not in frame
    assert (await events_of(sessions, person.user_id))[-1] == "switched"
    async with sessions.session(None, Scope()) as session:
        query = select(AuditEntry.tenant_id).where(AuditEntry.act == "membership:switched_to")
        assert list(await session.scalars(query)) == [theirs.id]


async def test_nobody_switches_to_somebody_elses_place(settings: Settings, sessions: OneConnection) -> None:
    """A foreign, an ended and an invented membership all answer alike: there is no such place."""
    ours, theirs = await town_of(sessions, "甲镇"), await town_of(sessions, "乙镇")
    person = ours[Role.SECTOR_DEPARTMENT]
    ended = await also_acts(sessions, person, theirs[Role.SECTOR_DEPARTMENT])
    async with sessions.session(None, Scope()) as session:
        (await session.get_one(Membership, ended)).state = "ended"
        await session.commit()
    async with running(settings, sessions) as app, browser(app, person) as door:
        for target in (theirs[Role.TOWN_OFFICE].membership_id, ended, new_id(), "x", "", "\x00"):
            answer = await door.post("/memberships/switch", {"membership": str(target)})
            assert answer.status_code == 404, target
        assert (await door.get("/members")).status_code == 200


async def test_switching_into_a_strong_role_asks_for_the_second_factor(
    settings: Settings, sessions: OneConnection
) -> None:
    """Who came in with a password alone sets up the second factor before acting as a town's office."""
    ours, theirs = await town_of(sessions, "甲镇"), await town_of(sessions, "乙镇")
    person = ours[Role.SECTOR_DEPARTMENT]
    other = await also_acts(sessions, person, theirs[Role.TOWN_OFFICE])
    async with running(strict(settings), sessions) as app, browser(app) as door:
        await sign_in(door, person.person)
        assert (await door.get("/members")).status_code == 200
        await door.post("/memberships/switch", {"membership": str(other)})
        assert (await door.get("/members")).headers["location"].startswith("/sign-in/second-factor")


async def test_a_switch_does_not_lengthen_the_day(
    settings: Settings, sessions: OneConnection, clock_file: Path
) -> None:
    """Twelve hours count from the password, however often one goes to and fro."""
    ours, theirs = await town_of(sessions, "甲镇"), await town_of(sessions, "乙镇")
    person = ours[Role.SECTOR_DEPARTMENT]
    places = [await also_acts(sessions, person, theirs[Role.SECTOR_DEPARTMENT]), person.membership_id]
    async with running(settings, sessions) as app, browser(app) as door:
        await sign_in(door, person.person)
        for hour in range(1, 12):
            move(clock_file, hour * HOUR)
            app.state.remembered.forget()
            switched = await door.post("/memberships/switch", {"membership": str(places[(hour - 1) % 2])})
            assert switched.headers["location"] == "/?done=switched"
        move(clock_file, 12 * HOUR + 1)
        app.state.remembered.forget()
        assert (await door.get("/")).headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("what", ["membership", "tenant", "user"])
async def test_an_ended_office_shuts_the_door_within_five_seconds(
    settings: Settings, sessions: OneConnection, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Membership ended, town suspended or account locked: a process may believe the session five seconds, not six."""
    import time

    from services.tenancy.signing_in.models import User
    from services.tenancy.townships.models import Tenant

    town: Town = await town_of(sessions)
    officer = town[Role.SAFETY_OFFICER]
    rows = {
        "membership": (Membership, officer.membership_id, "ended"),
        "tenant": (Tenant, town.id, "suspended"),
        "user": (User, officer.user_id, "locked"),
    }
    table, row_id, state = rows[what]
    began = time.monotonic()
    async with running(settings, sessions) as app, browser(app) as door:
        await sign_in(door, officer.person)
        monkeypatch.setattr("services.tenancy.door.time.monotonic", lambda: began)
        assert (await door.get("/")).status_code == 200
        async with sessions.session(None, Scope()) as session:
            (await session.get_one(table, row_id)).state = state
            await session.commit()
        monkeypatch.setattr("services.tenancy.door.time.monotonic", lambda: began + 5.001)
        assert (await door.get("/")).status_code == 303


async def test_the_theme_is_kept_and_leads_back(settings: Settings, sessions: OneConnection) -> None:
    """Light or dark is one press, for strangers too, and never leads to another house."""
    async with running(settings, sessions) as app, browser(app) as stranger:
        answer = await stranger.post("/theme", {"theme": "dark"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert 'data-bs-theme="dark"' in (await stranger.get("/sign-in")).text
        headers = {"referer": "http://evil.example/x", "x-csrf-token": stranger.client.cookies["anzhen_csrf"]}
        foreign = await stranger.client.post("/theme", data={"theme": "light"}, headers=headers)
        assert foreign.headers["location"] == "/"
        headers["referer"] = "http://anzhen.test/sign-in?next=/members"
        own = await stranger.client.post("/theme", data={"theme": "light"}, headers=headers)
        assert own.headers["location"] == "/sign-in?next=/members"
