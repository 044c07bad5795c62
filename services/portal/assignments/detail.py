"""One assignment on one page: what is asked and why, what happened, and the forms of the acts that are open now."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from litestar import get
from litestar.params import FromPath
from litestar.response import Template

from services.kernel import calendar_days
from services.kernel.work import Work
from services.notifications import messages
from services.portal.assignments.shown import STEP_OF, STEPS, row_of, timeline_of
from services.portal.forms import Form
from services.portal.frame import AnyRequest, page
from services.portal.towns.looking import note_look, town_names
from services.supervision import assignments, plans
from services.supervision.assignments import Assignment, AssignmentEvent
from services.tenancy.door import CurrentWork, needs
from services.tenancy.members.models import Department, Member

MOST_AT_ONCE = 9
"""Files in one form."""
TO_OWNER: Final = frozenset({"assigned", "urged", "returned", "accepted", "transferred", "extension_granted"})


@get("/assignments/{assignment_id:uuid}", opt=needs("assignment:read"))
async def detail(request: AnyRequest, work: CurrentWork, assignment_id: FromPath[UUID]) -> Template:
    """任务详情."""
    assignment = await assignments.one(work, assignment_id)
    await note_look(request, work, assignment.tenant_id)
    return await shown(request, work, assignment)


async def shown(
    request: AnyRequest, work: Work, assignment: Assignment, form: Form | None = None, act: str = ""
) -> Template:
    """The page, with one of its forms as it came back."""
    owned = await assignments.owns(work, assignment)
    happened = await assignments.events(work, assignment.id)
    form = form or Form()
    return page(
        request,
        "assignments/detail.html",
        status=form.status,
        a=assignment,
        row=row_of(assignment, work.today, (await town_names(work)).get(assignment.tenant_id, "")),
        due=assignments.standing(await calendar_days.current(work), assignment),
        acts=assignments.possible(work, assignment, owned=owned),
        may_attach=assignments.may_attach(work, assignment, owned=owned),
        owned=owned,
        timeline=timeline_of(happened),
        files=await assignments.evidence(work, assignment.id),
        told=await _told(work, happened),
        last_return=_last(happened, "returned"),
        last_submission=_last(happened, "submitted"),
        steps=STEPS,
        step=STEP_OF.get(assignment.state, 0),
        owners=await _owners(work),
        forms={act: form},
        blank=Form(),
        most_files=MOST_AT_ONCE,
    )


def _last(happened: Sequence[AssignmentEvent], *kinds: str) -> AssignmentEvent | None:
    return next((event for event in reversed(happened) if event.kind in kinds), None)


async def _told(work: Work, happened: Sequence[AssignmentEvent]) -> Mapping[str, Any] | None:
    """Who has read what the owner was last told; for those who may urge."""
    last = _last(happened, *TO_OWNER)
    if last is None or not work.may("assignment:urge"):
        return None
    receipts = [
        one for one in await messages.receipts(work, f"assignment:{last.kind}:{last.id}") if one.channel == "in_app"
    ]
    return {"what": last.kind, "receipts": receipts, "read": sum(one.read_at is not None for one in receipts)}


async def _owners(work: Work) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each department and its people, to whom the work can be handed over."""
    if not work.may("assignment:transfer"):
        return []
    people = await assignments.people(work)
    departments = [one for one in await plans.departments_of(work) if one.kind != "leadership"]
    return [(one.name, _owner(one, people)) for one in departments]


def _owner(department: Department, people: Sequence[Member]) -> list[tuple[str, str]]:
    whole = (str(department.id), f"{department.name}（整个部门）")
    theirs = [one for one in people if one.department_id == department.id]
    return [whole, *((f"{department.id}/{one.id}", f"{one.name}（{one.post}）") for one in theirs)]
