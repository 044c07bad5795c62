"""Other systems of the town come in by OAuth client credentials: as far as their scopes go, never further than the office."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import select

from services.kernel.database import Scope
from services.kernel.settings import Settings
from services.kernel.table import Login
from services.kernel.trail import AuditEntry
from services.kernel.work import open_work
from services.tenancy import clients
from services.tenancy.clients import LASTS
from services.tenancy.clients.models import ApiClient, ApiToken
from services.tenancy.policy import rights
from services.tenancy.policy.scopes import rights_of, scope_for, scopes
from services.tenancy.roles import Role
from services.tenancy.signing_in.models import SignInEvent
from services.tenancy.signing_in.sessions import COOKIE
from services.tenancy.townships.models import Tenant
from tests.architecture.test_rights import filled, handlers, needed
from tests.conftest import OneConnection
from tests.factories import Town, a_town, an_administrator
from tests.tenancy.doors import move, town_of
from tests.tenancy.programs import NAME, ask, calling, let_in, token_of
from tests.web import browser, running, signed_in

pytestmark = pytest.mark.anyio
ENTERPRISES = "/api/v1/enterprises"
ACCIDENTS = "/api/v1/accidents"


@pytest.fixture
async def town(sessions: OneConnection) -> Town:
    """A town with two enterprises."""
    return await town_of(sessions)


@pytest.fixture
async def app(settings: Settings, sessions: OneConnection) -> AsyncIterator[Litestar]:
    """The application, started."""
    async with running(settings, sessions) as app:
        yield app


def an_accident(town: Town, **more: Any) -> dict[str, Any]:
    return {"occurred_on": "2026-06-30", "place": "示例车间", "summary": "示例事故", **more}


async def test_a_system_fetches_a_token_and_reads_the_rows_of_its_town_alone(
    app: Litestar, sessions: OneConnection, town: Town
) -> None:
    """Basic or form; the token is opaque, stored by its hash, and shows the town of the client, never another."""
    async with sessions.session(None, Scope()) as session:
        other = await a_town(session, "邻区示例镇")
        await session.commit()
    issued = await let_in(sessions, town, ["registry:read"])
    answer = await ask(app, issued.client.id, issued.secret)
    told = answer.json()
    assert (told["token_type"], told["expires_in"], told["scope"]) == ("Bearer", 900, "registry:read")
    assert answer.headers["cache-control"] == "no-store"
    form = {"grant_type": "client_credentials", "client_id": str(issued.client.id), "client_secret": issued.secret}
    async with calling(app) as nobody:
        assert (await nobody.post("/oauth/token", data=form)).status_code == 200
    async with calling(app, told["access_token"]) as program:
        listed = (await program.get(ENTERPRISES)).json()["items"]
        assert {row["id"] for row in listed} == {str(one) for one in town.enterprises}
        assert (await program.get(f"{ENTERPRISES}/{other.enterprises[0]}")).status_code == 404
    async with sessions.session(None, Scope()) as session:
        kept = (await session.scalars(select(ApiToken))).all()
        row = await session.get_one(ApiClient, issued.client.id)
        assert all(told["access_token"].encode() not in one.token_hash for one in kept)
        assert len(kept) == 2
        assert (row.used_from, row.used_at is not None) == ("10.1.2.3", True)


async def test_what_a_system_writes_carries_its_name_and_needs_no_word_against_forgery(
    app: Litestar, sessions: OneConnection, town: Town
) -> None:
    """The trail says «系统：…»; a person's cookie still needs the word, and a cookie beside a token adds nothing."""
    issued = await let_in(sessions, town, ["accidents:write"])
    async with calling(app, await token_of(app, issued)) as program:
        program.cookies.set(COOKIE, await signed_in(sessions, town[Role.TOWN_OFFICE]))
        made = await program.post(ACCIDENTS, json=an_accident(town))
        assert made.status_code == 201, made.text
        assert (await program.get(ENTERPRISES)).status_code == 403
    async with browser(app, town[Role.TOWN_OFFICE]) as page:
        assert (await page.client.post(ACCIDENTS, json=an_accident(town))).status_code == 403
    async with sessions.session(None, Scope()) as session:
        entry = (await session.scalars(select(AuditEntry).where(AuditEntry.act.like("accident:%")))).one()
        assert (entry.person, entry.role, entry.tenant_id) == (f"系统：{NAME}", "client", town.id)
        refused = (await session.scalars(select(AuditEntry).where(AuditEntry.refused))).all()
        assert (f"系统：{NAME}", "request:scope-missing") in {(one.person, one.act) for one in refused}


