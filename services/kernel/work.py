"""One person's one request: session, who, when, and the five verbs load, require, decide, record, send."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import Executable, Select, event, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria
from sqlalchemy.orm.exc import StaleDataError

from services.kernel import clock
from services.kernel.database import SENT, Scope, Sessions
from services.kernel.jobs import Job
from services.kernel.outbox import Outbox
from services.kernel.refusals import Forbidden, NotFound, Stale
from services.kernel.table import Base, Login, TenantTable
from services.kernel.trail import AuditEntry

T = TypeVar("T")
Row = TypeVar("Row", bound=Base)


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks: the login and scope that the database enforces, and the name that the trail keeps."""

    login: Login
    scope: Scope
    person: str
    role: str
    user_id: UUID | None = None
    member_id: UUID | None = None

    @property
    def tenant_id(self) -> UUID:
        """The tenant whose rows this person writes."""
        if self.scope.tenant_id is None:
            raise NotFound
        return self.scope.tenant_id


class Work:
    """One unit of work; only the edge (the request, the job) commits it."""

    def __init__(self, sessions: Sessions, identity: Identity, rights: frozenset[str], now: datetime) -> None:
        self.sessions = sessions
        self._session: AsyncSession | None = None
        self.identity = identity
        self.rights = rights
        self.now = now
        """One instant for the whole request, in UTC."""

    @property
    def session(self) -> AsyncSession:
        """The session of this Work's transaction, opened when it is first asked for: a hot read needs none."""
        if self._session is None:
            scope = self.identity.scope
            self._session = self.sessions.session(self.identity.login, scope)
            if scope.tenant_id is not None and not scope.tenant_ids:
                _keep_to_tenant(self._session, scope.tenant_id)
        return self._session

    @property
    def has_begun(self) -> bool:
        """Whether this Work's transaction is open."""
        return self._session is not None

    @property
    def today(self) -> date:
        """The date of `now` in Asia/Shanghai."""
        return clock.legal_day(self.now)

    @property
    def tenant_id(self) -> UUID:
        """The tenant whose rows are written here."""
        return self.identity.tenant_id

    # load
    async def get(self, table: type[Row], row_id: UUID, *, lock: bool = False) -> Row:
        """The row with that id; raises NotFound when this person cannot see it."""
        query = select(table).where(table.id == row_id)  # type: ignore[attr-defined]
        return await self.one(query.with_for_update(key_share=True) if lock else query)

    async def one(self, query: Select[T]) -> T:
        """The first row of a query; raises NotFound when there is none."""
        row = await self.first(query)
        if row is None:
            raise NotFound
        return row

    async def first(self, query: Select[T]) -> T | None:
        """The first row of a query, or None."""
        return (await self.session.scalars(query.limit(1))).first()

    async def all(self, query: Select[T]) -> Sequence[T]:
        """All rows of a query over one entity or column."""
        return (await self.session.scalars(query)).all()

    async def rows(self, query: Executable) -> Sequence[Any]:
        """All rows of a query over several columns."""
        return (await self.session.execute(query)).all()

    async def count(self, query: Select[*tuple[Any, ...]]) -> int:
        """How many rows a query has."""
        return (await self.session.scalar(select(func.count()).select_from(query.order_by(None).subquery()))) or 0

    # require
    def may(self, right: str) -> bool:
        """Whether this person's role holds a right (object:action)."""
        return right in self.rights

    def require(self, right: str) -> None:
        """Raise Forbidden unless this person's role holds the right."""
        if right not in self.rights:
            raise Forbidden(right)

    # decide
    def add(self, row: Row) -> Row:
        """Put a new row of this tenant into the transaction."""
        if isinstance(row, TenantTable) and getattr(row, "tenant_id", None) is None:
            row.tenant_id = self.tenant_id
        if row.id is None:  # type: ignore[attr-defined]
            row.id = clock.new_id()  # type: ignore[attr-defined]
        self.session.add(row)
        return row

    async def flush(self) -> None:
        """Send what was decided so far to the database; raises Stale when somebody else was quicker."""
        try:
            await self.session.flush()
        except StaleDataError as error:
            raise Stale from error

    # record
    def record(self, act: str, about: Base, **detail: Any) -> None:
        """Write the audit row of an act in this transaction."""
        self.add(
            AuditEntry(
                at=self.now,
                act=act,
                about_kind=about.__tablename__,
                about_id=about.id,  # type: ignore[attr-defined]
                enterprise_id=getattr(about, "enterprise_id", None) or self.identity.scope.enterprise_id,
                member_id=self.identity.member_id,
                person=self.identity.person,
                role=self.identity.role,
                refused=False,
                detail=msgspec.to_builtins(detail),
            )
        )

    # send
    def send(self, job: Job, *args: Any, due_at: datetime | None = None) -> None:
        """Write the outbox row of a job in this transaction; it runs after the commit, at `due_at` or at once."""
        self.session.info[SENT] = True
        self.add(
            Outbox(
                job=job.name,
                args=msgspec.to_builtins(list(args)),
                queue=job.queue,
                due_at=due_at or self.now,
                enterprise_id=self.identity.scope.enterprise_id,
            )
        )


@asynccontextmanager
async def open_work(
    sessions: Sessions, identity: Identity, rights: frozenset[str], now: datetime | None = None
) -> AsyncIterator[Work]:
    """A Work that is committed when its block ends well, and rolled back when it does not."""
    work = Work(sessions, identity, rights, now or clock.now())
    try:
        yield work
        if work.has_begun:
            await work.flush()
            await work.session.commit()
    finally:
        if work.has_begun:
            await work.session.__aexit__(None, None, None)


async def record_refusal(sessions: Sessions, identity: Identity, act: str, detail: dict[str, Any]) -> None:
    """Write the audit row of a refusal in a transaction of its own."""
    async with open_work(sessions, identity, frozenset()) as work:
        work.add(
            AuditEntry(
                at=work.now,
                act=act,
                about_kind="request",
                about_id=clock.new_id(),
                enterprise_id=identity.scope.enterprise_id,
                member_id=identity.member_id,
                person=identity.person,
                role=identity.role,
                refused=True,
                detail=detail,
            )
        )


def _keep_to_tenant(session: AsyncSession, tenant_id: UUID) -> None:
    """Every ORM statement carries the tenant besides the policy: it routes on Citus and is a second wall."""

    @event.listens_for(session.sync_session, "do_orm_execute")
    def keep(state: ORMExecuteState) -> None:
        if not state.is_column_load and not state.is_relationship_load:
            state.statement = state.statement.options(
                with_loader_criteria(TenantTable, lambda row: row.tenant_id == tenant_id, include_aliases=True)
            )
