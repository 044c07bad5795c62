"""The accounts of the deployment, as the security administrator sees them: names and offices, no business."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, or_, select

from services.kernel.work import Work
from services.tenancy.roles import Role
from services.tenancy.signing_in.models import Membership, User
from services.tenancy.townships.models import Tenant

PAGE = 50
STATES = {"invited": "未激活", "active": "正常", "locked": "已停用", "left": "已注销"}


class AccountFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which accounts are asked for; every field may be left out."""

    q: str = ""
    role: str = ""
    state: str = ""
    tenant: UUID | None = None
    page: int = 1


class AccountRow(msgspec.Struct, frozen=True, kw_only=True):
    """One account and where it acts."""

    user: User
    places: list[tuple[str, Role]]

    @property
    def id(self) -> UUID:
        """The account's."""
        return self.user.id


async def accounts(work: Work, asked: AccountFilter) -> tuple[list[AccountRow], int]:
    """One page of accounts in the order of their names, and how many there are."""
    work.require("account:read")
    query = _matching(asked)
    users = await work.all(query.order_by(User.login).limit(PAGE).offset((asked.page - 1) * PAGE))
    places = await _places(work, users)
    return [AccountRow(user=user, places=places.get(user.id, [])) for user in users], await work.count(query)


async def accounts_after(
    work: Work, asked: AccountFilter, cursor: UUID | None, limit: int
) -> tuple[list[AccountRow], int]:
    """The next accounts after one, in the order in which they were made; and how many there are in all."""
    work.require("account:read")
    query = _matching(asked)
    users = await work.all((query.where(User.id > cursor) if cursor else query).order_by(User.id).limit(limit))
    places = await _places(work, users)
    return [AccountRow(user=user, places=places.get(user.id, [])) for user in users], await work.count(query)


async def account(work: Work, user_id: UUID) -> AccountRow:
    """One account and where it acts; raises NotFound."""
    work.require("account:read")
    user = await work.one(select(User).where(User.id == user_id))
    return AccountRow(user=user, places=(await _places(work, [user])).get(user.id, []))


def _matching(asked: AccountFilter) -> Select[Any]:
    query = select(User)
    if asked.q:
        query = query.where(
            or_(User.login.contains(asked.q.lower(), autoescape=True), User.name.contains(asked.q, autoescape=True))
        )
    if asked.state:
        query = query.where(User.state == asked.state)
    if asked.role or asked.tenant:
        held = select(Membership.user_id).where(Membership.state == "active")
        held = held.where(Membership.role == asked.role) if asked.role else held
        held = held.where(Membership.tenant_id == asked.tenant) if asked.tenant else held
        query = query.where(User.id.in_(held))
    return query


async def _places(work: Work, users: Sequence[User]) -> dict[UUID, list[tuple[str, Role]]]:
    query = (
        select(Membership.user_id, Membership.role, Membership.enterprise_name, Tenant.name)
        .join(Tenant, Tenant.id == Membership.tenant_id)
        .where(Membership.user_id.in_([user.id for user in users]), Membership.state == "active")
        .order_by(Tenant.name, Membership.id)
    )
    found: dict[UUID, list[tuple[str, Role]]] = {}
    for user_id, role, enterprise, tenant in await work.rows(query):
        place = f"{tenant} {enterprise}" if enterprise else tenant
        found.setdefault(user_id, []).append((place, Role(role)))
    return found
