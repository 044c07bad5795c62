"""Which account a provider's subject belongs to: tied by the person who is signed in, or while accepting an invitation."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel import clock
from services.kernel.database import Sessions
from services.kernel.refusals import NotFound, Refusal
from services.kernel.table import Login
from services.tenancy.signing_in.events import Visit, note
from services.tenancy.signing_in.models import User
from services.tenancy.signing_in.oidc.models import ExternalIdentity
from services.tenancy.signing_in.oidc.provider import Proven
from services.tenancy.signing_in.person import Person
from services.tenancy.signing_in.sessions import IDENTITY

__all__ = ["AlreadyTied", "Proven", "link", "linked", "owner_of", "tie_identity", "unlink"]


class AlreadyTied(Refusal):
    """The provider's subject belongs to an account, or the account has a subject of this provider."""

    def __init__(self) -> None:
        super().__init__("这个外部账号已关联了安镇账号，或您的账号已关联了另一个；请先在“个人设置”里解除")


async def tie_identity(session: AsyncSession, user: User, proven: Proven, *, visit: Visit, now: datetime) -> None:
    """From now on the provider's subject opens this account; raises AlreadyTied."""
    made = (
        insert(ExternalIdentity)
        .values(
            id=clock.new_id(),
            user_id=user.id,
            issuer=proven.issuer,
            subject=proven.subject,
            name=proven.name,
            linked_at=now,
        )
        .on_conflict_do_nothing()
        .returning(ExternalIdentity.id)
    )
    if (await session.execute(made)).first() is None:
        raise AlreadyTied
    note(
        session,
        "identity_linked",
        at=now,
        login=user.login,
        user_id=user.id,
        address=visit.address,
        issuer=proven.issuer,
    )


async def link(sessions: Sessions, person: Person, proven: Proven, visit: Visit) -> None:
    """The signed-in person ties a provider's subject to the own account; raises AlreadyTied."""
    async with sessions.session(Login.IDENTITY, IDENTITY) as session:
        user = await session.get_one(User, person.user_id, with_for_update=True)
        await tie_identity(session, user, proven, visit=visit, now=clock.now())
        await session.commit()


async def unlink(sessions: Sessions, person: Person, identity_id: UUID, visit: Visit) -> None:
    """The provider's subject opens the account no longer; raises NotFound for anybody else's."""
    async with sessions.session(Login.IDENTITY, IDENTITY) as session:
        mine = delete(ExternalIdentity).where(
            ExternalIdentity.id == identity_id, ExternalIdentity.user_id == person.user_id
        )
        issuer = await session.scalar(mine.returning(ExternalIdentity.issuer))
        if issuer is None:
            raise NotFound
        user = await session.get_one(User, person.user_id)
        note(
            session,
            "identity_unlinked",
            at=clock.now(),
            login=user.login,
            user_id=user.id,
            address=visit.address,
            issuer=issuer,
        )
        await session.commit()


async def linked(session: AsyncSession, user_id: UUID) -> Sequence[ExternalIdentity]:
    """What opens an account besides its password."""
    query = select(ExternalIdentity).where(ExternalIdentity.user_id == user_id)
    return (await session.scalars(query.order_by(ExternalIdentity.linked_at))).all()


async def owner_of(session: AsyncSession, proven: Proven) -> User | None:
    """The account that a provider's subject opens, locked; None where nobody has tied it."""
    query = (
        select(User)
        .join(ExternalIdentity, ExternalIdentity.user_id == User.id)
        .where(ExternalIdentity.issuer == proven.issuer, ExternalIdentity.subject == proven.subject)
        .with_for_update(of=User)
    )
    return (await session.scalars(query)).first()
