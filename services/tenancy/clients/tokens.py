"""Tokens of other systems (RFC 6749 4.4): random, good for a quarter of an hour, and worth nothing once the town says so."""

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from ipaddress import ip_network
from typing import Any, Final
from uuid import UUID

import msgspec
from authlib.oauth2.rfc6749.errors import InvalidClientError, InvalidScopeError  # type: ignore[import-untyped]
from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.database import Scope, Sessions
from services.kernel.hot import Statement
from services.kernel.table import Login
from services.tenancy.clients.actions import secret_hash
from services.tenancy.clients.models import ApiClient, ApiToken
from services.tenancy.policy.scopes import rights_of, scopes
from services.tenancy.roles import Role
from services.tenancy.signing_in import throttles
from services.tenancy.signing_in.events import note
from services.tenancy.signing_in.person import Person, Program, scope_of
from services.tenancy.townships.models import Tenant

LASTS: Final = timedelta(minutes=15)
SEEN_EVERY: Final = timedelta(minutes=1)
NO_CLIENT: Final = UUID(int=0)
NO_SECRET: Final = secret_hash("")
NOWHERE: Final = Scope()


class Token(msgspec.Struct, frozen=True):
    """What the system is handed; kept by nobody else."""

    access_token: str
    expires_in: int
    scope: str
    token_type: str = "Bearer"  # noqa: S105 - the kind of a token


async def issue(
    sessions: Sessions, *, client_id: str, secret: str, wanted: Sequence[str], address: str, now: datetime
) -> tuple[Token, dict[str, str]]:
    """A token for a system that knows its secret, with the scopes it asks for, or all that it has; and how often it may yet fail.

    An unknown system, a wrong secret, one that was shut out and a foreign address are answered alike.
    Raises InvalidClientError, InvalidScopeError and TooManyAttempts.
    """
    limits = {
        throttles.key_of("client", f"{client_id}|{address}"): throttles.PER_PERSON,
        throttles.key_of("address", address): throttles.PER_ADDRESS,
    }
    async with sessions.session(Login.IDENTITY, NOWHERE) as session:
        await throttles.charge(session, limits, now)
        client = await _client(session, client_id)
        fits = hmac.compare_digest(secret_hash(secret), client.secret_hash if client else NO_SECRET)
        if (
            client is None
            or not fits
            or not _program(client.id, client.scopes, client.addresses).may_come_from(address)
        ):
            note(session, "client_refused", at=now, login="", user_id=None, address=address, client=client_id[:36])
            await session.commit()
            raise InvalidClientError(status_code=401)
        for key, limit in limits.items():
            await throttles.refund(session, key, limit)
        token = await _hand_out(session, client, wanted, address, now)
        left = await throttles.room_left(session, limits, now)
        await session.commit()
        return token, left


async def _client(session: AsyncSession, client_id: str) -> ApiClient | None:
    """The system of an id, active in an active town; what is no id is looked up all the same, so that time tells nothing."""
    try:
        found = UUID(client_id)
    except ValueError:
        found = NO_CLIENT
    query = (
        select(ApiClient)
        .join(Tenant, Tenant.id == ApiClient.tenant_id)
        .where(ApiClient.id == found, ApiClient.state == "active", Tenant.state == "active")
    )
    return (await session.scalars(query)).first()


async def _hand_out(
    session: AsyncSession, client: ApiClient, wanted: Sequence[str], address: str, now: datetime
) -> Token:
    allowed = [scope for scope in client.scopes if scope in scopes()]
    if not allowed or not set(wanted) <= set(allowed):
        await session.commit()
        raise InvalidScopeError
    granted = [scope for scope in allowed if not wanted or scope in wanted]
    word = f"anzhen_token_{secrets.token_urlsafe(32)}"
    await session.execute(delete(ApiToken).where(ApiToken.client_id == client.id, ApiToken.expires_at <= now))
    session.add(
        ApiToken(
            token_hash=secret_hash(word), client_id=client.id, scopes=granted, created_at=now, expires_at=now + LASTS
        )
    )
    await _see(session, client.id, address, now)
    return Token(word, int(LASTS.total_seconds()), " ".join(granted))


RESOLVE = (
    select(
        ApiClient.id,
        ApiClient.name,
        ApiClient.tenant_id,
        ApiClient.scopes,
        ApiClient.addresses,
        ApiClient.used_at,
        ApiToken.scopes.label("granted"),
        Tenant.name.label("tenant_name"),
    )
    .select_from(ApiToken)
    .join(ApiClient, ApiClient.id == ApiToken.client_id)
    .join(Tenant, Tenant.id == ApiClient.tenant_id)
    .where(
        ApiToken.token_hash == bindparam("token_hash"),
        ApiToken.expires_at > bindparam("now"),
        ApiClient.state == "active",
        Tenant.state == "active",
    )
)


@cache
def _resolving() -> Statement:
    return Statement(RESOLVE)


async def resolve(sessions: Sessions, token: str, address: str, now: datetime) -> Person | None:
    """The system that shows a token, acting for its town; None where the token is worth nothing."""
    async with sessions.reading(Login.IDENTITY, NOWHERE) as connection:
        asked = {"token_hash": secret_hash(token), "now": now}
        row = await connection.fetchrow(_resolving().sql, *_resolving().values(asked))
    if row is None:
        return None
    program = _program(row["id"], set(row["granted"]) & set(row["scopes"]), row["addresses"])
    if program.may_come_from(address) and (row["used_at"] is None or row["used_at"] + SEEN_EVERY <= now):
        async with sessions.session(Login.IDENTITY, NOWHERE) as session:
            await _see(session, row["id"], address, now)
            await session.commit()
    return Person(
        login=Role.CLIENT.login,
        scope=scope_of(Role.CLIENT.login, row["tenant_id"], (), None),
        person=f"系统：{row['name']}",
        role=Role.CLIENT.value,
        tenant=row["tenant_id"],
        tenant_name=row["tenant_name"],
        program=program,
    )


def _program(client_id: UUID, granted: Any, addresses: Sequence[str]) -> Program:
    return Program(client_id, rights_of(granted), tuple(ip_network(one) for one in addresses))


async def _see(session: AsyncSession, client_id: UUID, address: str, now: datetime) -> None:
    """Beside the version: being used is no change that the office must have seen."""
    used = update(ApiClient.__table__).where(ApiClient.id == client_id)  # type: ignore[arg-type]
    await session.execute(used.values(used_at=now, used_from=address[:64]))
