"""送签、签发、退回、发布、办结: each one press on its own page, told apart by who may do it."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from services.kernel.refusals import BadInput, Stale
from services.kernel.work import Work
from services.portal.fields import word
from services.portal.filters import datetime_zh
from services.portal.forms import Form
from services.portal.frame import AnyRequest, page
from services.portal.plans import labels
from services.portal.plans.differences import stretches
from services.portal.plans.filled import Filled, number
from services.portal.plans.shown import Review, review_of
from services.supervision import plans
from services.tenancy.door import CurrentWork, needs


@get("/{plan_id:uuid}/sign", opt=needs("plan:read"))
async def sign_page(request: AnyRequest, work: CurrentWork, plan_id: FromPath[UUID]) -> Template:
    """What a leader looks at before signing."""
    return await sheet(request, work, plan_id, Form())


async def sheet(request: AnyRequest, work: Work, plan_id: UUID, form: Form, *, status: int = 200) -> Template:
    """The sheet for the signature: figures, warnings, tasks, and what was changed since the paper."""
    review = await review_of(work, plan_id)
    return page(
        request,
        "plans/sign.html",
        status=status,
        review=review,
        form=form,
        labels=labels,
        rows=[row for row in review.rows() if row.answered_for],
        changed=changed_since_paper(review),
        events=await events_of(work, plan_id),
    )


def changed_since_paper(review: Review) -> list[dict[str, Any]]:
    """The nodes whose words a person has changed, each against the paper's own words."""
    return [
        {"name": node.name, "words": stretches(review.paper.text[node.span_from : node.span_to], written(node))}
        for node in review.nodes
        if {"heading", "text"} & set(node.edited) and review.plan.origin == "notice"
    ]


def written(node: plans.PlanNode) -> str:
    """A node as it reads now."""
    return f"{node.label}{node.heading}{'。' if node.heading and node.text else ''}{node.text}"


async def events_of(work: Work, plan_id: UUID) -> list[dict[str, Any]]:
    """The history of a plan for a timeline."""
    return [
        {
            "what": labels.HISTORY.get(entry.act, entry.act),
            "who": entry.person,
            "at": datetime_zh(entry.at),
            "note": str(entry.detail.get("node") or entry.detail.get("reason") or ""),
        }
        for entry in await plans.history_of(work, plan_id, most=40)
    ]


@post("/{plan_id:uuid}/send", opt=needs("plan:edit"))
async def send(work: CurrentWork, plan_id: FromPath[UUID]) -> Redirect:
    """Lay the draft before the leaders."""
    await plans.send_for_signature(work, plan_id)
    return done(plan_id, "plan-sent")


@post("/{plan_id:uuid}/sign", opt=needs("plan:sign"))
async def sign(request: AnyRequest, work: CurrentWork, plan_id: FromPath[UUID], data: Filled) -> Redirect | Template:
    """Sign exactly the version that was on the screen; a later one is shown first."""
    try:
        await plans.sign(work, plan_id, seen=number(data, "seen"))
    except Stale as refused:
        return await sheet(request, work, plan_id, Form({}, {"sign": refused.sentence}), status=422)
    return done(plan_id, "plan-signed")


@post("/{plan_id:uuid}/give-back", opt=needs("plan:sign"))
async def give_back(
    request: AnyRequest, work: CurrentWork, plan_id: FromPath[UUID], data: Filled
) -> Redirect | Template:
    """Give the plan back with a reason."""
    try:
        await plans.give_back(work, plan_id, reason=word(data, "reason"))
    except BadInput as refused:
        form = Form({"reason": word(data, "reason")}, refused.fields)
        return await sheet(request, work, plan_id, form, status=422)
    return done(plan_id, "plan-given-back")


@post("/{plan_id:uuid}/publish", opt=needs("plan:publish"))
async def publish(work: CurrentWork, plan_id: FromPath[UUID]) -> Redirect:
    """Bring the signed plan into force."""
    await plans.publish(work, plan_id)
    return done(plan_id, "plan-published")


@post("/{plan_id:uuid}/conclude", opt=needs("plan:publish"))
async def conclude(work: CurrentWork, plan_id: FromPath[UUID]) -> Redirect:
    """Close the plan at the end of its year."""
    await plans.conclude(work, plan_id)
    return done(plan_id, "plan-concluded")


@post("/{plan_id:uuid}/discard", opt=needs("plan:edit"))
async def discard(work: CurrentWork, plan_id: FromPath[UUID]) -> Redirect:
    """Throw the draft away."""
    await plans.discard(work, plan_id)
    return Redirect("/plans?done=plan-discarded", status_code=303)


def done(plan_id: UUID, said: str) -> Redirect:
    """Back to the plan with one sentence."""
    return Redirect(f"/plans/{plan_id}?done={said}", status_code=303)


HANDLERS = (sign_page, send, sign, give_back, publish, conclude, discard)
