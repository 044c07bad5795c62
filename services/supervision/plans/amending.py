"""A published plan changes only by a numbered amendment that says why; what it changed is kept and never changed again."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from services.kernel.clock import new_id
from services.kernel.refusals import BadInput, Stale
from services.kernel.work import Work
from services.supervision.plans.actions import require_member, require_reason
from services.supervision.plans.changes import NodeChange, write_change
from services.supervision.plans.editing import touch
from services.supervision.plans.jobs import tell_departments_of_plan
from services.supervision.plans.models import Plan, PlanNode, PlanVersion
from services.supervision.plans.queries import departments_of, nodes_of
from services.supervision.plans.refusals import NodeCannotBeChanged, NothingChanged
from services.supervision.plans.trees import snapshot


class NewTask(msgspec.Struct, frozen=True, kw_only=True):
    """A task that the paper does not have, put at the end of a section."""

    section_id: UUID
    heading: str
    text: str = ""
    department_ids: tuple[UUID, ...] = ()
    enterprise_set: str | None = None
    due_on: date | None = None
    evidence_wanted: str | None = None


class Amendment(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one amendment does, and why."""

    reason: str
    changes: Mapping[UUID, NodeChange] = {}
    withdrawn: frozenset[UUID] = frozenset()
    added: NewTask | None = None


async def amend(work: Work, plan_id: UUID, amendment: Amendment, *, seen: int) -> PlanVersion:
    """Amend a published plan under the next number; raises PlanNotPublished, NothingChanged, BadInput and Stale."""
    work.require("plan:amend")
    reason = require_reason(amendment.reason)
    plan = await work.get(Plan, plan_id, lock=True)
    number = plan.amend()
    if plan.version != seen:
        raise Stale
    rows = list(await nodes_of(work, plan_id))
    departments = [department.id for department in await departments_of(work)]
    changes = [*_changed(plan, rows, amendment, departments), *_withdrawn(rows, amendment, number)]
    if amendment.added is not None:
        changes.append(_added(work, plan, rows, amendment.added, departments))
    if not changes:
        raise NothingChanged
    touch(work, plan)
    version = work.add(_version(work, plan, rows, reason, changes))
    work.record("plan:amended", plan, number=number, reason=reason, changes=changes)
    work.send(tell_departments_of_plan, plan.id, number)
    await work.flush()
    return version


def _changed(
    plan: Plan, rows: Sequence[PlanNode], amendment: Amendment, departments: Sequence[UUID]
) -> list[dict[str, Any]]:
    found = []
    errors: dict[str, str] = {}
    for row in rows:
        if row.id not in amendment.changes or row.withdrawn_in is not None:
            continue
        name = row.name
        try:
            fields = write_change(plan, row, amendment.changes[row.id], departments)
        except BadInput as bad:
            errors |= {f"{row.id}.{field}": said for field, said in bad.fields.items()}
            continue
        if fields:
            row.changed_version = plan.version + 1
            found.append({"act": "changed", "node_id": str(row.id), "name": name, "fields": fields})
    if errors:
        raise BadInput(fields=errors)
    return found


def _withdrawn(rows: Sequence[PlanNode], amendment: Amendment, number: int) -> list[dict[str, Any]]:
    found = []
    for row in rows:
        if row.id in amendment.withdrawn and row.withdrawn_in is None:
            if row.kind not in {"task", "target", "requirement"}:
                raise NodeCannotBeChanged("只有目标、任务和要求可以撤销")
            row.withdrawn_in = number
            found.append({"act": "withdrawn", "node_id": str(row.id), "name": row.name, "fields": []})
    return found


def _added(work: Work, plan: Plan, rows: list[PlanNode], new: NewTask, departments: Sequence[UUID]) -> dict[str, Any]:
    section = next((row for row in rows if row.id == new.section_id and row.kind == "section"), None)
    if section is None:
        raise BadInput(fields={"added.section_id": "请选择新任务放在哪一节"})
    row = _empty_task(plan, section)
    given = NodeChange(
        heading=new.heading,
        text=new.text,
        department_ids=new.department_ids,
        enterprise_set=new.enterprise_set,
        due_on=new.due_on,
        evidence_wanted=new.evidence_wanted,
    )
    try:
        write_change(plan, row, given, departments)
    except BadInput as bad:
        raise BadInput(fields={f"added.{field}": said for field, said in bad.fields.items()}) from bad
    place = _end_of(rows, section)
    rows.insert(place, work.add(row))
    for position, other in enumerate(rows):
        other.position = position
    return {"act": "added", "node_id": str(row.id), "name": row.name, "fields": []}


def _empty_task(plan: Plan, section: PlanNode) -> PlanNode:
    end = section.span_to
    return PlanNode(
        id=new_id(),
        plan_id=plan.id,
        position=0,
        parent_id=section.id,
        kind="task",
        role="item",
        label=f"增补{plan.amendment}.",
        heading="",
        text="",
        span_from=end,
        span_to=end,
        measures=[],
        numbers=[],
        documents=[],
        years=[],
        named_owners=[],
        owner_parts=[],
        edited=[],
        department_ids=[],
        changed_version=plan.version + 1,
    )


def _end_of(rows: Sequence[PlanNode], section: PlanNode) -> int:
    """The place after the section and everything under it."""
    within = {section.id}
    place = 0
    for index, row in enumerate(rows):
        if row.id == section.id or row.parent_id in within:
            within.add(row.id)
            place = index + 1
    return place


def _version(
    work: Work, plan: Plan, rows: Sequence[PlanNode], reason: str, changes: list[dict[str, Any]]
) -> PlanVersion:
    return PlanVersion(
        plan_id=plan.id,
        number=plan.amendment,
        reason=reason,
        nodes=[snapshot(row) for row in rows],
        changes=changes,
        made_by=require_member(work),
        made_by_name=work.identity.person,
        created_at=work.now,
    )
