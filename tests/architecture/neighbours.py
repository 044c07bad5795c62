"""Every route, every visitor and every id of somebody else's rows: what a neighbour may try, made from the application itself."""

import contextlib
import itertools
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field

import httpx
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kernel.clock import new_id
from services.kernel.database import Scope
from services.tenancy.policy import rights
from services.tenancy.roles import TOWN_ROLES, Role
from services.tenancy.signing_in.person import Person
from services.tenancy.signing_in.sessions import COOKIE
from tests.architecture.rows import put_canary, tenant_tables
from tests.architecture.samples import body_of
from tests.conftest import OneConnection
from tests.factories import Town, a_town, an_overseer
from tests.tenancy.programs import let_in, token_of
from tests.web import CSRF_COOKIE, signed_in

CANARY = "canary-of-the-neighbour"
DUTY = {"code": "charter", "period": "2026"}

TABLES: Mapping[str, str] = {
    "accident_id": "accident",
    "assignment_id": "assignment",
    "attachment_id": "attachment",
    "department_id": "department",
    "enterprise_id": "enterprise",
    "export_id": "registry_export",
    "feedback_id": "feedback",
    "import_id": "registry_import",
    "invitation_id": "invitation",
    "member_id": "member",
    "message_id": "message",
    "node_id": "plan_node",
    "outbox_id": "outbox",
    "person_id": "enterprise_person",
    "plan_id": "plan",
    "changes/request_id": "change_request",
    "password-requests/request_id": "password_request",
    "site_id": "site",
}
"""Of which table's row each place in an address speaks; where one name stands for two, the word before it tells them apart."""
BESIDE = frozenset({"client_id", "identity_id", "session_id", "tenant_id", "user_id"})
"""Ids of rows that belong to no tenant's table; `Neighbour.ids` knows them from the people."""
PLAIN: Mapping[str, str] = {
    **DUTY,
    "name": "app.css",
    "path": "openapi.json",
    "slug": "nowhere",
    "version": "1",
    "year": "2026",
}
"""Places that name no row of a tenant, or only together with an id beside them."""


class UnknownPlaceError(LookupError):
    """An address has a place of which the walk does not know whose rows it names."""

    def __init__(self, path: str, place: str) -> None:
        super().__init__(
            f"{path}: {place} is new: say in tests/architecture/neighbours.py which table it names (TABLES), or why none (PLAIN)"
        )


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one address."""

    method: str
    path: str
    handler: HTTPRouteHandler

    @property
    def right(self) -> str | None:
        """What it needs; None where it is open by choice."""
        return None if self.handler.opt.get("exclude_from_auth") else self.handler.opt.get("needs")

    @property
    def places(self) -> list[str]:
        """The names of the rows in its address."""
        return list(self._named())

    def filled(self, ids: Mapping[str, str]) -> str:
        """The address with these ids; raises UnknownPlaceError."""
        parts = self.path.split("/")
        for number, place in enumerate(parts):
            if place.startswith("{"):
                parts[number] = (PLAIN | dict(ids))[self._key(parts[number - 1], place)]
        return "/".join(parts)

    def _named(self) -> Iterator[str]:
        parts = self.path.split("/")
        for before, place in itertools.pairwise(parts):
            if place.startswith("{") and (key := self._key(before, place)) not in PLAIN:
                yield key

    def _key(self, before: str, place: str) -> str:
        name = place.strip("{}").partition(":")[0]
        for key in (f"{before}/{name}", name):
            if key in TABLES or key in BESIDE or key in PLAIN:
                return key
        raise UnknownPlaceError(self.path, name)


def routes_of(app: Litestar) -> list[Route]:
    """Every method of every address, without what the framework adds."""
    return [
        Route(method, route.path, handler)
        for route in app.routes
        for handler in getattr(route, "route_handlers", [])
        if isinstance(handler, HTTPRouteHandler)
        for method in sorted(handler.http_methods - {"HEAD", "OPTIONS"})
    ]


@dataclass(slots=True)
class Visitor:
    """Somebody with a browser or a token that no answer takes away."""

    name: str
    role: Role
    headers: dict[str, str]
    held: frozenset[str]


@dataclass(slots=True)
class Walk:
    """The neighbours' rows, and those who try to reach them."""

    connection: AsyncConnection
    sessions: OneConnection
    app: Litestar
    town: Town
    other: Town
    enterprise: uuid.UUID
    ids: dict[str, str]
    absent: dict[str, str]
    visitors: list[Visitor] = field(default_factory=list)

    @property
    def routes(self) -> list[Route]:
        """What can be asked."""
        return routes_of(self.app)

    async def ask(self, visitor: Visitor, route: Route, ids: Mapping[str, str], *, body: bool) -> httpx.Response:
        """One request of a visitor; what it changed is looked at by the caller and taken back."""
        options = body_of(route.handler, ids) if body and route.method != "GET" else {}
        query = {"params": ids} if body and route.method == "GET" else {}
        headers = visitor.headers | {"if-match": '"1"', "idempotency-key": str(new_id()), "accept": "application/json"}
        return await self.client.request(route.method, route.filled(ids), headers=headers, **options, **query)

    @property
    def client(self) -> httpx.AsyncClient:
        """A connection without a memory."""
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://anzhen.test")

    @contextlib.asynccontextmanager
    async def undone(self) -> AsyncIterator[None]:
        """Whatever happens inside has not happened afterwards."""
        savepoint = await self.connection.begin_nested()
        try:
            yield
        finally:
            await savepoint.rollback()

    async def print_of(self) -> dict[str, str]:
        """A fingerprint of every table's rows of the neighbour's town, without what was refused there."""
        await self.connection.execute(text("SET LOCAL ROLE NONE"))
        parts = [
            f"SELECT '{name}', coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') FROM {name} t"  # noqa: S608
            f" WHERE tenant_id = '{self.town.id}'" + (" AND NOT refused" if name == "audit_entry" else "")
            for name in (table.__tablename__ for table in tenant_tables())
            if name != "kept_answer"
        ]
        return dict((await self.connection.execute(text(" UNION ALL ".join(parts)))).tuples().all())


