"""Sessions: a random token in the cookie, its SHA-256 in the table; resolved in one trip."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Text, bindparam, cast, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.kernel.database import Scope, Sessions
from services.kernel.hot import Statement
from services.kernel.table import Login
from services.tenancy.roles import Role
from services.tenancy.signing_in.models import Membership, User, UserSession
from services.tenancy.signing_in.person import Owed, Person, Place, scope_of
from services.tenancy.townships.models import Tenant

COOKIE = "anzhen_session"
IDLE = timedelta(hours=2)
ABSOLUTE = timedelta(hours=12)
DOORSTEP = timedelta(minutes=15)
"""How long somebody may look for the phone with the second factor."""
SEEN_EVERY = timedelta(minutes=1)
IDENTITY = Scope()


def cookie_name(*, secure: bool) -> str:
    """The session cookie; over https its name forbids other hosts of the domain to set it."""
    return f"__Host-{COOKIE}" if secure else COOKIE


def token_hash(token: str) -> bytes:
    """What the table keeps of a cookie."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()


def start_session(
    session: AsyncSession, *, user_id: UUID, membership_id: UUID, now: datetime, address: str, agent: str
) -> tuple[str, UserSession]:
    """A new session and the token for its cookie."""
    token = secrets.token_urlsafe(32)
    row = UserSession(
        token_hash=token_hash(token),
        user_id=user_id,
        membership_id=membership_id,
        second_factor_at=None,
        created_at=now,
        seen_at=now,
        expires_at=now + ABSOLUTE,
        address=address[:64],
        agent=agent[:200],
    )
    session.add(row)
    return token, row


async def renew(
    session: AsyncSession, old: UserSession, *, membership_id: UUID, now: datetime
) -> tuple[str, UserSession]:
    """A new session in the place of an old one, whose cookie is dead; a rotation does not lengthen the day."""
    token, row = start_session(
        session, user_id=old.user_id, membership_id=membership_id, now=now, address=old.address, agent=old.agent
    )
    row.created_at, row.expires_at, row.second_factor_at = old.created_at, old.expires_at, old.second_factor_at
    await session.delete(old)
    return token, row


async def end_sessions_of(
    session: AsyncSession, *, user_id: UUID | None = None, membership_id: UUID | None = None, but: UUID | None = None
) -> int:
    """End all sessions of a person or of one membership, but for the one named; returns how many were open."""
    query = delete(UserSession)
    if user_id is not None:
        query = query.where(UserSession.user_id == user_id)
    if membership_id is not None:
        query = query.where(UserSession.membership_id == membership_id)
    if but is not None:
        query = query.where(UserSession.id != but)
    ended = await session.execute(query.returning(UserSession.id))
    return len(ended.all())


_towns = aliased(Tenant)
_others = aliased(Membership)
_their_tenants = aliased(Tenant)
_PLACE = func.json_build_object(
    "id", _others.id, "role", _others.role, "tenant", _their_tenants.name, "enterprise", _others.enterprise_name
)
OTHER_PLACES = (
    select(cast(func.json_agg(_PLACE), Text))
    .select_from(_others)
    .join(_their_tenants, _their_tenants.id == _others.tenant_id)
    .where(
        _others.user_id == UserSession.user_id,
        _others.id != UserSession.membership_id,
        _others.state == "active",
        _their_tenants.state == "active",
    )
    .correlate(UserSession)
    .scalar_subquery()
)
RESOLVE = (
    select(
        UserSession.id,
        UserSession.user_id,
        UserSession.seen_at,
        UserSession.second_factor_at,
        User.name,
        User.must_change_password,
        User.totp_confirmed_at,
        Membership.id.label("membership_id"),
        Membership.tenant_id,
        Membership.member_id,
        Membership.role,
        Membership.enterprise_id,
        Membership.enterprise_name,
        Membership.department_id,
        Membership.sectors,
        Tenant.name.label("tenant_name"),
        select(func.array_agg(_towns.id))
        .where(_towns.district_id == Tenant.id, _towns.kind == "township")
        .scalar_subquery()
        .label("towns"),
        OTHER_PLACES.label("places"),
    )
    .join(User, User.id == UserSession.user_id)
    .join(Membership, Membership.id == UserSession.membership_id)
    .join(Tenant, Tenant.id == Membership.tenant_id)
    .where(User.state == "active", Membership.state == "active", Tenant.state == "active")
    .where(
        UserSession.token_hash == bindparam("token_hash"),
        UserSession.expires_at > bindparam("now"),
        UserSession.seen_at > bindparam("seen_after"),
    )
)


@cache
def _resolving() -> Statement:
    return Statement(RESOLVE)


async def resolve(sessions: Sessions, token: str, now: datetime) -> Person | None:
    """The person whom a cookie belongs to, or None when the session has ended; marks it as seen."""
    asked = {"token_hash": token_hash(token), "now": now, "seen_after": now - IDLE}
    async with sessions.reading(Login.IDENTITY, IDENTITY) as connection:
        row = await connection.fetchrow(_resolving().sql, *_resolving().values(asked))
    if row is None:
        return None
    if row["seen_at"] + SEEN_EVERY <= now:
        await _see(sessions, row["id"], now)
    return person_of(row)


async def _see(sessions: Sessions, session_id: UUID, now: datetime) -> None:
    """By statement, not by a loaded row: a session that was ended meanwhile is simply not there."""
    async with sessions.session(Login.IDENTITY, IDENTITY) as session:
        await session.execute(update(UserSession).where(UserSession.id == session_id).values(seen_at=now))
        await session.commit()


def person_of(row: Mapping[str, Any]) -> Person:
    """The person of one row of RESOLVE."""
    role = Role(row["role"])
    towns = tuple(row["towns"] or ())
    places = map(_place, msgspec.json.decode(row["places"] or "[]"))
    return Person(
        login=role.login,
        scope=scope_of(role.login, row["tenant_id"], towns, row["enterprise_id"]),
        person=row["name"],
        role=role.value,
        user_id=row["user_id"],
        member_id=row["member_id"],
        session_id=row["id"],
        membership_id=row["membership_id"],
        tenant=row["tenant_id"],
        tenant_name=row["tenant_name"],
        towns=towns,
        enterprise_id=row["enterprise_id"],
        enterprise_name=row["enterprise_name"] or "",
        sectors=tuple(row["sectors"]),
        department_id=row["department_id"],
        places=tuple(sorted(places, key=lambda place: (place.label, place.id))),
        owes=owed(
            role,
            second_factor_at=row["second_factor_at"],
            totp_confirmed_at=row["totp_confirmed_at"],
            must_change_password=row["must_change_password"],
        ),
    )


def owed(
    role: Role, *, second_factor_at: datetime | None, totp_confirmed_at: datetime | None, must_change_password: bool
) -> Owed | None:
    """What a session must do first: give its code, then change its password, then set up what the role asks for."""
    if second_factor_at is None and totp_confirmed_at is not None:
        return Owed.CODE
    if must_change_password:
        return Owed.PASSWORD
    if second_factor_at is None and role.needs_second_factor:
        return Owed.SECOND_FACTOR
    return None


def _place(found: dict[str, str]) -> Place:
    role = Role(found["role"]).label
    # A person's enterprises may lie in different towns: the note names the town, too.
    note = f"{found['tenant']} · {role}" if found["enterprise"] else role
    return Place(UUID(found["id"]), found["enterprise"] or found["tenant"], note)
