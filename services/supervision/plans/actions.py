"""The life of a plan: laid before the leaders, signed, published, concluded."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services.kernel.refusals import BadInput, Forbidden, Stale
from services.kernel.work import Work
from services.supervision.plans.editing import touch
from services.supervision.plans.jobs import (
    tell_departments_of_plan,
    tell_leaders_of_draft,
    tell_office_of_return,
    tell_office_of_signature,
)
from services.supervision.plans.models import Plan, PlanVersion
from services.supervision.plans.queries import nodes_of, problems_of
from services.supervision.plans.refusals import PlanForYearExists, PlanNotReady
from services.supervision.plans.trees import snapshot
from services.supervision.plans.words import LONGEST_NOTE, clean, too_long

FIRST_REASON = "首次发布"


async def send_for_signature(work: Work, plan_id: UUID) -> Plan:
    """Lay a draft before the town's leaders; raises PlanNotReady while a task has neither owner nor day."""
    work.require("plan:edit")
    plan = await work.get(Plan, plan_id, lock=True)
    plan.require_draft()
    await _require_ready(work, plan)
    await _require_free_year(work, plan)
    plan.send_for_signature(at=work.now)
    touch(work, plan)
    work.record("plan:sent_for_signature", plan)
    work.send(tell_leaders_of_draft, plan.id, int(work.now.timestamp()))
    await work.flush()
    return plan


async def sign(work: Work, plan_id: UUID, *, seen: int) -> Plan:
    """A leader signs exactly what was on the screen; raises PlanNotReady, PlanForYearExists and Stale."""
    work.require("plan:sign")
    plan = await work.get(Plan, plan_id, lock=True)
    plan.require_draft()
    if plan.version != seen:
        raise Stale("您打开之后，应急办又改过这份工作要点，请刷新看过改动再签发")
    await _require_ready(work, plan)
    await _require_free_year(work, plan)
    plan.sign(by=require_member(work), name=work.identity.person, at=work.now)
    touch(work, plan)
    work.record("plan:signed", plan, version=seen)
    work.send(tell_office_of_signature, plan.id, int(work.now.timestamp()))
    try:
        await work.flush()
    except IntegrityError as error:
        raise PlanForYearExists from error
    return plan


async def give_back(work: Work, plan_id: UUID, *, reason: str) -> Plan:
    """A leader gives back what was sent or signed, with a reason; it is a draft again."""
    work.require("plan:sign")
    words = require_reason(reason)
    plan = await work.get(Plan, plan_id, lock=True)
    plan.give_back(reason=words)
    touch(work, plan)
    work.record("plan:given_back", plan, reason=words)
    work.send(tell_office_of_return, plan.id, int(work.now.timestamp()))
    await work.flush()
    return plan


async def publish(work: Work, plan_id: UUID) -> Plan:
    """Bring a signed plan into force: its version 0 is kept for good; raises PlanNotSigned."""
    work.require("plan:publish")
    plan = await work.get(Plan, plan_id, lock=True)
    plan.publish(at=work.now)
    touch(work, plan)
    rows = await nodes_of(work, plan_id)
    work.add(
        PlanVersion(
            plan_id=plan.id,
            number=0,
            reason=FIRST_REASON,
            nodes=[snapshot(row) for row in rows],
            changes=[],
            made_by=require_member(work),
            made_by_name=work.identity.person,
            created_at=work.now,
        )
    )
    work.record("plan:published", plan, nodes=len(rows))
    work.send(tell_departments_of_plan, plan.id, 0)
    await work.flush()
    return plan


async def conclude(work: Work, plan_id: UUID) -> Plan:
    """Close a published plan at the end of its year; raises PlanNotPublished."""
    work.require("plan:publish")
    plan = await work.get(Plan, plan_id, lock=True)
    plan.conclude(at=work.now)
    touch(work, plan)
    work.record("plan:concluded", plan)
    await work.flush()
    return plan


async def discard(work: Work, plan_id: UUID) -> Plan:
    """Throw a draft away, so that its file may be uploaded again; raises NotADraft."""
    work.require("plan:edit")
    plan = await work.get(Plan, plan_id, lock=True)
    plan.discard()
    touch(work, plan)
    work.record("plan:discarded", plan)
    await work.flush()
    return plan


async def _require_ready(work: Work, plan: Plan) -> None:
    blocking = problems_of(await nodes_of(work, plan.id)).blocking
    if blocking:
        raise PlanNotReady("还不能送签。" + "；".join(blocking))


async def _require_free_year(work: Work, plan: Plan) -> None:
    taken = select(Plan).where(
        Plan.year == plan.year, Plan.id != plan.id, Plan.state.in_(("signed", "published", "closed"))
    )
    other = await work.first(taken)
    if other is not None:
        raise PlanForYearExists(f"{plan.year}年已有一份签发或发布的工作要点《{other.title}》，请在那一份上办理修订")


def require_member(work: Work) -> UUID:
    """The member who acts; raises Forbidden for anybody who is not a person of the town."""
    if work.identity.member_id is None:
        raise Forbidden("plan:sign")
    return work.identity.member_id


def require_reason(reason: str) -> str:
    """A reason in words; raises BadInput beside the field `reason`."""
    words = clean(reason)
    if not words:
        raise BadInput(fields={"reason": "请写明原因"})
    if said := too_long(words, LONGEST_NOTE):
        raise BadInput(fields={"reason": said})
    return words