async def test_every_scope_opens_its_routes_and_no_other(app: Litestar, sessions: OneConnection, town: Town) -> None:
    """Each scope is walked over each route: 403 that names the missing scope, or in; and no page lets a token in."""
    routes = [(m, p, needed(h)) for m, p, h in handlers(app)]
    wrong, opened = [], dict.fromkeys(scopes(), 0)
    issued = await let_in(sessions, town)
    for name, allowance in scopes().items():
        async with calling(app, await token_of(app, issued, scope=name)) as program:
            for method, path, right in routes:
                is_open = right is None or right in rights()[Role.PUBLIC]
                if is_open or (path.startswith("/api/v1") and right in allowance.rights and method != "GET"):
                    opened[name] += not is_open
                    continue
                answer = await program.request(method, filled(path))
                allowed = path.startswith("/api/v1") and right in allowance.rights
                opened[name] += allowed
                if (answer.status_code == 403) == allowed or answer.status_code >= 500:
                    wrong.append(f"{name} {method} {path}: {answer.status_code}")
                missing = scope_for(str(right))
                if (
                    not allowed
                    and path.startswith("/api/v1")
                    and (missing or "") not in answer.headers["www-authenticate"]
                ):
                    wrong.append(f"{name} {method} {path}: does not say which scope is missing")
    assert wrong == []
    assert all(opened.values()), opened


def test_no_scope_goes_further_than_the_office() -> None:
    """All scopes together are a part of the office's rights, and none reaches people's accounts or the doors themselves."""
    everything = rights_of(scopes())
    assert everything == frozenset().union(*(one.rights for one in scopes().values()))
    assert everything < rights()[Role.TOWN_OFFICE]
    assert not {right for right in everything if right.split(":")[0] in {"client", "session", "password", "account"}}
    assert rights()[Role.CLIENT] == rights_of(["no:such"]) == frozenset()


async def test_unknown_and_wrong_and_shut_out_and_far_away_are_answered_alike(
    app: Litestar, sessions: OneConnection, town: Town
) -> None:
    """The same 401 with the same words, so that nobody learns which ids there are; the door keeps each attempt."""
    near = await let_in(sessions, town, addresses=["10.1.0.0/16"])
    answers = [
        await ask(app, near.client.id, "wrong", address="10.1.9.1"),
        await ask(app, "01900000-0000-7000-8000-000000000000", near.secret, address="10.1.9.2"),
        await ask(app, "no id", near.secret, address="10.1.9.3"),
        await ask(app, near.client.id, "", address="10.1.9.4"),
        await ask(app, near.client.id, near.secret, address="10.2.0.1"),
    ]
    office = town[Role.TOWN_OFFICE]
    assert (await ask(app, near.client.id, near.secret, address="10.1.9.5")).status_code == 200
    async with open_work(sessions, office.acting_on(Login.IDENTITY), office.rights) as work:
        await clients.revoke(work, near.client.id)
    answers.append(await ask(app, near.client.id, near.secret, address="10.1.9.6"))
    assert {(one.status_code, one.text) for one in answers} == {(401, '{"error":"invalid_client"}')}
    assert all(one.headers["www-authenticate"].startswith("Basic") for one in answers)
    async with sessions.session(None, Scope()) as session:
        found = (await session.scalars(select(SignInEvent).where(SignInEvent.outcome == "client_refused"))).all()
        assert len(found) == len(answers)


@pytest.mark.parametrize("how", ["expired", "revoked", "rotated", "suspended", "moved"])
async def test_a_token_ends(app: Litestar, sessions: OneConnection, town: Town, clock_file: Path, how: str) -> None:
    """After a quarter of an hour, and at once when the office changes its mind; a foreign address is no better."""
    issued = await let_in(sessions, town, addresses=["10.1.2.0/24"])
    move(clock_file, 0)
    word = await token_of(app, issued)
    async with calling(app, word) as program:
        move(clock_file, LASTS.total_seconds() - 10)
        assert (await program.get(ENTERPRISES)).status_code == 200
        app.state.remembered.forget()
        office = town[Role.TOWN_OFFICE]
        if how == "expired":
            move(clock_file, (LASTS + timedelta(seconds=1)).total_seconds())
        elif how == "suspended":
            async with sessions.session(None, Scope()) as session:
                (await session.get_one(Tenant, town.id)).state = "suspended"
                await session.commit()
        elif how in {"revoked", "rotated"}:
            async with open_work(sessions, office.acting_on(Login.IDENTITY), office.rights) as work:
                await (clients.revoke if how == "revoked" else clients.rotate)(work, issued.client.id)
        address = "10.9.9.9" if how == "moved" else "10.1.2.3"
        async with calling(app, word, address) as later:
            refused = await later.get(ENTERPRISES)
    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/token-refused")
    assert refused.headers["www-authenticate"] == 'Bearer error="invalid_token"'


