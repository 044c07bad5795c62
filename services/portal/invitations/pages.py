"""Invitations of people of enterprises: the ledger, sending one or many, taking back, and handing over (交接)."""

from typing import Any
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from services.kernel.refusals import BadInput
from services.kernel.table import Login
from services.kernel.work import Work
from services.portal.fields import FormData, Page, identifier, page_number, word
from services.portal.forms import Form
from services.portal.frame import page, says
from services.portal.invitations import accepting, importing
from services.portal.invitations.slips import slips_page, slips_workbook
from services.portal.members.member_form import names_of
from services.portal.signing_in.visits import AnyRequest
from services.supervision import registry
from services.supervision.assignments.departures import left_behind
from services.tenancy import invitations
from services.tenancy.door import CurrentWork, master_of, needs
from services.tenancy.roles import ENTERPRISE_ROLES, Role

says(revoked="邀请已撤回，邀请单作废")
WRITES = needs("invitation:manage", login=Login.IDENTITY)
TONES = {"sent": "info", "opened": "amber", "used": "good", "expired": "plain", "revoked": "plain"}


@get("/invitations", opt=WRITES)
async def ledger(request: AnyRequest, work: CurrentWork) -> Template:
    """邀请台账; an enterprise sees its own people and invitations."""
    query = request.query_params
    asked = invitations.InvitationFilter(
        q=word(query, "q").strip()[:60], state=word(query, "state"), page=page_number(query)
    )
    found, total = await invitations.ledger(work, asked)
    return page(
        request,
        "invitations/ledger.html",
        rows=[(one, invitations.state_at(one, work.now)) for one in found],
        labels=invitations.LABELS,
        states=list(invitations.LABELS.items()),
        tones=TONES,
        people=await invitations.people_of(work) if request.user.enterprise_id else [],
        at=Page(number=asked.page, total=total, size=invitations.PAGE),
        Role=Role,
    )


@get("/invitations/new", opt=WRITES)
async def new_page(request: AnyRequest, work: CurrentWork) -> Template:
    """邀请一个人."""
    start = Form({"enterprise_id": word(request.query_params, "enterprise"), "role": Role.SAFETY_OFFICER.value})
    return page(request, "invitations/new.html", form=start, **await _choices(request, work))


@post("/invitations/new", opt=WRITES)
async def send(request: AnyRequest, work: CurrentWork, data: FormData) -> Template:
    """An invitation out; its code is shown once."""
    try:
        order = await _order(work, data)
        issued = await invitations.send(work, [order], master=master_of(request))
    except BadInput as refusal:
        return page(
            request, "invitations/new.html", status=422, form=_form(data, refusal), **await _choices(request, work)
        )
    return slips_page(request, issued)


@post("/invitations/{invitation_id:uuid}/revoke", opt=WRITES)
async def revoke(work: CurrentWork, invitation_id: FromPath[UUID]) -> Redirect:
    """撤回."""
    await invitations.revoke(work, invitation_id)
    return Redirect("/invitations?done=revoked", status_code=303)


@get("/invitations/batch", opt=WRITES)
async def batch_page(request: AnyRequest, work: CurrentWork) -> Template:
    """How many enterprises have nobody in a role yet."""
    waiting = {role: len(await _without(work, role)) for role in _roles(request)}
    return page(request, "invitations/batch.html", form=Form(), waiting=waiting)


@post("/invitations/batch", opt=WRITES)
async def send_batch(request: AnyRequest, work: CurrentWork, data: FormData) -> Template | Response[bytes]:
    """One invitation for each enterprise that has nobody in the role: as slips to print, or as a table."""
    role = _role(data)
    if role is None:
        waiting = {role: len(await _without(work, role)) for role in _roles(request)}
        form = Form({}, {"role": "请选择岗位"})
        return page(request, "invitations/batch.html", status=422, form=form, waiting=waiting)
    orders = [
        invitations.Order(enterprise_id=one.id, enterprise_name=one.name, role=role)
        for one in await _without(work, role)
    ]
    issued = await invitations.send(work, orders, master=master_of(request))
    if word(data, "as") == "table":
        return await slips_workbook(request, work, issued)
    return slips_page(request, issued)


