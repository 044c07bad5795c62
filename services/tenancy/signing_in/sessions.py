"""Sessions: a random token in the cookie, its SHA-256 in the table; resolved in one trip."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import array_agg
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.kernel.database import Scope, Sessions
from services.kernel.table import Login
from services.tenancy.roles import Role
from services.tenancy.signing_in.models import Membership, User, UserSession
from services.tenancy.signing_in.person import Person, scope_of
from services.tenancy.townships.models import Tenant

COOKIE = "anzhen_session"
IDLE = timedelta(hours=2)
ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
IDENTITY = Scope()


def token_hash(token: str) -> bytes:
    """What the table keeps of a cookie."""
    return hashlib.sha256(token.encode()).digest()


def start_session(
    session: AsyncSession, *, user_id: UUID, membership_id: UUID | None, now: datetime, address: str, agent: str
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
        address=address,
        agent=agent[:200],
    )
    session.add(row)
    return token, row


_towns = aliased(Tenant)
RESOLVE = (
    select(
        UserSession,
        User.name,
        User.must_change_password,
        User.totp_confirmed_at,
        Membership,
        Tenant.name.label("tenant_name"),
        select(array_agg(_towns.id))
        .where(_towns.district_id == Tenant.id, _towns.kind == "township")
        .scalar_subquery()
        .label("towns"),
        select(func.count())
        .select_from(Membership)
        .where(Membership.user_id == UserSession.user_id, Membership.state == "active")
        .correlate(UserSession)
        .scalar_subquery()
        .label("memberships"),
    )
    .join(User, User.id == UserSession.user_id)
    .join(Membership, Membership.id == UserSession.membership_id)
    .join(Tenant, Tenant.id == Membership.tenant_id)
    .where(User.state == "active", Membership.state == "active", Tenant.state == "active")
)


async def resolve(sessions: Sessions, token: str, now: datetime) -> Person | None:
    """The person whom a cookie belongs to, or None when the session has ended; marks it as seen."""
    async with sessions.session(Login.IDENTITY, IDENTITY) as session:
        query = RESOLVE.where(UserSession.token_hash == token_hash(token), UserSession.expires_at > now)
        row = (await session.execute(query)).first()
        if row is None or row.UserSession.seen_at + IDLE <= now:
            return None
        if row.UserSession.seen_at + SEEN_EVERY <= now:
            row.UserSession.seen_at = now
            await session.commit()
        return person_of(row)


def person_of(row: Any) -> Person:
    """The person of one row of RESOLVE."""
    membership: Membership = row.Membership
    role = Role(membership.role)
    towns = tuple(row.towns or ())
    return Person(
        login=role.login,
        scope=scope_of(role.login, membership.tenant_id, towns, membership.enterprise_id),
        person=row.name,
        role=role.value,
        user_id=row.UserSession.user_id,
        member_id=membership.member_id,
        session_id=row.UserSession.id,
        membership_id=membership.id,
        tenant=membership.tenant_id,
        tenant_name=row.tenant_name,
        towns=towns,
        enterprise_id=membership.enterprise_id,
        enterprise_name=membership.enterprise_name or "",
        sectors=tuple(membership.sectors),
        memberships=row.memberships,
        must_change_password=row.must_change_password,
    )


