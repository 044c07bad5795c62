"""修订: what a published plan's amendment changes, and every version that was ever in force."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from services.kernel.refusals import BadInput, NotFound, Refusal, Stale
from services.kernel.work import Work
from services.portal.fields import identifier, word, words
from services.portal.filters import date_zh
from services.portal.forms import Form
from services.portal.frame import AnyRequest, page
from services.portal.plans import labels
from services.portal.plans.differences import stretches
from services.portal.plans.filled import Filled, change_from, day_from, ids, number
from services.portal.plans.published import reading_of
from services.portal.plans.shown import Review, review_of, values_of
from services.supervision import plans
from services.tenancy.door import CurrentWork, needs


@get("/{plan_id:uuid}/amend", opt=needs("plan:amend"))
async def amend_page(request: AnyRequest, work: CurrentWork, plan_id: FromPath[UUID]) -> Template:
    """Every item with its fields, the reason at the end."""
    review = await review_of(work, plan_id)
    return _form_page(request, review, Form(_values(review.nodes)))


def _form_page(request: AnyRequest, review: Review, form: Form, *, status: int = 200) -> Template:
    if review.plan.state != "published":
        raise plans.PlanNotPublished
    items = [row for row in review.rows() if row.answered_for and row.node.withdrawn_in is None]
    sections = [node for node in review.nodes if node.kind == "section"]
    opened = {name.split(".")[0] for name in form.errors} | {request.query_params.get("node", "")}
    return page(
        request,
        "plans/amend.html",
        status=status,
        review=review,
        form=form,
        items=items,
        sections=sections,
        opened=opened,
        labels=labels,
    )


def _values(nodes: Sequence[plans.PlanNode]) -> dict[str, Any]:
    return {f"{node.id}.{name}": value for node in nodes for name, value in values_of(node).items()}


@post("/{plan_id:uuid}/amend", opt=needs("plan:amend"))
async def amend(request: AnyRequest, work: CurrentWork, plan_id: FromPath[UUID], data: Filled) -> Redirect | Template:
    """The next amendment; a stale or faulty one comes back with everything that was typed."""
    try:
        amendment = await _amendment(work, plan_id, data)
        await plans.amend(work, plan_id, amendment, seen=number(data, "seen"))
    except (BadInput, Stale, plans.NothingChanged) as refused:
        # The act had begun before it was refused, and the page shows the rows as they stand.
        await work.session.rollback()
        return await _again(request, work, plan_id, data, refused)
    return Redirect(f"/plans/{plan_id}/versions?done=plan-amended", status_code=303)


async def _amendment(work: Work, plan_id: UUID, data: Mapping[str, Any]) -> plans.Amendment:
    nodes = [node for node in await plans.nodes_of(work, plan_id) if f"{node.id}.heading" in data]
    errors: dict[str, str] = {}
    changes = {}
    for node in nodes:
        try:
            changes[node.id] = change_from(data, f"{node.id}.")
        except BadInput as bad:
            errors |= bad.fields
    added = None
    try:
        added = _added(data)
    except BadInput as bad:
        errors |= bad.fields
    if errors:
        raise BadInput(fields=errors)
    withdrawn = frozenset(ids(data, "withdrawn"))
    return plans.Amendment(reason=word(data, "reason"), changes=changes, withdrawn=withdrawn, added=added)


def _added(data: Mapping[str, Any]) -> plans.NewTask | None:
    heading, text = word(data, "added.heading").strip(), word(data, "added.text").strip()
    if not heading and not text:
        return None
    section = identifier(data, "added.section_id")
    if section is None:
        raise BadInput(fields={"added.section_id": "请选择新任务放在哪一节"})
    return plans.NewTask(
        section_id=section,
        heading=heading,
        text=text,
        department_ids=ids(data, "added.department_ids"),
        enterprise_set=word(data, "added.enterprise_set") or None,
        due_on=day_from(data, "added.due_on"),
        evidence_wanted=word(data, "added.evidence_wanted"),
    )


async def _again(request: AnyRequest, work: Work, plan_id: UUID, data: Mapping[str, Any], refused: Refusal) -> Template:
    review = await review_of(work, plan_id)
    values = _values(review.nodes) | {
        name: words(data, name) if name.endswith("department_ids") or name == "withdrawn" else word(data, name)
        for name in data
    }
    for node in review.nodes:
        if f"{node.id}.heading" in data:
            values.setdefault(f"{node.id}.department_ids", [])
            values[f"{node.id}.department_ids"] = words(data, f"{node.id}.department_ids")
    return _form_page(request, review, Form(values, refused.fields or {"reason": refused.sentence}), status=422)


@get("/{plan_id:uuid}/versions", opt=needs("plan:read"))
async def versions(request: AnyRequest, work: CurrentWork, plan_id: FromPath[UUID]) -> Template:
    """Every version with its reason and its differences."""
    review = await review_of(work, plan_id)
    found = await plans.versions_of(work, plan_id)
    shown = [{"version": one, "changes": [_difference(review, change) for change in one.changes]} for one in found]
    return page(request, "plans/versions.html", review=review, versions=shown, labels=labels)


@get("/{plan_id:uuid}/versions/{version:int}", opt=needs("plan:read"))
async def one_version(
    request: AnyRequest, work: CurrentWork, plan_id: FromPath[UUID], version: FromPath[int]
) -> Template:
    """The plan as it stood in one version."""
    review = await review_of(work, plan_id)
    found = await plans.versions_of(work, plan_id)
    kept = next((one for one in found if one.number == version), None)
    if kept is None:
        raise NotFound
    reading = reading_of(review, found, version)
    return page(request, "plans/published.html", review=review, reading=reading, kept=kept, labels=labels)


def _difference(review: Review, change: Mapping[str, Any]) -> dict[str, Any]:
    fields = [
        {
            "label": labels.FIELDS[field["field"]],
            "before": _words(review, field["field"], field["before"]),
            "after": _words(review, field["field"], field["after"]),
            "words": stretches(field["before"], field["after"]) if field["field"] in {"heading", "text"} else [],
        }
        for field in change["fields"]
    ]
    return {"act": labels.ACTS[change["act"]], "name": change["name"], "fields": fields}


def _words(review: Review, name: str, value: Any) -> str:
    if not value:
        return "（空）"
    if name == "department_ids":
        return "、".join(review.names([UUID(one) for one in value]))
    if name == "due_on":
        return date_zh(date.fromisoformat(value))
    return labels.ENTERPRISE_SETS[value] if name == "enterprise_set" else str(value)


HANDLERS = (amend_page, amend, versions, one_version)