@get("/invitations/hand-over/{member_id:uuid}", opt=WRITES)
async def hand_over_page(request: AnyRequest, work: CurrentWork, member_id: FromPath[UUID]) -> Template:
    """交接."""
    return await _hand_over_page(request, work, member_id, Form())


@post("/invitations/hand-over/{member_id:uuid}", opt=WRITES)
async def hand_over(request: AnyRequest, work: CurrentWork, member_id: FromPath[UUID], data: FormData) -> Template:
    """Somebody leaves, the one who follows is invited: one act, one slip."""
    try:
        leaver = await invitations.leaver_of(work, member_id)
        name = await _enterprise_name(work, leaver.enterprise_id)
        issued = await invitations.hand_over(
            work,
            member_id,
            enterprise_name=name,
            name=word(data, "name"),
            phone=word(data, "phone"),
            master=master_of(request),
            then=left_behind,
        )
    except BadInput as refusal:
        await work.session.rollback()
        return await _hand_over_page(request, work, member_id, _form(data, refusal))
    request.app.state.remembered.forget()
    return slips_page(request, [issued])


async def _hand_over_page(request: AnyRequest, work: Work, member_id: UUID, form: Form) -> Template:
    leaver = await invitations.leaver_of(work, member_id)
    return page(
        request,
        "invitations/hand_over.html",
        status=form.status,
        form=form,
        leaver=leaver,
        role=Role(leaver.role),
        enterprise=await _enterprise_name(work, leaver.enterprise_id),
    )


async def _enterprise_name(work: Work, enterprise_id: UUID | None) -> str:
    return (await names_of(work, {enterprise_id})).get(enterprise_id, "") if enterprise_id else ""


async def _order(work: Work, data: dict[str, Any]) -> invitations.Order:
    """What was typed; raises BadInput with a sentence per field."""
    own = work.identity.scope.enterprise_id
    enterprise_id, role, wrong = own or identifier(data, "enterprise_id"), _role(data), {}
    name = (await names_of(work, {enterprise_id})).get(enterprise_id) if enterprise_id else None
    if enterprise_id is None or name is None:
        wrong["enterprise_id"] = "请选择企业"
    if role is None:
        wrong["role"] = "请选择岗位"
    if enterprise_id is None or name is None or role is None:
        raise BadInput(fields=wrong)
    return invitations.Order(
        enterprise_id=enterprise_id,
        enterprise_name=name,
        role=role,
        name=word(data, "name"),
        phone=word(data, "phone"),
    )


async def _choices(request: AnyRequest, work: Work) -> dict[str, Any]:
    roles = [(role.value, role.label) for role in _roles(request)]
    if request.user.enterprise_id:
        return {"roles": roles, "enterprises": []}
    found = await importing.enterprises_of(work)
    return {"roles": roles, "enterprises": [(str(one.id), one.name) for one in found]}


def _roles(request: AnyRequest) -> list[Role]:
    """Whom this person may invite: an enterprise's head only its safety officers."""
    if request.user.enterprise_id:
        return [Role.SAFETY_OFFICER]
    return [role for role in Role if role in ENTERPRISE_ROLES]


def _role(data: dict[str, Any]) -> Role | None:
    return next((role for role in ENTERPRISE_ROLES if role.value == word(data, "role")), None)


async def _without(work: Work, role: Role) -> list[registry.Enterprise]:
    """The enterprises of the registry, in the order of their names, that have nobody in the role."""
    served = await invitations.served(work, role)
    own = work.identity.scope.enterprise_id
    found = await importing.enterprises_of(work)
    return [one for one in found if one.id not in served and own in {None, one.id}]


def _form(data: dict[str, Any], refusal: BadInput) -> Form:
    return Form({name: word(data, name) for name in data}, refusal.fields or {"name": refusal.sentence})


ROUTES: list[Any] = [
    ledger,
    new_page,
    send,
    revoke,
    batch_page,
    send_batch,
    hand_over_page,
    hand_over,
    *importing.ROUTES,
    *accepting.ROUTES,
]
router = Router("/", route_handlers=ROUTES, include_in_schema=False)
