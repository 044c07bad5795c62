"""An enterprise proposes a change of its facts; the office compares before and after, and approves or refuses."""

from typing import Any
from uuid import UUID

from litestar import Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from services.kernel.refusals import BadInput, NotFound
from services.kernel.work import Work
from services.portal import typed
from services.portal.enterprises import facts_form
from services.portal.enterprises.facts_form import PROPOSED, Difference
from services.portal.forms import Form
from services.portal.frame import AnyRequest, page, says
from services.regulation import duties as rules
from services.supervision import changes, duties, registry
from services.supervision.changes import STATES, ChangeRequest
from services.supervision.registry import BY_NAME, FIELDS, Villages
from services.tenancy.door import CurrentWork, needs

ASKS, DECIDES, READS = (
    needs("enterprise_change:ask"),
    needs("enterprise_change:decide"),
    needs("enterprise_change:read"),
)
TONES = {"waiting": "yellow", "approved": "good", "refused": "late", "withdrawn": "plain"}
says(
    change_asked="申请已提交，应急办审核后通知您",
    change_withdrawn="申请已撤回",
    change_approved="已同意，档案已按申请修改，并通知企业",
    change_refused="已退回并通知企业",
)


@get("/enterprises/changes", opt=READS)
async def ledger(request: AnyRequest, work: CurrentWork) -> Template:
    """变更申请: the office's all, an enterprise's own."""
    state = typed.word(request.query_params, "state")
    found = await changes.listed(work, state if state in STATES else "")
    return page(request, "changes/list.html", rows=found, states=list(STATES.items()), labels=STATES, tones=TONES)


@get("/enterprises/changes/new", opt=ASKS)
async def blank(request: AnyRequest, work: CurrentWork) -> Template:
    """申请变更."""
    row = await _own(work)
    known = await registry.as_of(work, row.id, work.today)
    start = facts_form.values_of(known, PROPOSED) | {"valid_from": work.today.isoformat()}
    return await _form(request, work, row, Form(start))


@post("/enterprises/changes/new", opt=ASKS)
async def ask(request: AnyRequest, work: CurrentWork) -> Redirect | Template:
    """The proposal goes to the office."""
    row = await _own(work)
    data = await request.form()
    try:
        values, since = facts_form.read(data, PROPOSED), facts_form.first_day(data, work.today)
        asked = await changes.ask(work, values, valid_from=since, reason=typed.word(data, "reason"))
    except BadInput as refusal:
        errors = facts_form.beside(refusal) if refusal.fields else {"reason": refusal.sentence}
        return await _form(request, work, row, Form(typed.kept(data), errors))
    return Redirect(f"/enterprises/changes/{asked.id}?done=change-asked", status_code=303)


@get("/enterprises/changes/{request_id:uuid}", opt=READS)
async def one(request: AnyRequest, work: CurrentWork, request_id: FromPath[UUID]) -> Template:
    """One proposal with what it would change."""
    return await _one(request, work, request_id, Form())


@post("/enterprises/changes/{request_id:uuid}/withdraw", opt=ASKS)
async def withdraw(work: CurrentWork, request_id: FromPath[UUID]) -> Redirect:
    """撤回."""
    await changes.withdraw(work, request_id)
    return Redirect(f"/enterprises/changes/{request_id}?done=change-withdrawn", status_code=303)


@post("/enterprises/changes/{request_id:uuid}/approve", opt=DECIDES)
async def approve(request: AnyRequest, work: CurrentWork, request_id: FromPath[UUID]) -> Redirect | Template:
    """同意."""
    data = await request.form()
    try:
        await changes.approve(work, request_id, version=typed.number(data, "version") or 0)
    except BadInput as refusal:
        told = "；".join(refusal.fields.values()) or refusal.sentence
        return await _one(request, work, request_id, Form({}, {"note": f"现在不能同意：{told}"}))
    return Redirect(f"/enterprises/changes/{request_id}?done=change-approved", status_code=303)


@post("/enterprises/changes/{request_id:uuid}/refuse", opt=DECIDES)
async def refuse(request: AnyRequest, work: CurrentWork, request_id: FromPath[UUID]) -> Redirect | Template:
    """不同意, with the reason."""
    data = await request.form()
    try:
        await changes.refuse(work, request_id, typed.word(data, "note"), version=typed.number(data, "version") or 0)
    except BadInput as refusal:
        return await _one(request, work, request_id, Form(typed.kept(data), refusal.fields))
    return Redirect(f"/enterprises/changes/{request_id}?done=change-refused", status_code=303)


async def _own(work: Work) -> registry.Enterprise:
    if work.identity.scope.enterprise_id is None:
        raise NotFound
    return await registry.one(work, work.identity.scope.enterprise_id)


async def _form(request: AnyRequest, work: Work, row: registry.Enterprise, form: Form) -> Template:
    villages = await registry.villages_of_town(work)
    return page(
        request,
        "changes/new.html",
        status=form.status,
        e=row,
        form=form,
        groups=facts_form.groups(PROPOSED, villages),
        heads=facts_form.HEADS | {"reason": "变更原因"},
    )


async def _one(request: AnyRequest, work: Work, request_id: UUID, form: Form) -> Template:
    row, enterprise = await changes.one(work, request_id)
    return page(
        request,
        "changes/one.html",
        status=form.status,
        c=row,
        e=enterprise,
        form=form,
        state=STATES[row.state],
        tone=TONES[row.state],
        differences=differences(row, await registry.villages_of_town(work)),
        own=work.identity.scope.enterprise_id == enterprise.id,
        duties=await _duties(work, row),
    )


async def _duties(work: Work, row: ChangeRequest) -> rules.Difference | None:
    """What a proposal that waits would mean for the duties; None where it cannot be taken over as it stands."""
    if row.state != "waiting":
        return None
    values = {name: BY_NAME[name].from_json(value) for name, value in row.after.items()}
    try:
        return await duties.difference_of(work, row.enterprise_id, values, row.valid_from)
    except BadInput:
        return None


def differences(row: ChangeRequest, villages: Villages) -> list[Difference]:
    """What a proposal would change, in the order of the ledger."""
    return [
        Difference(
            field.head,
            field.say(field.from_json(row.before[field.name]), villages.names),
            field.say(field.from_json(row.after[field.name]), villages.names),
        )
        for field in FIELDS
        if field.name in row.after
    ]


ROUTES: list[Any] = [ledger, blank, ask, one, withdraw, approve, refuse]
router = Router("/", route_handlers=ROUTES, include_in_schema=False)
