"""The ledger of enterprises, and the list of all their pages."""

from types import SimpleNamespace
from typing import Any

from litestar import Response, Router, get
from litestar.response import Redirect, Template

from services.kernel.documents import Column
from services.portal import typed
from services.portal.enterprises import compared, detail, editing, persons, sites
from services.portal.enterprises.asked import facts_of
from services.portal.enterprises.papers import standard_of, tags_of
from services.portal.frame import AnyRequest, page
from services.portal.workbook import workbook
from services.regulation.tags import LABELS as TAGS
from services.supervision import registry
from services.supervision.registry import Enterprise
from services.tenancy.door import CurrentWork, needs

COLUMNS = (
    Column("序号", 6, "number"),
    Column("企业名称", 32),
    Column("统一社会信用代码", 22),
    Column("行业", 8),
    Column("国民经济行业代码", 10),
    Column("规模", 6),
    Column("从业人员（人）", 10, "number"),
    Column("村（社区）", 12),
    Column("地址", 28),
    Column("生产状态", 9),
    Column("规上", 6),
    Column("城乡接合部", 8),
    Column("金属冶炼", 8),
    Column("市属国有", 8),
    Column("危险因素", 26),
    Column("整治批次", 12),
    Column("整治完成", 14, "date"),
    Column("标准化等级", 10),
    Column("标准化有效期至", 14, "date"),
    Column("安责险到期", 14, "date"),
)


@get("/enterprises", opt=needs("enterprise:read"))
async def ledger(request: AnyRequest, work: CurrentWork) -> Template | Redirect:
    """企业台账; an enterprise goes straight to its own page."""
    own = work.identity.scope.enterprise_id
    if own is not None:
        return Redirect(f"/enterprises/{own}", status_code=303)
    facts, number = facts_of(request.query_params), typed.page_number(request.query_params)
    found, total = await registry.a_page(work, facts, number)
    villages = await registry.villages(work)
    return page(
        request,
        "enterprises/list.html",
        rows=[(one, standard_of(one, work.today), tags_of(one)) for one in found],
        pages=SimpleNamespace(number=number, pages=-(-total // registry.PAGE), total=total),
        facts=facts,
        village_names={one.code: one.name for one in villages},
        villages=[(one.code, one.name) for one in villages],
        choices=_choices(),
        export="/enterprises/export.xlsx" + (f"?{request.url.query}" if request.url.query else ""),
    )


@get("/enterprises/export.xlsx", opt=needs("enterprise:export"))
async def export(request: AnyRequest, work: CurrentWork) -> Response[bytes]:
    """Exactly the enterprises that the ledger's address shows."""
    facts = facts_of(request.query_params)
    names = {one.code: one.name for one in await registry.villages(work)}
    rows = [_cells(number, one, names) for number, one in enumerate(await registry.all_chosen(work, facts), 1)]
    return await workbook(work, "企业基本情况台账", COLUMNS, rows, filters=facts.words)


def _choices() -> dict[str, Any]:
    return {
        "sectors": [(one, one) for one in registry.SECTORS],
        "tags": [(tag.value, label) for tag, label in TAGS.items()],
        "sizes": [(one, f"{one}型") for one in registry.SIZES],
        "productions": [(one, one) for one in registry.PRODUCTION],
        "ownerships": registry.BY_NAME["ownership"].choices,
        "credit_classes": registry.BY_NAME["credit_class"].choices,
        "circumstances": registry.BY_NAME["circumstances"].choices,
        "batch": list(registry.BATCH.items()),
        "standard": list(registry.STANDARD.items()),
        "insured": list(registry.INSURED.items()),
        "flags": list(registry.FLAGS.items()),
    }


def _cells(number: int, one: Enterprise, villages: dict[str, str]) -> list[object]:
    return [
        number,
        one.name,
        one.credit_code or f"无（{one.no_code_reason}）",
        one.sector,
        one.industry_code,
        one.size,
        one.headcount,
        villages.get(one.village_code, one.village_code),
        one.address,
        one.production_state,
        one.is_above_scale,
        one.is_peri_urban,
        one.is_smelter,
        one.is_state_owned,
        "、".join(tags_of(one)),
        one.batch,
        one.batch_done_on,
        one.standard_level,
        one.standard_expires_on,
        one.insured_to,
    ]


ROUTES: list[Any] = [ledger, export, *detail.ROUTES, *editing.ROUTES, *persons.ROUTES, *sites.ROUTES, *compared.ROUTES]
router = Router("/", route_handlers=ROUTES, include_in_schema=False)
