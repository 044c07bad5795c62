"""Who hears of a plan: the leaders who are to sign it, the office that wrote it, the departments that carry it out."""

from uuid import UUID

from sqlalchemy import select

from services.kernel.jobs import job
from services.kernel.work import Work
from services.notifications import messages, recipients
from services.notifications.templates import words
from services.supervision.plans.models import Plan, PlanVersion

READS = {"plan:read"}


@job(queue="messages", rights=READS)
async def tell_leaders_of_draft(work: Work, plan_id: UUID, sent: int) -> None:
    """The leaders hear once of each time a draft is sent for signature (`sent`, in seconds since 1970)."""
    plan = await work.get(Plan, plan_id)
    told = words("plan:waiting", title=plan.title, person=plan.changed_by_name)
    await messages.post(
        work,
        to=await recipients.leaders(work),
        event=f"plan-waiting:{plan.id}:{sent}",
        subject=told.subject,
        body=told.body,
        link=f"/plans/{plan.id}/sign",
    )


@job(queue="messages", rights=READS)
async def tell_office_of_signature(work: Work, plan_id: UUID, signed: int) -> None:
    """The office hears that a leader has signed, and may publish."""
    plan = await work.get(Plan, plan_id)
    told = words("plan:signed", title=plan.title, person=plan.signed_name or "")
    await messages.post(
        work,
        to=await recipients.office(work),
        event=f"plan-signed:{plan.id}:{signed}",
        subject=told.subject,
        body=told.body,
        link=f"/plans/{plan.id}",
        by=plan.signed_by,
    )


@job(queue="messages", rights=READS)
async def tell_office_of_return(work: Work, plan_id: UUID, returned: int) -> None:
    """The office hears why a leader gave the plan back."""
    plan = await work.get(Plan, plan_id)
    told = words("plan:given_back", title=plan.title, person=plan.changed_by_name, note=plan.returned_because)
    await messages.post(
        work,
        to=await recipients.office(work),
        event=f"plan-given-back:{plan.id}:{returned}",
        subject=told.subject,
        body=told.body,
        link=f"/plans/{plan.id}",
    )


@job(queue="messages", rights=READS)
async def tell_departments_of_plan(work: Work, plan_id: UUID, number: int) -> None:
    """Every department that answers for an item, and the leaders, hear of the publication (number 0) or of an amendment."""
    plan = await work.get(Plan, plan_id)
    version = await work.one(select(PlanVersion).where(PlanVersion.plan_id == plan.id, PlanVersion.number == number))
    told = words(
        "plan:amended" if number else "plan:published",
        title=plan.title,
        person=version.made_by_name,
        note=f"原因：{version.reason}",
    )
    departments = {UUID(department) for node in version.nodes for department in node["department_ids"]}
    people = {*await recipients.leaders(work)}
    for department in sorted(departments):
        people |= {*await recipients.members_of_department(work, department)}
    await messages.post(
        work,
        to=sorted(people - {version.made_by}),
        event=f"plan-published:{plan.id}:{number}",
        subject=told.subject,
        body=told.body,
        link=f"/plans/{plan.id}/versions" if number else f"/plans/{plan.id}",
        by=version.made_by,
    )
