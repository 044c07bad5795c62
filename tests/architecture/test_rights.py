"""Who may do what is one table: Casbin, the sets expanded from it, the routes and the picture of it all agree."""

import os
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from services.app import create_app
from services.kernel.database import Scope
from services.kernel.settings import Settings
from services.tenancy.policy import enforcer, rights
from services.tenancy.roles import HELD, PLATFORM_ROLES, Role
from services.tenancy.signing_in.person import Person
from tests.conftest import OneConnection
from tests.factories import a_town, an_administrator, an_overseer
from tests.web import browser, running

pytestmark = pytest.mark.anyio
PICTURE = Path(__file__).parent / "permissions.txt"
OPEN = rights()[Role.PUBLIC]
"""What everybody may do, with or without an account."""
TEXT = {"uuid": "01900000-0000-7000-8000-000000000000", "int": "1", "str": "x", "path": "x", "date": "2026-01-05"}


def handlers(app: Litestar) -> list[tuple[str, str, HTTPRouteHandler]]:
    """Every method and path with its handler, without what the framework adds."""
    return [
        (method, route.path, handler)
        for route in app.routes
        for handler in getattr(route, "route_handlers", [])
        if isinstance(handler, HTTPRouteHandler)
        for method in sorted(handler.http_methods - {"HEAD", "OPTIONS"})
    ]


def needed(handler: HTTPRouteHandler) -> str | None:
    """The right that a route names; None where it is open by choice."""
    return None if handler.opt.get("exclude_from_auth") else handler.opt.get("needs")


@pytest.fixture
def app(tmp_path: Path) -> Litestar:
    """The application, not started."""
    return create_app(Settings(home=tmp_path, role_secret="x"))


async def test_every_route_names_a_right_that_somebody_holds(app: Litestar) -> None:
    """A route that forgets its right is closed by the guard, and found here."""
    held = frozenset().union(*rights().values())
    nameless = [f"{m} {p}" for m, p, h in handlers(app) if needed(h) is None and not h.opt.get("exclude_from_auth")]
    unheld = [f"{m} {p}: {needed(h)}" for m, p, h in handlers(app) if needed(h) and needed(h) not in held]
    assert (nameless, unheld) == ([], [])


async def test_casbin_and_the_expanded_sets_agree() -> None:
    """The set lookup answers exactly as Casbin would, for every role and every right there is."""
    casbin, sets = enforcer(), rights()
    everything = frozenset().union(*sets.values())
    for role in Role:
        for right in everything:
            thing, action = right.split(":")
            assert casbin.enforce(role.value, role.domain, thing, action) == (right in sets[role])


async def test_the_picture_of_all_rights_is_current() -> None:
    """A change of rights shows up in review as a tick or a cross; ANZHEN_DRAW_PERMISSIONS=1 draws it anew."""
    drawn = picture()
    if os.environ.get("ANZHEN_DRAW_PERMISSIONS"):
        PICTURE.write_text(drawn, encoding="utf-8")
    assert PICTURE.read_text(encoding="utf-8") == drawn


def picture() -> str:
    """Rights down, roles across."""
    sets = rights()
    roles = HELD
    head = f"{'':26}" + " ".join(f"{role.value[:12]:12}" for role in roles)
    rows = [
        f"{right:26}" + " ".join(f"{'✓' if right in sets[role] else '·':12}" for role in roles)
        for right in sorted(frozenset().union(*sets.values()))
    ]
    return "\n".join(line.rstrip() for line in (head, *rows)) + "\n"


async def test_no_administrator_holds_a_right_over_business_and_no_two_share_one() -> None:
    """三员分立: what two administrators both may do is only to look at the list of towns and to keep their own session."""
    own = {"home", "session", "message", "password", "second_factor", "township"}
    business = {"plan", "assignment", "enterprise", "accident", "member", "notice", "attachment", "target"}
    three = sorted(PLATFORM_ROLES)
    for role in three:
        assert not {right for right in rights()[role] if right.split(":")[0] in business}
    for one, other in ((three[0], three[1]), (three[0], three[2]), (three[1], three[2])):
        assert {right.split(":")[0] for right in rights()[one] & rights()[other]} <= own


async def everybody(sessions: OneConnection) -> dict[Role, Person]:
    """One person in every role."""
    async with sessions.session(None, Scope()) as session:
        town = await a_town(session)
        people = dict(town.people)
        people[Role.DISTRICT_OVERSEER] = await an_overseer(session, town.district_id, (town.id,))
        for role in sorted(PLATFORM_ROLES):
            people[role] = await an_administrator(session, role)
        await session.commit()
    return people


def filled(path: str) -> str:
    """A path with a value in each of its places."""
    parts = []
    for part in path.split("/"):
        kind = part.strip("{}").partition(":")[2] if part.startswith("{") else None
        parts.append(part if kind is None else TEXT[kind or "str"])
    return "/".join(parts)


async def test_every_role_is_refused_every_route_whose_right_it_lacks(
    settings: Settings, sessions: OneConnection
) -> None:
    """Each route is tried as each role: without the right 403, as nobody the door; and nothing ever answers 500."""
    people = await everybody(sessions)
    async with running(settings, sessions) as app:
        routes = [(m, p, needed(h)) for m, p, h in handlers(app) if needed(h) not in {None, *OPEN}]
        wrong = []
        for role, person in people.items():
            async with browser(app, person) as someone:
                for method, path, right in routes:
                    if right in rights()[role] and method != "GET":
                        continue
                    answer = await someone.send(method, filled(path))
                    refused = answer.status_code == 403
                    if answer.status_code >= 500 or (right not in rights()[role] and not refused):
                        wrong.append(f"{role} {method} {path}: {answer.status_code}")
        async with browser(app) as stranger:
            for method, path, _ in routes:
                answer = await stranger.send(method, filled(path))
                if answer.status_code not in {401, 403}:
                    wrong.append(f"nobody {method} {path}: {answer.status_code}")
    assert wrong == []
