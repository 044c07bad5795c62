"""The board: how far the work of the plan is, by section of the notice, by owner, by enterprise."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import get
from litestar.response import Template

from services.kernel.work import Work
from services.portal import typed
from services.portal.assignments.shown import Row, row_of
from services.portal.frame import AnyRequest, page
from services.portal.towns.looking import note_look
from services.supervision import assignments, plans
from services.supervision.assignments import Assignment, AssignmentFilter, Tally
from services.tenancy.door import CurrentWork, needs

GROUPS: Final[Mapping[str, tuple[str, Any, str, str]]] = {
    "section": ("按板块", Assignment.section, "section", ""),
    "owner": ("按责任部门", Assignment.owner_name, "owner_name", "department"),
    "enterprise": ("按企业", Assignment.owner_name, "owner_name", "enterprise"),
}
"""Words, the column to group by, the filter that a group leads to, and which kind of owner it takes."""
MOST_GROUPS = 120


class Group(msgspec.Struct, frozen=True):
    """One card of the board."""

    tally: Tally
    rows: Sequence[Row]
    href: str

    @property
    def light(self) -> dict[str, str]:
        """Red where anything is late, amber where the next is near, else green."""
        if self.tally.late:
            return {"colour": "red", "words": f"逾期 {self.tally.late} 项"}
        if any(row.light.colour == "amber" for row in self.rows):
            return {"colour": "amber", "words": "近期到期"}
        return {"colour": "green", "words": "正常" if self.tally.completed < self.tally.total else "全部办结"}


@get("/assignments/board", opt=needs("assignment:compare"))
async def board(request: AnyRequest, work: CurrentWork) -> Template:
    """任务看板."""
    by = typed.word(request.query_params, "by")
    by = by if by in GROUPS else "section"
    town = typed.one_id(typed.word(request.query_params, "town"))
    await note_look(request, work, town)
    groups = await groups_of(work, by, town=town)
    total = Tally("", *(sum(getattr(g.tally, name) for g in groups) for name in Tally.__struct_fields__[1:]))
    return page(
        request,
        "assignments/board.html",
        groups=groups[:MOST_GROUPS],
        left_out=max(0, len(groups) - MOST_GROUPS),
        total=total,
        by=by,
        views=[(key, label) for key, (label, *_) in GROUPS.items()],
    )


async def groups_of(work: Work, by: str, *, town: Any = None, plan_id: Any = None) -> list[Group]:
    """The cards: sections in the order of the paper, owners with what is late first."""
    _, column, field, owner = GROUPS[by]
    wanted = AssignmentFilter(owner=owner, town=town, plan=plan_id)
    found = await assignments.tallies(work, wanted, column)
    urgent = await assignments.most_urgent(work, wanted, column)
    if by == "section":
        order = {section: place for place, section in enumerate(await assignments.sections(work))}
        found = sorted(found, key=lambda tally: order.get(tally.key, len(order)))
    else:
        found = sorted(found, key=lambda tally: (-tally.late, -tally.waiting, tally.key))
    key = "section" if by == "section" else "owner_name"
    kept = {"town": town, "plan": plan_id, "owner": owner}
    link = {name: value for name, value in kept.items() if value}
    return [
        Group(
            tally,
            [row_of(one, work.today) for one in urgent if getattr(one, key) == tally.key],
            f"/assignments?{urlencode({field: tally.key, **link})}",
        )
        for tally in found
        if tally.total
    ]


async def current_plan(work: Work) -> plans.Plan | None:
    """The plan of the year in which the person asks."""
    return await plans.published_plan(work, work.today.year)
