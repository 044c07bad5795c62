"""工作日历: which days are worked, by which paper; brought year by year by the platform's operator."""

from typing import Any
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, MultipartBody
from litestar.response import Redirect, Template

from services.kernel.calendar_days import CalendarNotReadable, decoded, read
from services.kernel.refusals import NotFound
from services.kernel.work import Work
from services.portal.calendar.months import months_of
from services.portal.fields import FormData, identifier, word
from services.portal.forms import Form
from services.portal.frame import AnyRequest, page, says
from services.portal.workbook import saved_as
from services.supervision import calendar
from services.tenancy.door import CurrentWork, needs

Uploaded = MultipartBody[dict[str, Any]]
READS, IMPORTS = needs("calendar:read"), needs("calendar:import")
SHOWN_YEARS = range(2000, 2100)
says(calendar_imported="新的安排已启用，各镇街未办结事项的期限正在重新计算，有变动的会通知责任单位")


@get("/calendar", opt=READS)
async def ledger(request: AnyRequest, work: CurrentWork) -> Template:
    """工作日历."""
    return page(request, "calendar/years.html", years=await calendar.years(work), this_year=work.today.year)


@get("/calendar/{year:int}", opt=READS)
async def one_year(request: AnyRequest, work: CurrentWork, year: FromPath[int]) -> Template:
    """A year as twelve months."""
    if year not in SHOWN_YEARS:
        raise NotFound
    found = await calendar.year_of(work, year)
    return page(request, "calendar/year.html", year=found, months=months_of(found))


@get("/calendar/template.csv", opt=IMPORTS)
async def template(work: CurrentWork) -> Response[bytes]:
    """This year's file as an example; the mark in front lets spreadsheet programs read its Chinese."""
    year = work.today.year
    text = await calendar.template(work, year)
    headers = saved_as(f"放假安排模板（{year}年示例）.csv")
    return Response(text.encode("utf-8-sig"), media_type="text/csv", headers=headers)


@get("/calendar/new", opt=IMPORTS)
async def new(request: AnyRequest, work: CurrentWork) -> Template:
    """导入放假安排."""
    return await _upload_page(request, work, Form())


@post("/calendar/new", opt=IMPORTS)
async def upload(request: AnyRequest, work: CurrentWork, data: Uploaded) -> Template:
    """What the file would change; nothing is kept before it is confirmed."""
    file = data.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return await _upload_page(request, work, Form(errors={"file": "请先选择文件"}))
    try:
        text = decoded(await file.read())
        found = await calendar.preview(work, read(text))
    except CalendarNotReadable as wrong:
        return await _upload_page(request, work, Form(errors={"file": wrong.sentence}))
    if found.is_empty:
        return await _upload_page(request, work, Form(errors={"file": "文件里的安排与现有日历完全一致，不必导入"}))
    return page(request, "calendar/preview.html", preview=found, text=text, stands_at=found.stands_at)


@post("/calendar/confirm", opt=IMPORTS)
async def confirm(request: AnyRequest, work: CurrentWork, data: FormData) -> Redirect | Template:
    """Take over what was shown; raises Stale where the calendar has changed since."""
    stands_at: UUID | None = identifier(data, "stands_at")
    try:
        await calendar.bring(work, read(word(data, "text")), stands_at=stands_at)
    except CalendarNotReadable as wrong:
        return await _upload_page(request, work, Form(errors={"file": wrong.sentence}))
    return Redirect("/calendar?done=calendar-imported", status_code=303)


async def _upload_page(request: AnyRequest, work: Work, form: Form) -> Template:
    return page(request, "calendar/new.html", status=form.status, form=form, this_year=work.today.year)


router = Router("/", route_handlers=[ledger, one_year, template, new, upload, confirm], include_in_schema=False)
