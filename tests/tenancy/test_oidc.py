"""Signing in at a real OpenID provider: who comes in, who never does, and what binds a visit to one browser."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from litestar import Litestar
from sqlalchemy import select

from services.commands.doctor import provider_finding
from services.kernel.database import Scope
from services.kernel.settings import Settings
from services.tenancy.roles import Role
from services.tenancy.signing_in.models import User
from services.tenancy.signing_in.oidc.models import ExternalIdentity, OidcState
from tests.conftest import OneConnection
from tests.factories import THEN, Town
from tests.tenancy.doors import events_of, move, strict, town_of
from tests.tenancy.providers import at_provider, real_provider, through, with_provider
from tests.tenancy.test_invitations import accept, invited, phone
from tests.web import browser, running, words_of

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A real provider for all tests of this file."""
    with real_provider() as issuer:
        yield issuer


@pytest.fixture
async def town(sessions: OneConnection, issuer: str) -> Town:
    """A town whose safety officer and office have tied their accounts."""
    town = await town_of(sessions)
    async with sessions.session(None, Scope()) as session:
        for role, subject in ((Role.SAFETY_OFFICER, "wang"), (Role.TOWN_OFFICE, "zhao")):
            session.add(
                ExternalIdentity(
                    user_id=town[role].user_id, issuer=issuer, subject=subject, name="示例", linked_at=THEN
                )
            )
        await session.commit()
    return town


@pytest.fixture
async def app(settings: Settings, sessions: OneConnection, issuer: str) -> AsyncIterator[Litestar]:
    """The application, which asks for a second factor and takes the provider's where its acr says two-factor."""
    known = with_provider(strict(settings), issuer, second_factor=frozenset({"two-factor"}))
    async with running(known, sessions) as app:
        yield app


async def test_whoever_has_tied_the_account_comes_in(app: Litestar, town: Town, issuer: str) -> None:
    """Our button, the provider, back to the page one wanted; the request carries PKCE, state and nonce."""
    async with browser(app) as door:
        assert "用涪陵统一认证登录" in words_of(await door.get("/sign-in"))
        begun = await door.get("/sign-in/provider?next=/assignments")
        asked = parse_qs(urlsplit(begun.headers["location"]).query)
        assert (asked["code_challenge_method"], asked["response_type"]) == (["S256"], ["code"])
        assert min(len(asked[name][0]) for name in ("state", "nonce", "code_challenge")) >= 43
        answer = await door.get(await at_provider(begun.headers["location"], issuer, "wang"))
        assert (answer.status_code, answer.headers["location"]) == (303, "/assignments")
        assert (await door.get("/assignments")).status_code == 200


async def test_nobody_comes_in_by_a_name(app: Litestar, town: Town, sessions: OneConnection, issuer: str) -> None:
    """A subject that nobody tied is told how to tie it, and no account is made or found."""
    async with sessions.session(None, Scope()) as session:
        before = len((await session.scalars(select(User.id))).all())
    async with browser(app) as door:
        answer = await through(door, issuer, town[Role.SAFETY_OFFICER].person)
        assert answer.status_code == 422
        assert "还没有关联" in words_of(answer)
        assert "anzhen_session" not in door.client.cookies
    async with sessions.session(None, Scope()) as session:
        assert len((await session.scalars(select(User.id))).all()) == before


@pytest.mark.parametrize(("acr", "target"), [("", "/sign-in/second-factor"), ("two-factor", "/")])
async def test_the_providers_second_factor_counts_where_it_says_so(
    app: Litestar, town: Town, issuer: str, acr: str, target: str
) -> None:
    """The office owes its second factor after a mere password there, and nothing after a code there."""
    async with browser(app) as door:
        await through(door, issuer, "zhao", acr=acr)
        answer = await door.get("/")
        assert answer.headers.get("location", "/").split("?")[0] == target


async def test_the_providers_second_factor_is_nothing_unless_the_settings_name_it(
    settings: Settings, sessions: OneConnection, town: Town, issuer: str
) -> None:
    """The same answer of the provider, an installation that names no acr."""
    async with running(with_provider(strict(settings), issuer), sessions) as app, browser(app) as door:
        await through(door, issuer, "zhao", acr="two-factor")
        assert (await door.get("/")).headers["location"].startswith("/sign-in/second-factor")


