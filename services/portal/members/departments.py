"""The departments of a town."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.response import Redirect, Template

from services.kernel.refusals import BadInput
from services.kernel.table import Login
from services.kernel.work import Work
from services.portal.fields import FormData, word, words
from services.portal.forms import Form
from services.portal.frame import page, says
from services.portal.signing_in.visits import AnyRequest
from services.regulation.industries import Sector
from services.tenancy import members
from services.tenancy.door import CurrentWork, needs

says(department_added="部门已添加", department_saved="部门已保存", department_ended="部门已撤销")
OFFICE_WRITES = needs("department:manage", login=Login.IDENTITY)
SECTORS = [(sector.value, sector.value) for sector in Sector]
KINDS = list(members.KIND_WORDS.items())


@get("/members/departments", opt=needs("department:read"))
async def ledger(request: AnyRequest, work: CurrentWork) -> Template:
    """部门台账."""
    return await _ledger(request, work, Form())


@post("/members/departments", opt=OFFICE_WRITES)
async def add(request: AnyRequest, work: CurrentWork, data: FormData) -> Redirect | Template:
    """A new department."""
    try:
        await members.add_department(
            work,
            name=word(data, "name"),
            kind=word(data, "kind"),
            sectors=words(data, "sectors"),
            aliases=[word(data, "aliases")],
        )
    except BadInput as refusal:
        return await _ledger(request, work, _form(data, refusal))
    return Redirect("/members/departments?done=department-added", status_code=303)


@get("/members/departments/{department_id:uuid}", opt=OFFICE_WRITES)
async def one(request: AnyRequest, work: CurrentWork, department_id: UUID) -> Template:
    """One department."""
    department = await work.get(members.Department, department_id)
    values = {
        "name": department.name,
        "sectors": department.sectors,
        "aliases": "、".join(department.aliases),
        "version": department.version,
    }
    return await _one(request, work, department, Form(values))


@post("/members/departments/{department_id:uuid}", opt=OFFICE_WRITES)
async def change(request: AnyRequest, work: CurrentWork, department_id: UUID, data: FormData) -> Redirect | Template:
    """Another name, other sectors or aliases."""
    version = int(word(data, "version")) if word(data, "version").isdigit() else 0
    try:
        await members.change_department(
            work,
            department_id,
            version=version,
            name=word(data, "name"),
            sectors=words(data, "sectors"),
            aliases=[word(data, "aliases")],
        )
    except BadInput as refusal:
        return await _one(request, work, await work.get(members.Department, department_id), _form(data, refusal))
    request.app.state.remembered.forget()
    return Redirect("/members/departments?done=department-saved", status_code=303)


@post("/members/departments/{department_id:uuid}/end", opt=OFFICE_WRITES)
async def end(work: CurrentWork, department_id: UUID) -> Redirect:
    """撤销部门."""
    await members.end_department(work, department_id)
    return Redirect("/members/departments?done=department-ended", status_code=303)


async def _ledger(request: AnyRequest, work: Work, form: Form) -> Template:
    return page(
        request,
        "members/departments.html",
        status=form.status,
        form=form,
        departments=await members.departments(work, with_ended=True),
        people=await members.people_in(work),
        kinds=KINDS,
        kind_words=members.KIND_WORDS,
        sectors=SECTORS,
    )


async def _one(request: AnyRequest, work: Work, department: members.Department, form: Form) -> Template:
    return page(
        request,
        "members/department.html",
        status=form.status,
        form=form,
        department=department,
        people=(await members.people_in(work)).get(department.id, 0),
        kind_words=members.KIND_WORDS,
        sectors=SECTORS,
    )


def _form(data: dict[str, Any], refusal: BadInput) -> Form:
    values = {name: word(data, name) for name in data} | {"sectors": words(data, "sectors")}
    return Form(values, refusal.fields)


ROUTES: list[Any] = [ledger, add, one, change, end]
