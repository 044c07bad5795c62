"""The figures of every town that a district sees, each computed from that town's rows."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from services.kernel.work import Work
from services.regulation.targets import AccidentControl, Figure
from services.supervision import accidents, assignments
from services.supervision.accidents import Accident
from services.supervision.plans import Plan
from services.supervision.registry import Enterprise, conditions
from services.supervision.targets.queries import AIMS, Aim, control_of, reached
from services.tenancy.townships.models import Tenant


class TownFigures(msgspec.Struct, frozen=True):
    """One line of the district's table."""

    id: UUID
    name: str
    plan: str | None
    """The title of the plan in force this year; None where nothing was published."""
    assignments: assignments.Tally
    escalated: int
    enterprises: int
    control: AccidentControl
    rates: Mapping[str, Figure]

    @property
    def reached(self) -> tuple[int, int]:
        """Targets reached, of those that apply."""
        return reached(self.control, self.rates.values())


async def towns_of(work: Work) -> Sequence[TownFigures]:
    """Every town of the session, by name; one query for each kind of fact, however many towns there are."""
    work.require("township:compare")
    ids = work.identity.scope.tenant_ids
    names = await work.rows(select(Tenant.id, Tenant.name).where(Tenant.id.in_(ids)).order_by(Tenant.code))
    tallies, escalated = await _assignments(work)
    rates = await _rates(work)
    plans, happened = await _plans(work), await _accidents(work)
    return [
        TownFigures(
            id=town,
            name=name,
            plan=plans.get(town),
            assignments=tallies.get(town, assignments.Tally(str(town), 0, 0, 0, 0)),
            escalated=escalated.get(town, 0),
            enterprises=rates["enterprises"].get(town, (0, 0))[1],
            control=control_of(*happened[town]),
            rates={aim.code: aim.rule(*rates[aim.code].get(town, (0, 0))) for aim in AIMS},
        )
        for town, name in names
    ]


async def _assignments(work: Work) -> tuple[dict[UUID, assignments.Tally], dict[UUID, int]]:
    wanted = assignments.AssignmentFilter()
    tallies = await assignments.tallies(work, wanted, assignments.Assignment.tenant_id)
    top = assignments.AssignmentFilter(state="escalated")
    escalated = await assignments.tallies(work, top, assignments.Assignment.tenant_id)
    return {UUID(str(one.key)): one for one in tallies}, {UUID(str(one.key)): one.total for one in escalated}


async def _rates(work: Work) -> dict[str, dict[UUID, tuple[int, int]]]:
    """Numerator and denominator of each rate by town."""
    found: dict[str, dict[UUID, tuple[int, int]]] = {}
    for aim in AIMS:
        done = func.count().filter(*conditions(_with(aim), work.today))
        query = select(Enterprise.tenant_id, done, func.count()).where(*conditions(aim.whole, work.today))
        found[aim.code] = {town: (n, m) for town, n, m in await work.rows(query.group_by(Enterprise.tenant_id))}
    every = select(Enterprise.tenant_id, func.count()).where(Enterprise.left_on.is_(None))
    found["enterprises"] = {town: (0, m) for town, m in await work.rows(every.group_by(Enterprise.tenant_id))}
    return found


def _with(aim: Aim) -> Any:
    return msgspec.structs.replace(aim.whole, **aim.done)


async def _plans(work: Work) -> dict[UUID, str]:
    query = select(Plan.tenant_id, Plan.title).where(
        Plan.year == work.today.year, Plan.state.in_(("published", "closed"))
    )
    return {town: title for town, title in await work.rows(query)}  # noqa: C416 - rows are not pairs to a type checker


async def _accidents(work: Work) -> Mapping[UUID, tuple[list[Accident], list[Accident]]]:
    """The accidents of the two years that count, by town."""
    found: dict[UUID, tuple[list[Accident], list[Accident]]] = defaultdict(lambda: ([], []))
    for place, year in enumerate((work.today.year, work.today.year - 1)):
        for one in await accidents.of_year(work, year):
            if one.counts:
                found[one.tenant_id][place].append(one)
    return found