async def a_walk(app: Litestar, connection: AsyncConnection, sessions: OneConnection) -> Walk:
    """A town with a canary in every table, a neighbour in it, another town, and everybody who might ask."""
    async with sessions.session(None, Scope()) as session:
        town, other = await a_town(session, "甲镇"), await a_town(session, "乙镇")
        overseer = await an_overseer(session, other.district_id, (other.id,))
        await session.commit()
    enterprise = new_id()
    await connection.execute(text("SET LOCAL ROLE NONE"))
    await put_canary(connection, town.id, enterprise, CANARY)
    await connection.execute(
        text("UPDATE duty SET code = :code, period = :period WHERE enterprise_id = :one"), DUTY | {"one": enterprise}
    )
    await connection.execute(text("UPDATE enterprise_fact SET field = 'address', value = '\"示例路\"'"))
    await connection.execute(text("UPDATE outbox SET queue = 'messages' WHERE tenant_id = :town"), {"town": town.id})
    issued = await let_in(sessions, other)
    ids = await ids_of(connection, town, enterprise) | {
        "client_id": str((await let_in(sessions, town)).client.id),
        "user_id": str(town[Role.TOWN_LEADER].user_id),
        "tenant_id": str(town.id),
    }
    absent = {name: str(new_id()) for name in ids}
    walk = Walk(connection, sessions, app, town, other, enterprise, ids, absent)
    for name, person in visitors_of(town, other, overseer):
        walk.visitors.append(await a_visitor(walk, name, person))
    walk.visitors.append(await a_visitor(walk, "nobody", None))
    token = await token_of(app, issued)
    every = frozenset().union(*rights().values())
    walk.visitors.append(
        Visitor("a system of the other town", Role.CLIENT, {"authorization": f"Bearer {token}"}, every)
    )
    return walk


def visitors_of(town: Town, other: Town, overseer: Person) -> Iterator[tuple[str, Person]]:
    """The neighbour's two people in the same town, everybody of the other one, another district's overseer."""
    yield "safety officer next door", town[Role.SAFETY_OFFICER]
    yield "legal representative next door", town[Role.LEGAL_REPRESENTATIVE]
    for role in (*sorted(TOWN_ROLES), Role.SAFETY_OFFICER):
        yield f"{role.value} of the other town", other[role]
    yield "overseer of another district", overseer


async def a_visitor(walk: Walk, name: str, person: Person | None) -> Visitor:
    """Somebody with a session, or nobody, each with the word against forgery."""
    answer = await walk.client.get("/sign-in")
    word = answer.cookies[CSRF_COOKIE]
    cookies = f"{CSRF_COOKIE}={word}"
    if person is not None:
        cookies += f"; {COOKIE}={await signed_in(walk.sessions, person)}"
    role = Role(person.role) if person else Role.PUBLIC
    return Visitor(name, role, {"cookie": cookies, "x-csrf-token": word}, rights()[role] | rights()[Role.PUBLIC])


async def ids_of(connection: AsyncConnection, town: Town, enterprise: uuid.UUID) -> dict[str, str]:
    """The id of the canary in every table that an address can name."""
    ids = {name: str(new_id()) for name in BESIDE}
    await connection.execute(text("SET LOCAL ROLE NONE"))
    for name, table in TABLES.items():
        canary = f"t::text LIKE '%{enterprise}%' OR t::text LIKE '%{CANARY}%'"
        query = f"SELECT id FROM {table} t WHERE tenant_id = '{town.id}' ORDER BY ({canary}) DESC LIMIT 1"  # noqa: S608
        ids[name] = str((await connection.execute(text(query))).scalar_one())
    return ids