async def test_a_token_is_no_session_and_a_session_no_token(app: Litestar, sessions: OneConnection, town: Town) -> None:
    """Neither in the cookie, nor on pages, nor in the address; and what is remembered of one is not believed of the other."""
    word = await token_of(app, await let_in(sessions, town))
    cookie = await signed_in(sessions, town[Role.TOWN_OFFICE])
    async with calling(app, word) as program:
        assert (await program.get(ENTERPRISES)).status_code == 200
        page = await program.get("/enterprises")
        assert (page.status_code, "访问令牌只能用于" in page.text) == (403, True)
    async with calling(app) as program:
        in_address = await program.get(f"{ENTERPRISES}?access_token={word}")
        assert (in_address.status_code, in_address.json()["type"]) == (400, "/problems/token-in-address")
        program.cookies.set(COOKIE, word)
        assert (await program.get(ENTERPRISES)).status_code == 401
    async with calling(app, cookie) as program:
        program.cookies.set(COOKIE, cookie)
        assert (await program.get(ENTERPRISES)).status_code == 401
    async with calling(app) as program:
        program.cookies.set(COOKIE, cookie)
        assert (await program.get(ENTERPRISES)).status_code == 200
        assert (await program.get(ENTERPRISES, headers={"authorization": "Bearer "})).status_code == 401


async def test_a_system_gets_at_most_what_it_was_allowed(app: Litestar, sessions: OneConnection, town: Town) -> None:
    """It may ask for less, never for more; what the office takes away is gone from tokens already handed out."""
    issued = await let_in(sessions, town, ["registry:read", "targets:read"])
    assert (await ask(app, issued.client.id, issued.secret, scope="targets:read")).json()["scope"] == "targets:read"
    more = await ask(app, issued.client.id, issued.secret, scope="registry:read members:read")
    assert (more.status_code, more.json()["error"]) == (400, "invalid_scope")
    word, office = await token_of(app, issued), town[Role.TOWN_OFFICE]
    async with open_work(sessions, office.acting_on(Login.IDENTITY), office.rights) as work:
        row = await clients.client(work, issued.client.id)
        facts = clients.ClientFacts(name=NAME, purpose="只看目标，示例联系人", scopes=["targets:read"])
        await clients.change(work, row.id, facts, version=row.version)
    async with calling(app, word) as program:
        assert (await program.get("/api/v1/targets")).status_code == 200
        assert (await program.get(ENTERPRISES)).status_code == 403


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": ["client_credentials", "client_credentials"]}, "invalid_request"),
        ({"grant_type": "client_credentials", "client_secret": "x"}, "invalid_request"),
    ],
)
async def test_what_is_no_request_for_a_token_is_told_so(app: Litestar, form: dict[str, Any], error: str) -> None:
    """In the words of RFC 6749 5.2; JSON and parameters in the address are refused as well."""
    async with calling(app) as program:
        answer = await program.post("/oauth/token", data=form, auth=("x", "y"))
        assert (answer.status_code, answer.json()["error"]) == (400, error)
        for options in ({"json": form}, {"params": {"client_secret": "x"}, "data": form}):
            answer = await program.post("/oauth/token", **options)
            assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_guessing_at_secrets_is_throttled_and_says_when_to_come_back(
    app: Litestar, sessions: OneConnection, town: Town
) -> None:
    """Five wrong secrets from one address lock that system there for a minute; from elsewhere its own secret still works."""
    issued = await let_in(sessions, town)
    for left in ("5", "4", "4"):
        good = await ask(app, issued.client.id, issued.secret, address="10.7.7.7")
        assert (good.status_code, good.headers["ratelimit-limit"], good.headers["ratelimit-remaining"]) == (
            200,
            "5",
            left,
        )
        assert 0 < int(good.headers["ratelimit-reset"]) <= 86_400
        if left == "5":
            assert (await ask(app, issued.client.id, "wrong", address="10.7.7.7")).status_code == 401
    for _ in range(4):
        assert (await ask(app, issued.client.id, "wrong", address="10.7.7.7")).status_code == 401
    locked = await ask(app, issued.client.id, issued.secret, address="10.7.7.7")
    assert (locked.status_code, locked.headers["ratelimit-limit"], locked.headers["ratelimit-remaining"]) == (
        429,
        "5",
        "0",
    )
    assert 0 < int(locked.headers["retry-after"]) == int(locked.headers["ratelimit-reset"]) <= 60
    assert (await ask(app, issued.client.id, issued.secret, address="10.8.8.8")).status_code == 200


