"""A visitor without an account: first the town of the address, then what that town has published."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import Any, Final

import msgspec
from litestar import Request
from sqlalchemy import select

from services.kernel.database import Scope
from services.kernel.published import view_of
from services.kernel.refusals import NotFound
from services.kernel.trail import AuditRoot
from services.kernel.work import Work, open_work
from services.supervision import plans
from services.tenancy import townships
from services.tenancy.signing_in.person import NOBODY
from services.tenancy.townships import PublicTown

AnyRequest = Request[Any, Any, Any]
ROOTS: Final = view_of(AuditRoot)
DAYS = 30


class NoSuchTown(NotFound):
    """No town has this address."""

    def __init__(self) -> None:
        super().__init__("没有这个网址简称的镇街，可能地址写错或已经更改，请从镇街名单里查找")


class TownSuspended(NotFound):
    """The town is suspended, and shows nothing."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name}的公开页面已暂停，何时恢复请咨询当地；其他镇街请从镇街名单里查找")


class NoSuchPlan(NotFound):
    """The town has published no plan for the year."""

    def __init__(self, name: str, year: int | None = None) -> None:
        super().__init__(f"{name}没有公布{f'{year}年的' if year else ''}工作要点，已公布的年度见{name}的公开页面")


class Root(msgspec.Struct, frozen=True):
    """A day's anchor, and how many records of the town had been sealed by its end; none where it had no chain yet."""

    day: date
    root: str
    sealed: int | None


@asynccontextmanager
async def outside(request: AnyRequest, scope: Scope | None = None) -> AsyncIterator[Work]:
    """The Work of whoever comes, as nobody: who has signed in sees here what everybody sees."""
    visitor = msgspec.structs.replace(NOBODY, scope=scope or Scope())
    async with open_work(request.app.state.sessions, visitor, visitor.rights) as work:
        yield work


async def town_called(request: AnyRequest, name: str) -> PublicTown:
    """The town of an address; raises NoSuchTown and TownSuspended."""
    async with outside(request) as work:
        town = await townships.public_town(work, name.lower())
    if town is None:
        raise NoSuchTown
    if town.state == "suspended":
        raise TownSuspended(town.name)
    return town


async def plan_of(request: AnyRequest, town: PublicTown, year: int | None = None) -> plans.PublicPlan:
    """The published plan of a year, or of the newest; raises NoSuchPlan."""
    async with outside(request, Scope(tenant_id=town.id)) as work:
        plan = await plans.public_plan(work, year)
    if plan is None:
        raise NoSuchPlan(town.name, year)
    return plan


async def latest_roots(work: Work) -> Sequence[Root]:
    """The roots of the last thirty days that have one, the latest first."""
    rows = await work.rows(select(ROOTS.c.day, ROOTS.c.root, ROOTS.c.heads).order_by(ROOTS.c.day.desc()).limit(DAYS))
    mine = str(work.identity.tenant_id)
    return [
        Root(day, root.hex(), next((head["seq"] for head in heads if head["tenant"] == mine), None))
        for day, root, heads in rows
    ]
