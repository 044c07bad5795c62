"""The ledger of enterprises, and one enterprise on one page (一企一档)."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Response, Router, get
from litestar.params import FromPath
from litestar.response import Redirect, Template

from services.kernel.documents import Column
from services.kernel.trail import AuditEntry
from services.portal import typed
from services.portal.assignments.shown import HAPPENED, row_of
from services.portal.enterprises.asked import facts_of
from services.portal.filters import datetime_zh
from services.portal.frame import AnyRequest, page
from services.portal.workbook import workbook
from services.regulation.lights import light
from services.regulation.tags import LABELS as TAGS
from services.supervision import assignments, registry
from services.supervision.assignments import AssignmentFilter
from services.supervision.registry import Enterprise
from services.tenancy.door import CurrentWork, needs

RENEWAL: Final = timedelta(days=90)
"""Before a certificate or a policy ends its light turns amber (待核实)."""
ACTS: Final = {
    "enterprise:registered": "建立档案",
    "enterprise:changed": "更正档案",
    "enterprise:imported": "导入档案",
    "attachment:added": "上传佐证材料",
    **{f"assignment:{kind}": words for kind, (words, _) in HAPPENED.items()},
}
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


class Paper(msgspec.Struct, frozen=True):
    """A certificate or policy and its light."""

    colour: str
    words: str


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


@get("/enterprises/{enterprise_id:uuid}", opt=needs("enterprise:read"))
async def detail(request: AnyRequest, work: CurrentWork, enterprise_id: FromPath[UUID]) -> Template:
    """一企一档."""
    enterprise = await registry.one(work, enterprise_id)
    given = await work.all(assignments.narrowed(work, AssignmentFilter(enterprise=enterprise.id)))
    names = {one.code: one.name for one in await registry.villages(work)}
    return page(
        request,
        "enterprises/detail.html",
        e=enterprise,
        village=names.get(enterprise.village_code, enterprise.village_code),
        tags=tags_of(enterprise),
        standard=standard_of(enterprise, work.today),
        policy=policy_of(enterprise, work.today),
        rows=[row_of(one, work.today) for one in given],
        done=sum(one.state == "completed" for one in given),
        counted=sum(one.state != "cancelled" for one in given),
        late=sum(one.is_late(work.today) for one in given),
        timeline=[_happening(one) for one in await registry.trail(work, enterprise.id) if one.act in ACTS],
        own=work.identity.scope.enterprise_id == enterprise.id,
    )


def tags_of(enterprise: Enterprise) -> list[str]:
    """The names of its dangers."""
    return [registry.tag_label(tag) for tag in enterprise.tags]


def standard_of(enterprise: Enterprise, today: date) -> Paper:
    """The light of its certificate of standardization."""
    if enterprise.standard_level is None or enterprise.standard_expires_on is None:
        return Paper("none", "未达标")
    return _paper(enterprise.standard_expires_on, today, enterprise.standard_level)


def policy_of(enterprise: Enterprise, today: date) -> Paper:
    """The light of its liability insurance."""
    if enterprise.insured_to is None:
        return Paper("none", "未投保")
    return _paper(enterprise.insured_to, today, "在保")


def _paper(ends_on: date, today: date, name: str) -> Paper:
    """Amber from ninety days before the end; the last day is still valid."""
    state = light(ends_on, today)
    if state.colour == "red":
        return Paper("red", f"{name}，已过期 {(today - ends_on).days} 天")
    left = "今天" if ends_on == today else f"{(ends_on - today).days} 天后"
    return Paper("amber", f"{name}，{left}到期") if ends_on - today <= RENEWAL else Paper("green", name)


def _happening(entry: AuditEntry) -> dict[str, Any]:
    note = entry.detail.get("note") or entry.detail.get("name") or ""
    return {"at": datetime_zh(entry.at), "who": entry.person, "what": ACTS[entry.act], "note": note, "tone": ""}


def _choices() -> dict[str, Any]:
    return {
        "sectors": [(one, one) for one in registry.SECTORS],
        "tags": [(tag.value, label) for tag, label in TAGS.items()],
        "sizes": [(one, f"{one}型") for one in registry.SIZES],
        "productions": [(one, one) for one in registry.PRODUCTION],
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


router = Router("/", route_handlers=[ledger, export, detail], include_in_schema=False)
