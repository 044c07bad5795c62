"""The platform's operator makes the places: districts, their townships, and the platform itself."""

import re
import unicodedata
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from services.kernel import clock
from services.kernel.clock import new_id
from services.kernel.database import Scope, Sessions
from services.kernel.refusals import BadInput, NotFound
from services.kernel.table import Login
from services.kernel.work import Work
from services.regulation.documents import documents
from services.tenancy.townships.models import PLATFORM_TENANT, Tenant

SLUG = re.compile(r"[a-z][a-z0-9-]{1,38}[a-z0-9]")
LONGEST_NAME = 30
LONGEST_FULL_NAME = 100


async def ensure_platform(sessions: Sessions) -> None:
    """The platform's own place exists; asking again changes nothing."""
    row = {
        "id": PLATFORM_TENANT,
        "kind": "platform",
        "code": "0",
        "name": "平台",
        "full_name": "平台",
        "slug": "platform",
        "state": "active",
        "created_at": clock.now(),
    }
    async with sessions.session(Login.PLATFORM, Scope(tenant_id=PLATFORM_TENANT)) as session:
        await session.execute(insert(Tenant).values(row).on_conflict_do_nothing())
        await session.commit()


async def create_district(work: Work, *, code: str, name: str, slug: str, full_name: str = "") -> Tenant:
    """A district, itself a tenant; recorded under the platform. Needs the platform login; raises BadInput.

    `code` has six digits (GB/T 2260); `full_name` is the name with its municipality.
    """
    work.require("township:create")
    if not re.fullmatch(r"[0-9]{6}", code):
        raise BadInput(fields={"code": "区县代码是 6 位数字，例如 500102"})
    return await _create(work, kind="district", district_id=None, code=code, name=name, slug=slug, full_name=full_name)


async def create_township(
    work: Work, *, district_id: UUID, code: str, name: str, slug: str, full_name: str = ""
) -> Tenant:
    """A township of a district; recorded under the platform. Needs the platform login; raises BadInput and NotFound.

    `code` has nine digits (GB/T 10114) and begins with the district's.
    """
    work.require("township:create")
    district = await work.one(select(Tenant).where(Tenant.id == district_id, Tenant.kind == "district"))
    if not re.fullmatch(r"[0-9]{9}", code) or not code.startswith(district.code):
        raise BadInput(fields={"code": f"镇街代码是 9 位数字，前 6 位是{district.name}的 {district.code}"})
    full_name = full_name or f"{district.full_name}{name}"
    return await _create(
        work, kind="township", district_id=district.id, code=code, name=name, slug=slug, full_name=full_name
    )


async def suspend(work: Work, tenant_id: UUID) -> Tenant:
    """Nobody can act in a place any more until it is resumed; its rows stay as they are."""
    return await _set_state(work, tenant_id, "suspended", "township:suspended")


async def resume(work: Work, tenant_id: UUID) -> Tenant:
    """A suspended place goes on."""
    return await _set_state(work, tenant_id, "active", "township:resumed")


async def adopt_paper(work: Work, tenant_id: UUID, key: str, *, from_on: date, until: date | None = None) -> Tenant:
    """A paper made by a town binds in a township from a day on, until a day where one is given; raises BadInput."""
    work.require("township:adopt")
    paper = documents().get(key)
    if paper is None or not paper.local:
        raise BadInput(fields={"paper": "请从列表里选择一份地方文件"})
    if from_on < paper.effective_from:
        raise BadInput(fields={"from_on": f"不能早于文件施行的 {paper.effective_from}"})
    if until is not None and until < from_on:
        raise BadInput(fields={"until": "截止日期不能早于开始日期"})
    tenant = await work.one(select(Tenant).where(Tenant.id == tenant_id, Tenant.kind == "township").with_for_update())
    term = {"from": from_on.isoformat(), "until": until.isoformat() if until else None}
    if tenant.local_papers.get(key) != term:
        tenant.local_papers = {**tenant.local_papers, key: term}
        await work.flush()
        work.record("township:paper_adopted", tenant, name=tenant.name, paper=key, **term)
    return tenant


async def _set_state(work: Work, tenant_id: UUID, state: str, act: str) -> Tenant:
    work.require("township:suspend")
    tenant = await work.get(Tenant, tenant_id, lock=True)
    if tenant.kind == "platform":
        raise NotFound
    if tenant.state != state:
        tenant.state = state
        await work.flush()
        work.record(act, tenant, name=tenant.name)
    return tenant


async def _create(
    work: Work, *, kind: str, district_id: UUID | None, code: str, name: str, slug: str, full_name: str
) -> Tenant:
    name, full_name = _printable(name), _printable(full_name)
    wrong = {}
    if not name or len(name) > LONGEST_NAME:
        wrong["name"] = f"请填写名称，最多 {LONGEST_NAME} 个字"
    if len(full_name) > LONGEST_FULL_NAME:
        wrong["full_name"] = f"全称最多 {LONGEST_FULL_NAME} 个字"
    if not SLUG.fullmatch(slug):
        wrong["slug"] = "网址简称用小写字母、数字和短横，3 到 40 位，以字母开头，例如 zhenxi"
    if await work.first(select(Tenant.id).where(Tenant.code == code)):
        wrong["code"] = "这个代码已经建过，请核对"
    if wrong:
        raise BadInput(fields=wrong)
    made = insert(Tenant).values(
        id=new_id(),
        kind=kind,
        district_id=district_id,
        code=code,
        name=name,
        full_name=full_name or name,
        slug=slug,
        state="active",
        created_at=work.now,
    )
    tenant = (await work.session.scalars(made.on_conflict_do_nothing().returning(Tenant))).first()
    if tenant is None:
        raise BadInput(fields={"slug": "这个网址简称已有镇街使用，请换一个"})
    work.record(f"{kind}:created", tenant, name=tenant.name, code=tenant.code)
    return tenant


def _printable(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFC", text) if c.isprintable()).strip()