async def test_programs_find_out_by_themselves(app: Litestar) -> None:
    """RFC 8414: where tokens are fetched and which scopes there are."""
    async with calling(app) as program:
        told = (await program.get("/.well-known/oauth-authorization-server")).json()
    assert told["token_endpoint"] == "http://anzhen.test/oauth/token"
    assert told["grant_types_supported"] == ["client_credentials"]
    assert set(told["scopes_supported"]) == set(scopes())


async def test_another_town_and_another_role_cannot_touch_a_system(
    app: Litestar, sessions: OneConnection, town: Town
) -> None:
    """A foreign office finds nothing; the leader and the enterprise are refused; the security administrator can only stop it."""
    issued = await let_in(sessions, town)
    async with sessions.session(None, Scope()) as session:
        other = await a_town(session, "邻区示例镇")
        security = await an_administrator(session, Role.SECURITY_ADMINISTRATOR)
        await session.commit()
    here = f"/members/clients/{issued.client.id}"
    async with browser(app, other[Role.TOWN_OFFICE]) as foreign:
        assert NAME not in (await foreign.get("/members/clients")).text
        for path in ("", "/secret", "/revoke"):
            assert (await foreign.post(f"{here}{path}", {"version": "1"})).status_code == 404
    for role in (Role.TOWN_LEADER, Role.SAFETY_OFFICER):
        async with browser(app, town[role]) as somebody:
            assert (await somebody.get("/members/clients")).status_code == 403
    async with browser(app, security) as desk:
        assert (await desk.post(f"{here}/secret")).status_code == 403
        shown = (await desk.get("/accounts/clients")).text
        assert NAME in shown
        assert issued.secret not in shown
        assert (await desk.post(f"/accounts/clients/{issued.client.id}/stop")).status_code == 303
    assert (await ask(app, issued.client.id, issued.secret)).status_code == 401
    async with sessions.session(None, Scope()) as session:
        entry = (await session.scalars(select(AuditEntry).where(AuditEntry.act == "client:shut_out"))).one()
        assert (entry.tenant_id, entry.person) == (town.id, security.person)


async def test_the_office_lets_a_system_in_on_a_page(app: Litestar, sessions: OneConnection, town: Town) -> None:
    """Nothing typed is lost; the secret is shown once; a new one voids the old; what was shut out stays so."""
    typed = {"name": NAME, "purpose": "", "scopes": ["registry:read"], "addresses": "10.1.2.0/24\n不是地址"}
    async with browser(app, town[Role.TOWN_OFFICE]) as page:
        wrong = await page.post("/members/clients/new", typed)
        assert wrong.status_code == 422
        assert all(words in wrong.text for words in (NAME, "不是地址”不是 IP", "请写明用途", "10.1.2.0/24"))
        good = await page.post("/members/clients/new", typed | {"purpose": "同步，示例联系人", "addresses": "10.1.2.3"})
        secret = good.text.split("anzhen_secret_")[1].split("<")[0]
        async with sessions.session(None, Scope()) as session:
            row = (await session.scalars(select(ApiClient))).one()
        here = f"/members/clients/{row.id}"
        assert (row.addresses, row.created_by) == (["10.1.2.3/32"], town[Role.TOWN_OFFICE].person)
        assert secret not in (await page.get(here)).text + (await page.get("/members/clients")).text
        assert (await ask(app, row.id, f"anzhen_secret_{secret}")).status_code == 200
        assert (await page.post("/members/clients/new", typed | {"purpose": "x", "addresses": ""})).status_code == 422
        again = await page.post(f"{here}/secret")
        assert secret not in again.text
        assert (await ask(app, row.id, f"anzhen_secret_{secret}")).status_code == 401
        edit = {"name": NAME, "purpose": "改", "scopes": ["targets:read"], "addresses": ""}
        assert (await page.post(here, edit | {"version": "9"})).status_code == 409
        async with sessions.session(None, Scope()) as session:
            version = (await session.scalars(select(ApiClient.version))).one()
        assert (await page.post(here, edit | {"version": str(version)})).status_code == 303
        assert (await page.post(f"{here}/revoke")).status_code == 303
        assert (await page.post(f"{here}/secret")).status_code == 409
