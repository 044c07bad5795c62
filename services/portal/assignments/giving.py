"""Giving a measure of the plan to departments, people and a set of enterprises chosen by facts."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from litestar import get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath
from litestar.response import Redirect, Template

from services.kernel import calendar_days
from services.kernel.refusals import BadInput, NotFound, Refusal
from services.kernel.work import Work
from services.portal import typed
from services.portal.enterprises.asked import facts_of
from services.portal.forms import Form
from services.portal.frame import AnyRequest, frame_of, page
from services.regulation.tags import LABELS as TAGS
from services.supervision import assignments, plans, registry
from services.supervision.assignments import Due, Order
from services.supervision.plans import Plan, PlanNode
from services.supervision.registry import EnterpriseFilter
from services.tenancy.door import CurrentWork, needs
from services.tenancy.members.models import Department, Member

HERE: Final = "/plans/{plan_id:uuid}/nodes/{node_id:uuid}/assign"
SETS: Final[Mapping[str, Mapping[str, str]]] = {
    "all": {},
    "above_scale": {"above_scale": "1"},
    "peri_urban": {"peri_urban": "1"},
    "smelter": {"smelter": "1"},
    "state_owned": {"state_owned": "1"},
    "key": {"key": "1"},
}
"""The sets of enterprises that a plan names, as the facts of this form."""
LISTED = 200
"""So many names are shown before sending."""
CHOICES: Final[Mapping[str, Any]] = {
    "sectors": [(one, one) for one in registry.SECTORS],
    "tags": [(tag.value, label) for tag, label in TAGS.items()],
    "sizes": [(one, f"{one}型") for one in registry.SIZES],
    "productions": [(one, one) for one in registry.PRODUCTION],
    "flags": [(flag, label) for flag, label in registry.FLAGS.items() if flag != "with_left"],
}


@get(HERE, opt=needs("assignment:assign"))
async def giving(request: AnyRequest, work: CurrentWork, plan_id: FromPath[UUID], node_id: FromPath[UUID]) -> Template:
    """分解下发."""
    plan, node = await _node(work, plan_id, node_id)
    departments = await plans.departments_of(work)
    measure = typed.number(request.query_params, "measure")
    return await _page(request, work, plan, node, Form(_proposed(node, departments, measure)))


@get(f"{HERE}/chosen", opt=needs("assignment:assign"))
async def chosen(request: AnyRequest, work: CurrentWork, plan_id: FromPath[UUID], node_id: FromPath[UUID]) -> Template:
    """The enterprises and the day that the form has chosen so far, as a part of its page."""
    await _node(work, plan_id, node_id)
    preview = await _preview(work, request.query_params)
    return Template("assignments/chosen.html", context=frame_of(request) | preview)


@post(HERE, opt=needs("assignment:assign"))
async def give(
    request: AnyRequest, work: CurrentWork, plan_id: FromPath[UUID], node_id: FromPath[UUID]
) -> Redirect | Template:
    """Send it, or show once more who would get it."""
    plan, node = await _node(work, plan_id, node_id)
    data = await request.form()
    if typed.word(data, "step") == "preview":
        return await _page(request, work, plan, node, Form(typed.kept(data)), preview=await _preview(work, data))
    try:
        given = await assignments.assign(work, node_id, _order(data))
    except Refusal as refusal:
        if not refusal.fields:
            raise
        came_back = Form(typed.kept(data), refusal.fields)
        return await _page(request, work, plan, node, came_back, preview=await _preview(work, data))
    counted = f"given={len(given.assignments)}&already={len(given.already)}"
    return Redirect(f"/assignments?node={node_id}&{counted}", status_code=303)


async def _node(work: Work, plan_id: UUID, node_id: UUID) -> tuple[Plan, PlanNode]:
    node = await work.get(PlanNode, node_id)
    if node.plan_id != plan_id or not node.is_work:
        raise NotFound
    return await work.get(Plan, plan_id), node


def _proposed(node: PlanNode, departments: Sequence[Department], measure: int | None) -> dict[str, Any]:
    """What the plan itself says, filled in for the office to change."""
    suggestion = plans.suggest(node.named_owners, departments)
    measures = _measures(node)
    picked = measures[measure] if measure is not None and measure < len(measures) else ""
    enterprise_set = node.enterprise_set
    return {
        "title": (picked or node.heading or node.text)[:120].rstrip("。；;"),
        "text": picked or node.text,
        "evidence_wanted": node.evidence_wanted or "",
        "by": "date" if node.due_on else "workdays",
        "due_on": node.due_on.isoformat() if node.due_on else "",
        "workdays": "" if node.due_on else "20",
        "department_ids": [str(one) for one in node.department_ids or suggestion.department_ids],
        "to_enterprises": "true" if enterprise_set else "",
        **SETS.get(enterprise_set or "", {}),
    }


def _measures(node: PlanNode) -> list[str]:
    found = [one if isinstance(one, str) else str(one.get("text", "")) for one in node.measures]
    return [one for one in found if one]


def _order(data: FormMultiDict) -> Order:
    due_on, workdays = _until(data)
    return Order(
        title=typed.word(data, "title"),
        text=typed.word(data, "text"),
        due_on=due_on,
        workdays=workdays,
        evidence_wanted=typed.word(data, "evidence_wanted"),
        department_ids=typed.ids(data, "department_ids"),
        member_ids=typed.ids(data, "member_ids"),
        enterprises=_enterprises(data),
    )


def _until(data: typed.Typed) -> tuple[date | None, int | None]:
    """The day that was chosen, or how many working days; raises BadInput."""
    if typed.word(data, "by") != "workdays":
        return typed.day(data, "due_on"), None
    days = typed.number(data, "workdays")
    if days is None:
        raise BadInput(fields={"workdays": "请填写几个工作日，例如 20"})
    return None, days


def _enterprises(data: typed.Typed) -> EnterpriseFilter | None:
    return facts_of(data) if typed.word(data, "to_enterprises") else None


async def _preview(work: Work, data: typed.Typed) -> dict[str, Any]:
    """Who would get it and until when, as far as the form is filled in."""
    facts = _enterprises(data)
    found = await registry.all_chosen(work, facts) if facts else []
    return {
        "chosen": found[:LISTED],
        "chosen_count": len(found),
        "chosen_words": (facts.words or "全部企业") if facts else "",
        "to_enterprises": facts is not None,
        "others": len(typed.ids(data, "department_ids")) + len(typed.ids(data, "member_ids")),
        "due": await _due(work, data),
    }


async def _due(work: Work, data: typed.Typed) -> Due | None:
    calendar = await calendar_days.current(work)
    try:
        due_on, workdays = _until(data)
        if due_on is not None:
            return assignments.due_of(calendar, due_on)
        return assignments.in_workdays(calendar, work.today, workdays or 0)
    except BadInput:
        return None


async def _page(
    request: AnyRequest, work: Work, plan: Plan, node: PlanNode, form: Form, *, preview: Mapping[str, Any] | None = None
) -> Template:
    departments = await plans.departments_of(work)
    typed_before = FormMultiDict(
        [(name, one) for name, value in form.values.items() for one in (value if isinstance(value, list) else [value])]
    )
    return page(
        request,
        "assignments/give.html",
        status=form.status,
        plan=plan,
        node=node,
        form=form,
        measures=_measures(node),
        departments=departments,
        people=await _people(work, departments),
        ticked=set(typed.words(typed_before, "department_ids")) | set(typed.words(typed_before, "member_ids")),
        someone_ticked=bool(typed.ids(typed_before, "member_ids")),
        villages=[(one.code, one.name) for one in await registry.villages(work)],
        because=plans.suggest(node.named_owners, departments).because,
        **CHOICES,
        **(preview or await _preview(work, typed_before)),
    )


async def _people(work: Work, departments: Sequence[Department]) -> list[tuple[str, Sequence[Member]]]:
    """The members of each department who can be given work by name."""
    members = await assignments.people(work)
    named = [(one.name, [m for m in members if m.department_id == one.id]) for one in departments]
    return [(name, theirs) for name, theirs in named if theirs]
