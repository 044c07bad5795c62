"""The people of a town: the ledger, joining, changing and leaving."""

from typing import Any
from uuid import UUID

from litestar import Router, get, post
from litestar.response import Redirect, Template
from sqlalchemy import select

from services.kernel.refusals import BadInput
from services.kernel.table import Login
from services.kernel.work import Work
from services.portal.fields import FormData, Page, identifier, page_number, word
from services.portal.forms import Form
from services.portal.frame import page, says
from services.portal.members import departments, member_form
from services.portal.signing_in.visits import AnyRequest
from services.regulation.lights import light
from services.supervision import registry
from services.supervision.assignments.departures import left_behind
from services.tenancy import members
from services.tenancy.door import CurrentWork, master_of, needs
from services.tenancy.roles import ENTERPRISE_ROLES, TOWN_ROLES, Role

says(member_added="人员已添加", member_saved="人员信息已保存", member_left="已办理离任，该同志不能再登录本单位")
ROLES = [
    (role.value, role.label) for role in (*member_form.in_order(TOWN_ROLES), *member_form.in_order(ENTERPRISE_ROLES))
]
CERTIFICATES = [("valid", "有效"), ("soon", "七天内到期"), ("expired", "已过期")]
OFFICE_WRITES = needs("member:manage", login=Login.IDENTITY)


@get("/members", opt=needs("member:read"))
async def ledger(request: AnyRequest, work: CurrentWork) -> Template:
    """人员台账."""
    asked = _asked(request)
    rows, total = await members.members(work, asked, master=master_of(request))
    dedicated = await members.dedicated_supervisors(work)
    return page(
        request,
        "members/ledger.html",
        rows=rows,
        lights={
            row.member.id: light(row.member.certificate_to, work.today) for row in rows if row.member.certificate_to
        },
        enterprises=await _enterprise_names(work, rows),
        roles=ROLES,
        certificates=CERTIFICATES,
        departments=[(one.id, one.name) for one in await members.departments(work)],
        at=Page(number=asked.page, total=total, size=members.PAGE),
        dedicated=dedicated,
        required=members.DEDICATED_REQUIRED,
        supervised=await work.count(select(registry.Enterprise).where(registry.Enterprise.left_on.is_(None))),
        Role=Role,
    )


def _asked(request: AnyRequest) -> members.MemberFilter:
    query = request.query_params
    return members.MemberFilter(
        q=word(query, "q").strip()[:60],
        department=identifier(query, "department"),
        role=word(query, "role"),
        certificate=word(query, "certificate"),
        state=word(query, "state") or "active",
        page=page_number(query),
    )


async def _enterprise_names(work: Work, rows: list[members.MemberRow]) -> dict[UUID, str]:
    ids = {row.member.enterprise_id for row in rows if row.member.enterprise_id}
    return await member_form.names_of(work, ids) if ids else {}


@get("/members/new", opt=OFFICE_WRITES)
async def new_member(request: AnyRequest, work: CurrentWork) -> Template:
    """添加人员."""
    kind = member_form.kind_of(word(request.query_params, "kind"))
    return page(request, "members/new.html", form=Form(), **await member_form.choices(work, kind))


@post("/members/new", opt=OFFICE_WRITES)
async def add_member(request: AnyRequest, work: CurrentWork, data: FormData) -> Redirect | Template:
    """A new person; the activation code is shown once, to be handed over."""
    kind = member_form.kind_of(word(data, "kind"))
    try:
        facts = await member_form.facts_of(work, data, kind)
        added = await members.add_member(work, facts, login=word(data, "login"), master=master_of(request))
    except BadInput as refusal:
        return await _again(request, work, "members/new.html", refusal, data, kind=kind)
    return page(
        request, "accounts/activation.html", activation=added.activation, back="/members", name=added.member.name
    )


@get("/members/{member_id:uuid}", opt=OFFICE_WRITES)
async def one_member(request: AnyRequest, work: CurrentWork, member_id: UUID) -> Template:
    """One person, with everything that the office may change."""
    member = await work.get(members.Member, member_id)
    return await _one(request, work, member, Form(member_form.values_of(member)))


@post("/members/{member_id:uuid}", opt=OFFICE_WRITES)
async def change_member(request: AnyRequest, work: CurrentWork, member_id: UUID, data: FormData) -> Redirect | Template:
    """Save what was changed."""
    member = await work.get(members.Member, member_id)
    kind = member_form.kind_of_role(Role(member.role))
    try:
        facts = await member_form.facts_of(work, data, kind, changing=True)
        version = int(word(data, "version")) if word(data, "version").isdigit() else 0
        await members.change_member(work, member_id, facts, version=version, master=master_of(request))
    except BadInput as refusal:
        return await _one(request, work, member, _form(data, refusal))
    request.app.state.remembered.forget()
    return Redirect(f"/members/{member_id}?done=member-saved", status_code=303)


@post("/members/{member_id:uuid}/leave", opt=OFFICE_WRITES)
async def leave(request: AnyRequest, work: CurrentWork, member_id: UUID) -> Redirect:
    """办理离任."""
    await members.leave(work, member_id)
    work.send(left_behind, member_id)
    request.app.state.remembered.forget()
    return Redirect("/members?done=member-left", status_code=303)


@post("/members/{member_id:uuid}/reveal", opt=OFFICE_WRITES)
async def reveal(request: AnyRequest, work: CurrentWork, member_id: UUID) -> Template:
    """The number in full, once; it is recorded that it was seen."""
    member = await work.get(members.Member, member_id)
    phone = await members.reveal_phone(work, member_id, master=master_of(request))
    return await _one(request, work, member, Form(member_form.values_of(member)), revealed=phone)


@post("/members/{member_id:uuid}/activation", opt=OFFICE_WRITES)
async def new_activation(request: AnyRequest, work: CurrentWork, member_id: UUID) -> Template:
    """A new activation code, shown once."""
    activation = await members.new_activation(work, member_id)
    return page(request, "accounts/activation.html", activation=activation, back="/members", name=activation.name)


async def _one(request: AnyRequest, work: Work, member: members.Member, form: Form, **context: Any) -> Template:
    kind = member_form.kind_of_role(Role(member.role))
    active = member.state == "active"
    user = await members.user_of(work, member) if active else None
    return page(
        request,
        "members/one.html",
        status=form.status,
        form=form,
        member=member,
        role=Role(member.role),
        user=user,
        elsewhere=await members.acts_elsewhere(work, user) if user else False,
        phone=await members.phone_of(work, member, master=master_of(request)),
        certificate=light(member.certificate_to, work.today) if member.certificate_to else None,
        **await member_form.choices(work, kind),
        **context,
    )


async def _again(
    request: AnyRequest, work: Work, template: str, refusal: BadInput, data: dict[str, Any], *, kind: str
) -> Template:
    """The form again."""
    return page(request, template, status=422, form=_form(data, refusal), **await member_form.choices(work, kind))


def _form(data: dict[str, Any], refusal: BadInput) -> Form:
    return Form({name: word(data, name) for name in data}, refusal.fields or {"name": refusal.sentence})


ROUTES: list[Any] = [
    ledger,
    new_member,
    add_member,
    one_member,
    change_member,
    leave,
    reveal,
    new_activation,
    *departments.ROUTES,
]
router = Router("/", route_handlers=ROUTES, include_in_schema=False)
