"""The places where an enterprise works: added, changed and closed by the office."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from services.kernel.refusals import BadInput
from services.kernel.work import Work
from services.portal import typed
from services.portal.forms import Form
from services.portal.frame import AnyRequest, page, says
from services.portal.typed import Typed
from services.supervision import registry
from services.supervision.registry import Site, SiteFacts
from services.tenancy.door import CurrentWork, needs

WRITES = needs("enterprise:write")
HEADS = {
    "name": "名称",
    "village": "村（社区）",
    "address": "地址",
    "use": "用途",
    "opened_on": "启用日期",
    "closed_on": "停用日期",
}
says(site_added="场所已登记", site_changed="场所资料已修改", site_closed="场所已停用，记录保留")


@get("/enterprises/{enterprise_id:uuid}/sites/new", opt=WRITES)
async def blank(request: AnyRequest, work: CurrentWork, enterprise_id: FromPath[UUID]) -> Template:
    """添加场所."""
    row = await registry.one(work, enterprise_id)
    return await _form(request, work, row, Form({"opened_on": work.today.isoformat(), "village": row.village_code}))


@post("/enterprises/{enterprise_id:uuid}/sites/new", opt=WRITES)
async def add(request: AnyRequest, work: CurrentWork, enterprise_id: FromPath[UUID]) -> Redirect | Template:
    """One more place."""
    row = await registry.one(work, enterprise_id)
    data = await request.form()
    try:
        await registry.add_site(work, row.id, _facts(data))
    except BadInput as refusal:
        return await _form(request, work, row, Form(typed.kept(data), refusal.fields))
    return Redirect(f"/enterprises/{row.id}?done=site-added#sites", status_code=303)


@get("/enterprises/sites/{site_id:uuid}", opt=WRITES)
async def one(request: AnyRequest, work: CurrentWork, site_id: FromPath[UUID]) -> Template:
    """One place, with everything that may be changed."""
    site = await work.get(Site, site_id)
    row = await registry.one(work, site.enterprise_id)
    values = {name: getattr(site, name) for name in ("name", "address", "use", "latitude", "longitude", "version")}
    known = values | {"village": site.village_code, "opened_on": site.opened_on.isoformat()}
    return await _form(request, work, row, Form(known), site)


@post("/enterprises/sites/{site_id:uuid}", opt=WRITES)
async def change(request: AnyRequest, work: CurrentWork, site_id: FromPath[UUID]) -> Redirect | Template:
    """Change or close; `act` says which."""
    site = await work.get(Site, site_id)
    row = await registry.one(work, site.enterprise_id)
    data = await request.form()
    version, closing = typed.number(data, "version") or 0, typed.word(data, "act") == "close"
    try:
        if closing:
            await registry.close_site(work, site.id, typed.day(data, "closed_on"), version=version)
        else:
            await registry.change_site(work, site.id, _facts(data), version=version)
    except BadInput as refusal:
        return await _form(request, work, row, Form(typed.kept(data), refusal.fields), site)
    done = "site-closed" if closing else "site-changed"
    return Redirect(f"/enterprises/{row.id}?done={done}#sites", status_code=303)


def _facts(data: Typed) -> SiteFacts:
    wrong: dict[str, str] = {}
    where = {name: _degrees(typed.word(data, name), name, wrong) for name in ("latitude", "longitude")}
    if wrong:
        raise BadInput(fields=wrong)
    return SiteFacts(
        name=typed.word(data, "name"),
        village=typed.word(data, "village"),
        address=typed.word(data, "address"),
        use=typed.word(data, "use"),
        opened_on=typed.day(data, "opened_on"),
        **where,
    )


def _degrees(text: str, name: str, wrong: dict[str, str]) -> float | None:
    least, most = (3.0, 54.0) if name == "latitude" else (73.0, 136.0)
    try:
        found = float(text) if text else None
    except ValueError:
        found = 0.0
    if found is not None and not least <= found <= most:
        wrong[name] = f"请写度数，例如 {'29.87' if name == 'latitude' else '107.42'}，不知道的留空"
    return found


async def _form(
    request: AnyRequest, work: Work, row: registry.Enterprise, form: Form, site: Site | None = None
) -> Template:
    return page(
        request,
        "enterprises/site.html",
        status=form.status,
        e=row,
        site=site,
        form=form,
        heads=HEADS,
        uses=[(use, use) for use in registry.USES],
        villages=list((await registry.villages_of_town(work)).names.items()),
    )


ROUTES: list[Any] = [blank, add, one, change]
