"""The office registers an enterprise and changes its facts from a day on; the difference is shown before it is saved."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from services.kernel.refusals import BadInput
from services.kernel.work import Work
from services.portal import typed
from services.portal.enterprises import facts_form
from services.portal.forms import Form
from services.portal.frame import AnyRequest, page, says
from services.supervision import duties, registry
from services.tenancy.door import CurrentWork, needs

WRITES = needs("enterprise:write")
says(
    enterprise_registered="企业已登记，可以继续补充人员和场所",
    enterprise_changed="档案已修改，大事记里可以看到",
    enterprise_same="内容没有变化，档案保持原样",
    enterprise_left="已办理迁出或注销，历史档案仍可查阅",
)


@get("/enterprises/new", opt=WRITES)
async def blank(request: AnyRequest, work: CurrentWork) -> Template:
    """新增企业."""
    start = facts_form.values_of(registry.merged({}, {})) | {"valid_from": work.today.isoformat()}
    return await _form(request, work, Form(start))


@post("/enterprises/new", opt=WRITES)
async def register(request: AnyRequest, work: CurrentWork) -> Redirect | Template:
    """The enterprise stands in the registry; one of the same name is asked about once."""
    data = await request.form()
    try:
        values, since = facts_form.read(data), facts_form.first_day(data, work.today)
        if not typed.word(data, "same_name"):
            await _ask_about_namesake(work, values["name"] or "")
        row = await registry.register(work, values, source="office", valid_from=since)
    except BadInput as refusal:
        return await _form(request, work, Form(typed.kept(data), facts_form.beside(refusal)))
    return Redirect(f"/enterprises/{row.id}?done=enterprise-registered", status_code=303)


@get("/enterprises/{enterprise_id:uuid}/change", opt=WRITES)
async def change_form(request: AnyRequest, work: CurrentWork, enterprise_id: FromPath[UUID]) -> Template:
    """修改档案."""
    row = await registry.one(work, enterprise_id)
    known = await registry.as_of(work, row.id, work.today)
    start = facts_form.values_of(known) | {"valid_from": work.today.isoformat(), "version": row.version}
    return await _form(request, work, Form(start), row)


@post("/enterprises/{enterprise_id:uuid}/change", opt=WRITES)
async def change(request: AnyRequest, work: CurrentWork, enterprise_id: FromPath[UUID]) -> Redirect | Template:
    """First the difference is shown, then it is saved; `step` says which: check, edit or save."""
    row = await registry.one(work, enterprise_id)
    data = await request.form()
    step = typed.word(data, "step")
    if step == "edit":
        return await _form(request, work, Form(typed.kept(data)), row)
    try:
        values, since = facts_form.read(data), facts_form.first_day(data, work.today)
        if step != "save":
            return await _difference(request, work, row, values, since)
        version = typed.number(data, "version")
        changed = await registry.change(
            work, row.id, values, valid_from=since, source="office", note=typed.word(data, "note"), version=version or 0
        )
    except BadInput as refusal:
        return await _form(request, work, Form(typed.kept(data), facts_form.beside(refusal)), row)
    return Redirect(f"/enterprises/{changed.id}?done=enterprise-changed", status_code=303)


@get("/enterprises/{enterprise_id:uuid}/leave", opt=WRITES)
async def leave_form(request: AnyRequest, work: CurrentWork, enterprise_id: FromPath[UUID]) -> Template:
    """迁出、注销."""
    row = await registry.one(work, enterprise_id)
    start = Form({"left_on": work.today.isoformat(), "version": row.version})
    return page(request, "enterprises/leave.html", e=row, form=start)


@post("/enterprises/{enterprise_id:uuid}/leave", opt=WRITES)
async def leave(request: AnyRequest, work: CurrentWork, enterprise_id: FromPath[UUID]) -> Redirect | Template:
    """The enterprise is no longer supervised from the day after on; its record stays."""
    row = await registry.one(work, enterprise_id)
    data = await request.form()
    try:
        left_on, version = typed.day(data, "left_on"), typed.number(data, "version") or 0
        await registry.leave(work, row.id, left_on, typed.word(data, "left_reason"), version=version)
    except BadInput as refusal:
        # What the registry says of valid_from is about the one day that this form asks for.
        errors = {"left_on" if name == "valid_from" else name: words for name, words in refusal.fields.items()}
        form = Form(typed.kept(data), errors)
        return page(request, "enterprises/leave.html", status=form.status, e=row, form=form)
    return Redirect(f"/enterprises/{row.id}?done=enterprise-left", status_code=303)


async def _ask_about_namesake(work: Work, name: str) -> None:
    if namesake := await registry.same_name(work, name):
        code = namesake.credit_code or "无代码"
        raise BadInput(fields={"name": f"已有同名企业（{code}）；确实是另一家的，请勾选“名称相同”后再登记"})


async def _form(request: AnyRequest, work: Work, form: Form, row: registry.Enterprise | None = None) -> Template:
    villages = await registry.villages_of_town(work)
    return page(
        request,
        "enterprises/form.html",
        status=form.status,
        form=form,
        e=row,
        groups=facts_form.groups(facts_form.ASKED, villages),
        heads=facts_form.HEADS,
    )


async def _difference(
    request: AnyRequest, work: Work, row: registry.Enterprise, values: dict[str, Any], since: Any
) -> Redirect | Template:
    before, after = await registry.difference(work, row.id, values, since)
    shown = facts_form.differences(before, after, await registry.villages_of_town(work))
    if not shown:
        return Redirect(f"/enterprises/{row.id}?done=enterprise-same", status_code=303)
    data = await request.form()
    return page(
        request,
        "enterprises/confirm.html",
        e=row,
        before=before,
        after=after,
        valid_from=since,
        differences=shown,
        warnings=registry.warnings(after),
        duties=await duties.difference_of(work, row.id, values, since),
        ahead=since > work.today,
        typed=[(name, value) for name, value in data.multi_items() if name not in {"step", "_csrf_token"}],
    )


ROUTES: list[Any] = [blank, register, change_form, change, leave_form, leave]