async def test_an_answer_is_worth_nothing_in_another_browser(app: Litestar, town: Town, issuer: str) -> None:
    """A stolen link signs nobody in: neither the thief, nor a victim who is made to open it."""
    async with browser(app) as mine, browser(app) as theirs:
        begun = await mine.get("/sign-in/provider")
        back = await at_provider(begun.headers["location"], issuer, "wang")
        await theirs.get("/sign-in/provider")
        assert (await theirs.get(back)).status_code == 422
        assert "anzhen_session" not in theirs.client.cookies
        assert (await mine.get(back)).status_code == 422


async def test_an_answer_works_once(app: Litestar, town: Town, sessions: OneConnection, issuer: str) -> None:
    """The same link again, from the same browser, finds no visit; the first session stays."""
    async with browser(app) as door:
        begun = await door.get("/sign-in/provider")
        back = await at_provider(begun.headers["location"], issuer, "wang")
        assert (await door.get(back)).status_code == 303
        assert (await door.get(back)).status_code == 422
        async with sessions.session(None, Scope()) as session:
            assert (await session.scalars(select(OidcState))).all() == []


async def test_a_code_cannot_be_carried_into_another_visit(app: Litestar, town: Town, issuer: str) -> None:
    """Somebody's code with one's own state: the verifier does not fit, and the provider says no."""
    async with browser(app) as mine, browser(app) as theirs:
        stolen = parse_qs(
            urlsplit(
                await at_provider((await theirs.get("/sign-in/provider")).headers["location"], issuer, "wang")
            ).query
        )
        own = parse_qs(urlsplit((await mine.get("/sign-in/provider")).headers["location"]).query)
        answer = await mine.get(f"/sign-in/provider/back?code={stolen['code'][0]}&state={own['state'][0]}&iss={issuer}")
        assert answer.status_code == 422
        assert "anzhen_session" not in mine.client.cookies


@pytest.mark.parametrize("state", ["", "&state=made-up"])
async def test_an_answer_without_our_state_is_refused(app: Litestar, issuer: str, state: str) -> None:
    """No state and a state that nobody gave out are the same."""
    async with browser(app) as door:
        await door.get("/sign-in/provider")
        assert (await door.get(f"/sign-in/provider/back?code=x&iss={issuer}{state}")).status_code == 422


async def test_an_answer_of_another_issuer_is_not_redeemed(app: Litestar, town: Town, issuer: str) -> None:
    """Mix-up: the answer names another provider, or none although ours always names itself."""
    async with browser(app) as door:
        for iss in ("&iss=https://evil.example", ""):
            begun = await door.get("/sign-in/provider")
            back = await at_provider(begun.headers["location"], issuer, "wang")
            path, query = back.split("?")
            kept = "&".join(part for part in query.split("&") if not part.startswith("iss="))
            assert (await door.get(f"{path}?{kept}{iss}")).status_code == 422


@pytest.mark.parametrize(("seconds", "status"), [(540, 303), (660, 422)])
async def test_a_visit_ends_after_ten_minutes(
    app: Litestar, town: Town, issuer: str, clock_file: Path, seconds: int, status: int
) -> None:
    """Who comes back after nine minutes is in (the ID token was made then), after eleven the visit is over."""
    async with browser(app) as door:
        begun = await door.get("/sign-in/provider")
        back = await at_provider(begun.headers["location"], issuer, "wang")
        move(clock_file, seconds=seconds)
        assert (await door.get(back)).status_code == status


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
async def test_the_way_back_leads_to_no_other_host(app: Litestar, town: Town, issuer: str, target: str) -> None:
    """Whatever `next` says, one lands on a page of ours."""
    async with browser(app) as door:
        answer = await through(door, issuer, "wang", target=target)
        assert answer.headers["location"] == "/"


