"""What waits for the person who asks: their own work, and what others have handed to them."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec
from sqlalchemy import ColumnElement, and_, false, func, or_, select

from services.kernel.work import Work
from services.supervision.assignments.models import Assignment
from services.supervision.assignments.queries import mine, visible
from services.supervision.assignments.states import OPEN

MOST = 60
"""Cards beyond so many are found in the list."""
TO_DO = OPEN - {"submitted"}


class Waiting(msgspec.Struct, frozen=True):
    """The assignments that wait for one person, the most urgent first."""

    own: Sequence[Assignment] = ()
    """To receive, to go on with, or returned."""
    to_accept: Sequence[Assignment] = ()
    extensions: Sequence[Assignment] = ()
    late: Sequence[Assignment] = ()
    """Overdue with others, where this person may urge them."""


async def waiting(work: Work) -> Waiting:
    """Everything that this person can move on today."""
    return Waiting(
        own=await _some(work, _own(work)) if work.may("assignment:receive") else (),
        to_accept=await _some(work, _to_accept(work)) if work.may("assignment:accept") else (),
        extensions=await _some(work, _extensions(work)) if work.may("assignment:decide_extension") else (),
        late=await _some(work, _late(work)) if work.may("assignment:urge") else (),
    )


async def how_many(work: Work) -> int:
    """How many assignments wait for this person; the menu shows it on every page."""
    asked = (
        ("assignment:receive", _urgent(work)),
        ("assignment:accept", _to_accept(work)),
        ("assignment:decide_extension", _extensions(work)),
    )
    wanted = [condition for right, condition in asked if work.may(right)]
    if not wanted:
        return 0
    return await work.session.scalar(select(func.count()).select_from(Assignment).where(or_(*wanted))) or 0


async def _some(work: Work, wanted: ColumnElement[bool]) -> Sequence[Assignment]:
    query = select(Assignment).where(visible(work), wanted)
    return await work.all(query.order_by(Assignment.due_on, Assignment.id).limit(MOST))


def _own(work: Work) -> ColumnElement[bool]:
    return and_(mine(work), Assignment.state.in_(TO_DO))


def _urgent(work: Work) -> ColumnElement[bool]:
    """Of one's own work what is new, returned, or due within a day."""
    near = Assignment.due_on <= work.today + timedelta(days=1)
    return and_(_own(work), or_(Assignment.state.in_(("pending", "returned")), near))


def _to_accept(work: Work) -> ColumnElement[bool]:
    another = Assignment.submitted_by.is_distinct_from(work.identity.member_id)
    return and_(Assignment.state == "submitted", another)


def _extensions(work: Work) -> ColumnElement[bool]:
    theirs = mine(work) if work.may("assignment:ask_extension") else false()
    return and_(Assignment.extension_to.is_not(None), Assignment.state.in_(TO_DO), theirs.is_not(True))


def _late(work: Work) -> ColumnElement[bool]:
    theirs = mine(work) if work.may("assignment:receive") else false()
    return and_(Assignment.state.in_(TO_DO), Assignment.due_on < work.today, theirs.is_not(True))
