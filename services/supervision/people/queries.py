"""Who holds which post of an enterprise on a day; personal data stays sealed."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from services.kernel.keys import MasterKey
from services.kernel.work import Work
from services.supervision.people.models import POSTS, EnterprisePerson
from services.supervision.people.sealing import indexes
from services.supervision.registry import Enterprise, visible
from services.tenancy.tenant_keys import keys_of

MOST = 50


def holds_on(day: date) -> ColumnElement[bool]:
    """The post is held on a day, the first and the last included."""
    until = or_(EnterprisePerson.to_on.is_(None), EnterprisePerson.to_on >= day)
    return and_(EnterprisePerson.from_on <= day, until)


async def on_day(work: Work, enterprise_id: UUID, day: date) -> Sequence[EnterprisePerson]:
    """Everyone who holds a post of an enterprise on a day, in the order of the posts."""
    query = select(EnterprisePerson).where(EnterprisePerson.enterprise_id == enterprise_id, holds_on(day))
    order = {post: number for number, post in enumerate(POSTS)}
    return sorted(await work.all(query), key=lambda row: (order[row.post], row.from_on, row.id))


async def of_all_on(work: Work, enterprise_ids: Sequence[UUID], day: date) -> Sequence[EnterprisePerson]:
    """The same for several enterprises at once."""
    return await work.all(
        select(EnterprisePerson).where(EnterprisePerson.enterprise_id.in_(enterprise_ids), holds_on(day))
    )


async def former(work: Work, enterprise_id: UUID, day: date) -> Sequence[EnterprisePerson]:
    """Those whose post ended before a day, the latest first."""
    query = select(EnterprisePerson).where(
        EnterprisePerson.enterprise_id == enterprise_id, EnterprisePerson.to_on < day
    )
    return await work.all(query.order_by(EnterprisePerson.to_on.desc(), EnterprisePerson.id))


async def find(work: Work, typed: str, *, master: MasterKey) -> Sequence[tuple[EnterprisePerson, Enterprise]]:
    """Everybody of exactly that name, telephone number or identity number, and where they are; recorded by nobody's name."""
    work.require("enterprise_person:write")
    keys = await keys_of(work.session, work.tenant_id, master=master)
    if keys is None or not typed.strip():
        return []
    same = [getattr(EnterprisePerson, column) == index for column, index in indexes(keys, typed).items()]
    query = (
        select(EnterprisePerson, Enterprise)
        .join(
            Enterprise,
            and_(Enterprise.id == EnterprisePerson.enterprise_id, Enterprise.tenant_id == EnterprisePerson.tenant_id),
        )
        .where(or_(*same), visible(work))
    )
    return [
        (row[0], row[1]) for row in await work.rows(query.order_by(Enterprise.name, EnterprisePerson.id).limit(MOST))
    ]
