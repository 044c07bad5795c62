"""Which invitations there are, what became of each, and which enterprises have nobody yet."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, or_, select

from services.kernel.work import Work
from services.tenancy.invitations.models import Invitation
from services.tenancy.invitations.sending import RIGHT
from services.tenancy.members.models import Member
from services.tenancy.roles import ENTERPRISE_ROLES, Role

PAGE = 50
LABELS = {"sent": "已发", "opened": "已打开", "used": "已使用", "expired": "已过期", "revoked": "已撤回"}
LIKE = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})


class InvitationFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which invitations are asked for; every field may be left out."""

    q: str = ""
    """A part of the enterprise's or the person's name."""
    state: str = ""
    page: int = 1


def state_at(invitation: Invitation, now: datetime) -> str:
    """The state as the ledger shows it: an open invitation whose time is over has expired."""
    if invitation.state in {"sent", "opened"} and invitation.expires_at <= now:
        return "expired"
    return invitation.state


async def ledger(work: Work, asked: InvitationFilter) -> tuple[Sequence[Invitation], int]:
    """One page of invitations, the latest first, and how many there are; an enterprise sees its own."""
    work.require(RIGHT)
    query = _matching(work, asked)
    newest = query.order_by(Invitation.created_at.desc(), Invitation.id.desc())
    return await work.all(newest.limit(PAGE).offset((asked.page - 1) * PAGE)), await work.count(query)


async def people_of(work: Work, enterprise_id: UUID | None = None) -> Sequence[Member]:
    """Who acts for an enterprise today, or for any of the town's; an enterprise sees its own."""
    work.require(RIGHT)
    theirs = work.identity.scope.enterprise_id or enterprise_id
    query = select(Member).where(Member.state == "active", Member.role.in_(sorted(ENTERPRISE_ROLES)))
    query = query.where(Member.enterprise_id == theirs) if theirs else query
    return await work.all(query.order_by(Member.enterprise_id, Member.role, Member.name, Member.id))


async def served(work: Work, role: Role | None = None) -> frozenset[UUID]:
    """The enterprises for which somebody acts already (in that role) or may still accept an invitation."""
    work.require(RIGHT)
    roles = [role.value] if role else sorted(ENTERPRISE_ROLES)
    members = select(Member.enterprise_id).where(
        Member.state == "active", Member.enterprise_id.is_not(None), Member.role.in_(roles)
    )
    waiting = select(Invitation.enterprise_id).where(_open(work.now), Invitation.role.in_(roles))
    return frozenset(filter(None, [*await work.all(members), *await work.all(waiting)]))


def _open(now: datetime) -> Any:
    return Invitation.state.in_(["sent", "opened"]) & (Invitation.expires_at > now)


def _matching(work: Work, asked: InvitationFilter) -> Select[Any]:
    query = select(Invitation)
    if own := work.identity.scope.enterprise_id:
        query = query.where(Invitation.enterprise_id == own)
    if asked.q:
        like = f"%{asked.q.translate(LIKE)}%"
        query = query.where(or_(Invitation.enterprise_name.like(like), Invitation.name.like(like)))
    if asked.state == "expired":
        return query.where(Invitation.state.in_(["sent", "opened"]), Invitation.expires_at <= work.now)
    if asked.state in {"sent", "opened"}:
        return query.where(Invitation.state == asked.state, Invitation.expires_at > work.now)
    return query.where(Invitation.state == asked.state) if asked.state in LABELS else query