async def test_one_ties_and_unties_ones_own_account(
    app: Litestar, town: Town, sessions: OneConnection, issuer: str
) -> None:
    """From the profile, by one's own press; afterwards the provider opens the account, and after 解除 no longer."""
    head = town[Role.LEGAL_REPRESENTATIVE]
    async with browser(app, head) as mine:
        asked = await mine.post("/profile/identities")
        address = asked.text.split('class="btn btn-primary" href="')[1].split('"')[0].replace("&amp;", "&")
        answer = await mine.get(await at_provider(address, issuer, "li"))
        assert answer.headers["location"] == "/profile?done=tied"
        profile = await mine.get("/profile")
        assert "示例li" in profile.text
        async with browser(app) as door:
            assert (await through(door, issuer, "li")).status_code == 303
        async with sessions.session(None, Scope()) as session:
            tied = await session.scalar(select(ExternalIdentity.id).where(ExternalIdentity.subject == "li"))
        async with browser(app, town[Role.SAFETY_OFFICER]) as other:
            assert (await other.post(f"/profile/identities/{tied}/end")).status_code == 404
        assert (await mine.post(f"/profile/identities/{tied}/end")).status_code == 303
    async with browser(app) as door:
        assert (await through(door, issuer, "li")).status_code == 422
    assert {"identity_linked", "identity_unlinked"} <= set(await events_of(sessions, head.user_id))


async def test_nobody_ties_a_subject_to_somebody_elses_account(app: Litestar, town: Town, issuer: str) -> None:
    """A visit begun to tie one account does nothing when another is signed in on return; a subject has one account."""
    async with browser(app, town[Role.LEGAL_REPRESENTATIVE]) as mine:
        asked = await mine.post("/profile/identities")
        address = asked.text.split('class="btn btn-primary" href="')[1].split('"')[0].replace("&amp;", "&")
        assert (await mine.get(await at_provider(address, issuer, "wang"))).status_code == 409
        asked = await mine.post("/profile/identities")
        address = asked.text.split('class="btn btn-primary" href="')[1].split('"')[0].replace("&amp;", "&")
        back = await at_provider(address, issuer, "qian")
        await mine.post("/sign-out")
        assert (await mine.get(back)).status_code == 422


async def test_an_invitation_can_be_accepted_with_the_provider(
    app: Litestar, town: Town, sessions: OneConnection, issuer: str
) -> None:
    """The invited person proves who they are, sets account and password, and from then on the provider opens it."""
    code = await invited(app, town)
    async with phone(app, code) as door:
        answer = await through(door, issuer, "newcomer", target="/invitation")
        assert answer.headers["location"] == "/invitation"
        assert "已通过涪陵统一认证验证" in words_of(await door.get("/invitation"))
        assert (await accept(door)).status_code == 303
    async with browser(app) as door:
        assert (await through(door, issuer, "newcomer")).status_code == 303
        assert "示例镇示例乙砖瓦厂" in words_of(await door.get("/"))


async def test_a_provider_that_is_away_leaves_the_password(settings: Settings, sessions: OneConnection) -> None:
    """The form stays, with a sentence that says so."""
    away = with_provider(settings, "http://127.0.0.1:9")
    async with running(away, sessions) as app, browser(app) as door:
        answer = await door.get("/sign-in/provider")
        assert answer.status_code == 503
        assert "账号和密码" in words_of(answer)


async def test_the_doctor_tells_of_the_provider(settings: Settings, issuer: str) -> None:
    """Reached, not reached, and for 企业微信 and 钉钉 that nobody has ever tried them against a real one."""
    found = [
        await asyncio.to_thread(provider_finding, with_provider(settings, address, kind=kind))
        for address, kind in ((issuer, "standard"), ("http://127.0.0.1:9", "standard"), ("", "wecom"), ("", "dingtalk"))
    ]
    assert [one.fine for one in found] == [True, False, True, True]
    assert ["未经实测" in one.words for one in found] == [False, False, True, True]


async def test_without_a_provider_there_is_no_such_door(settings: Settings, sessions: OneConnection) -> None:
    """No button, and its addresses are not found."""
    async with running(settings, sessions) as app, browser(app) as door:
        assert "/sign-in/provider" not in (await door.get("/sign-in")).text
        assert (await door.get("/sign-in/provider")).status_code == 404
