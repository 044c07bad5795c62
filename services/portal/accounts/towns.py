"""The directory of districts and townships: made by the platform's operator, read by the administrators and the district."""

from datetime import date
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.response import Redirect, Template

from services.kernel.refusals import BadInput
from services.kernel.table import Login
from services.kernel.work import Work
from services.portal.fields import FormData, day, identifier, word
from services.portal.forms import Form
from services.portal.frame import page, says
from services.portal.signing_in.visits import AnyRequest
from services.regulation.documents import documents
from services.tenancy import townships
from services.tenancy.door import CurrentWork, needs
from services.tenancy.roles import Role

says(
    place_created="已建好，请安全保密管理员授予首个账号",
    place_suspended="已停用，该单位人员不能再登录",
    place_resumed="已恢复",
    paper_adopted="适用的地方规定已保存，企业义务按新的规定计算",
)
OPERATOR = needs("township:create", login=Login.PLATFORM)
ADOPTS = needs("township:adopt", login=Login.PLATFORM)
SUSPENDS = needs("township:suspend", login=Login.PLATFORM)
KINDS = {"township": "镇街", "district": "区县"}


@get("/townships", opt=needs("township:read"))
async def directory(request: AnyRequest, work: CurrentWork) -> Template:
    """镇街."""
    mine = request.user.tenant if request.user.role_of is Role.DISTRICT_OVERSEER else None
    districts = [one for one in await townships.districts(work) if mine in {None, one.id}]
    towns = await townships.townships(work, district_id=mine)
    return page(request, "accounts/towns.html", districts=districts, towns=towns)


@get("/townships/new", opt=OPERATOR)
async def new_place(request: AnyRequest, work: CurrentWork) -> Template:
    """新建镇街或区县."""
    return page(
        request, "accounts/new_town.html", form=Form(), **await _choices(work, word(request.query_params, "kind"))
    )


@post("/townships/new", opt=OPERATOR)
async def create(request: AnyRequest, work: CurrentWork, data: FormData) -> Redirect | Template:
    """A new tenant."""
    named = {name: word(data, name).strip() for name in ("code", "name", "slug", "full_name")}
    try:
        await _create(work, data, named)
    except BadInput as refusal:
        form = Form({name: word(data, name) for name in data}, refusal.fields)
        choices = await _choices(work, word(data, "kind"))
        return page(request, "accounts/new_town.html", status=422, form=form, **choices)
    return Redirect("/townships?done=place-created", status_code=303)


@get("/townships/{tenant_id:uuid}", opt=SUSPENDS)
async def one_place(request: AnyRequest, work: CurrentWork, tenant_id: UUID) -> Template:
    """One township or district."""
    return await _place_page(request, work, tenant_id, Form())


@post("/townships/{tenant_id:uuid}/papers", opt=ADOPTS)
async def adopt(request: AnyRequest, work: CurrentWork, tenant_id: UUID, data: FormData) -> Redirect | Template:
    """适用地方规定."""
    try:
        from_on, until = _term(data)
        await townships.adopt_paper(work, tenant_id, word(data, "paper"), from_on=from_on, until=until)
    except BadInput as refusal:
        form = Form({name: word(data, name) for name in data}, refusal.fields)
        return await _place_page(request, work, tenant_id, form)
    return Redirect(f"/townships/{tenant_id}?done=paper-adopted", status_code=303)


@post("/townships/{tenant_id:uuid}/suspend", opt=SUSPENDS)
async def suspend(request: AnyRequest, work: CurrentWork, tenant_id: UUID) -> Redirect:
    """停用."""
    await townships.suspend(work, tenant_id)
    request.app.state.remembered.forget()
    return Redirect(f"/townships/{tenant_id}?done=place-suspended", status_code=303)


@post("/townships/{tenant_id:uuid}/resume", opt=SUSPENDS)
async def resume(work: CurrentWork, tenant_id: UUID) -> Redirect:
    """恢复."""
    await townships.resume(work, tenant_id)
    return Redirect(f"/townships/{tenant_id}?done=place-resumed", status_code=303)


async def _place_page(request: AnyRequest, work: Work, tenant_id: UUID, form: Form) -> Template:
    place = await townships.place(work, tenant_id)
    papers = [paper for paper in documents().values() if paper.local and place.kind == "township"]
    terms = [(paper, place.local_papers.get(paper.key)) for paper in papers]
    choices = [(paper.key, f"{paper.title}（{paper.number}）") for paper in papers]
    context: dict[str, Any] = {"place": place, "terms": terms, "papers": choices, "form": form}
    return page(request, "accounts/one_town.html", status=form.status, **context)


def _term(data: dict[str, Any]) -> tuple[date, date | None]:
    wrong: dict[str, str] = {}
    from_on, until = day(data, "from_on", wrong), day(data, "until", wrong)
    if from_on is None or wrong:
        raise BadInput(fields={"from_on": "请填写从哪天起适用", **wrong})
    return from_on, until


async def _create(work: Work, data: dict[str, Any], named: dict[str, str]) -> None:
    if word(data, "kind") == "district":
        await townships.create_district(work, **named)
        return
    district = identifier(data, "district")
    if district is None:
        raise BadInput(fields={"district": "请选择所属区县"})
    await townships.create_township(work, district_id=district, **named)


async def _choices(work: Work, kind: str) -> dict[str, Any]:
    districts = [(str(one.id), one.full_name) for one in await townships.districts(work)]
    kind = kind if kind in KINDS else "township"
    return {"kind": kind, "kind_word": KINDS[kind], "districts": districts}


ROUTES: list[Any] = [directory, new_place, create, one_place, adopt, suspend, resume]
