"""The list of assignments: filtered by its address, urged in a batch, carried away as a workbook."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from litestar import Response, get, post
from litestar.response import Redirect, Template

from services.kernel.documents import Column
from services.kernel.refusals import BadInput
from services.kernel.work import Work
from services.portal import typed
from services.portal.assignments.asked import filter_of, words_of
from services.portal.assignments.shown import Row, row_of
from services.portal.frame import AnyRequest, page
from services.portal.towns.looking import note_look, town_names
from services.portal.workbook import workbook
from services.supervision import assignments, plans
from services.supervision.assignments import Counts
from services.tenancy.door import CurrentWork, needs
from services.tenancy.roles import ENTERPRISE_ROLES, Role

LIST = "/assignments"
COLUMNS = (
    Column("序号", 6, "number"),
    Column("任务", 36),
    Column("工作要求", 40),
    Column("依据", 26),
    Column("板块", 18),
    Column("责任单位（企业）", 24),
    Column("完成期限", 16, "date"),
    Column("期限状态", 14),
    Column("办理状态", 10),
    Column("进度", 8, "percent"),
    Column("签收日期", 16, "date"),
    Column("报送日期", 16, "date"),
    Column("办结日期", 16, "date"),
    Column("退回次数", 8, "number"),
)


@get("/assignments", opt=needs("assignment:read"))
async def ledger(request: AnyRequest, work: CurrentWork) -> Template:
    """任务台账."""
    wanted, number = filter_of(request), typed.page_number(request.query_params)
    await note_look(request, work, wanted.town)
    found, total = await assignments.a_page(work, wanted, number)
    towns = await town_names(work)
    pages = SimpleNamespace(number=number, pages=-(-total // assignments.PAGE), total=total)
    return page(
        request,
        "assignments/list.html",
        rows=[row_of(one, work.today, towns.get(one.tenant_id, "")) for one in found],
        pages=pages,
        wanted=wanted,
        towns=sorted(towns.items(), key=lambda town: town[1]),
        quick=_quick(await assignments.counts(work, wanted), district=bool(towns)),
        export=_export_link(request),
        **await _choices(work),
        **_result(request),
    )


@get("/assignments/export.xlsx", opt=needs("assignment:export"))
async def export(request: AnyRequest, work: CurrentWork) -> Response[bytes]:
    """Exactly the rows that the list's address shows, on all its pages."""
    wanted = filter_of(request)
    found = await work.all(assignments.narrowed(work, wanted))
    rows = [_cells(number, row_of(one, work.today)) for number, one in enumerate(found, 1)]
    return await workbook(work, "任务台账", COLUMNS, rows, filters=words_of(wanted))


@post("/assignments/urge", opt=needs("assignment:urge"))
async def urge(request: AnyRequest, work: CurrentWork) -> Redirect:
    """催办 all that were picked, and back to the list as it was filtered."""
    data = await request.form()
    picked = typed.ids(data, "ids")
    if not picked:
        raise BadInput("没有选中任务，请先勾选需要催办的任务")
    urged = await assignments.urge(work, picked, note=typed.word(data, "note"))
    return Redirect(_back(request, f"urged={urged}"), status_code=303)


def _back(request: AnyRequest, said: str) -> str:
    """The list with its filters, as the browser had it open."""
    before = urlsplit(request.headers.get("referer", ""))
    ours = before.netloc == request.url.netloc and before.path == LIST
    kept = "&".join(part for part in before.query.split("&") if part and not part.startswith(("urged=", "given=")))
    return f"{LIST}?{kept}&{said}" if ours and kept else f"{LIST}?{said}"


def _result(request: AnyRequest) -> dict[str, Any]:
    """What was just done, with its figures."""
    query = request.query_params
    urged, given, already = (typed.number(query, name) for name in ("urged", "given", "already"))
    if urged is not None:
        return {
            "notice": f"已催办 {urged} 项，责任单位会收到提醒" if urged else "选中的任务都已报送或办结，没有需要催办的"
        }
    if given is None:
        return {}
    rest = f"，{already} 家（个）已有同一任务，未重复下发" if already else ""
    return {"notice": f"下发 {given} 家（个）{rest}"}


def _quick(counts: Counts, *, district: bool) -> list[tuple[str, str, int]]:
    views = [
        ("", "全部", counts.everything),
        ("late", "已逾期", counts.late),
        ("soon", "七天内到期", counts.soon),
        ("pending", "待签收", counts.pending),
        ("submitted", "待审核", counts.submitted),
        ("extension", "申请延期", counts.extension),
        ("completed", "已完成", counts.completed),
    ]
    return [*views, ("escalated", "列入区级督办", counts.escalated)] if district else views


def _export_link(request: AnyRequest) -> str:
    query = request.url.query
    return f"{LIST}/export.xlsx?{query}" if query else f"{LIST}/export.xlsx"


async def _choices(work: Work) -> dict[str, Any]:
    """What the filters offer; an enterprise has too few assignments to need them."""
    if work.identity.role in ENTERPRISE_ROLES:
        return {"sections": [], "departments": []}
    sections = await assignments.sections(work)
    by_department = work.identity.role in {Role.TOWN_OFFICE, Role.TOWN_LEADER}
    departments = await plans.departments_of(work) if by_department else []
    return {"sections": [(one, one) for one in sections], "departments": [(one.id, one.name) for one in departments]}


def _cells(number: int, row: Row) -> list[object]:
    one = row.of
    return [
        number,
        one.title,
        one.text,
        one.basis,
        one.section,
        one.owner_name,
        one.due_on,
        row.light.words,
        one.state_label,
        one.percent / 100,
        one.received_at,
        one.submitted_at,
        one.accepted_at,
        one.returns,
    ]
