"""新建年度要点: a file, last year's plan, or the district's template."""

from typing import Any

from litestar import get, post
from litestar.datastructures import UploadFile
from litestar.params import MultipartBody
from litestar.response import Redirect, Template

from services.kernel.documents import FileRefused
from services.kernel.refusals import BadInput
from services.kernel.work import Work
from services.portal.fields import word
from services.portal.forms import Form
from services.portal.frame import AnyRequest, page
from services.portal.plans.filled import Filled, number
from services.supervision import plans
from services.tenancy.door import CurrentWork, needs

Uploaded = MultipartBody[dict[str, Any]]


@get("/new", opt=needs("plan:start"))
async def new_plan(request: AnyRequest, work: CurrentWork) -> Template:
    """The three ways to begin."""
    return await new_page(request, work, Form({"template_year": work.today.year}))


async def new_page(
    request: AnyRequest, work: Work, form: Form, *, way: str = "file", known: object = None, status: int = 200
) -> Template:
    """The page with what was chosen and what was refused."""
    last = await plans.list_plans(work)
    years = sorted({row.year + 1 for row in last if row.state in {"published", "closed"}}, reverse=True)
    usable = [(year, f"{year} 年（沿用 {year - 1} 年）") for year in years]
    return page(
        request,
        "plans/new.html",
        status=status,
        form=form,
        way=way,
        known=known,
        usable=usable,
        this_year=work.today.year,
    )


@post("/new/notice", opt=needs("notice:upload"))
async def upload(request: AnyRequest, work: CurrentWork, data: Uploaded) -> Redirect | Template:
    """A file becomes a draft; what cannot be taken is said beside the field, and nothing is kept."""
    form = Form({"notice_year": word(data, "notice_year")})
    file = data.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return await new_page(request, work, Form(form.values, {"file": "请先选择文件"}), status=422)
    year = word(data, "notice_year").strip()
    try:
        plan = await plans.upload_notice(
            work,
            data=await file.read(),
            filename=file.filename,
            year=number(data, "notice_year", -1) if year else None,
            files=request.app.state.files,
        )
    except plans.AlreadyUploaded as refused:
        shown = Form(form.values, {"file": refused.sentence})
        return await new_page(request, work, shown, known=refused.plan_id, status=422)
    except FileRefused as refused:
        return await new_page(request, work, Form(form.values, {"file": refused.sentence}), status=422)
    except BadInput as refused:
        return await new_page(request, work, Form(form.values, {"notice_year": refused.fields["year"]}), status=422)
    return started(plan)


@post("/new/last-year", opt=needs("plan:start"))
async def from_last_year(request: AnyRequest, work: CurrentWork, data: Filled) -> Redirect | Template:
    """Last year's plan becomes this year's draft."""
    try:
        return started(await plans.start_from_last_year(work, number(data, "last_year")))
    except (plans.NoPlanLastYear, BadInput) as refused:
        said = getattr(refused, "fields", {}).get("year") or refused.sentence
        form = Form({"last_year": word(data, "last_year")}, {"last_year": said})
        return await new_page(request, work, form, way="last", status=422)


@post("/new/template", opt=needs("plan:start"))
async def from_template(request: AnyRequest, work: CurrentWork, data: Filled) -> Redirect | Template:
    """The district's template becomes a draft in the town's name."""
    try:
        return started(await plans.start_from_template(work, number(data, "template_year")))
    except BadInput as refused:
        form = Form({"template_year": word(data, "template_year")}, {"template_year": refused.fields["year"]})
        return await new_page(request, work, form, way="template", status=422)


def started(plan: plans.Plan) -> Redirect:
    """On to the review of the new draft."""
    return Redirect(f"/plans/{plan.id}?done=plan-started", status_code=303)


HANDLERS = (new_plan, upload, from_last_year, from_template)
