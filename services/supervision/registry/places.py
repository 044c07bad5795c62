"""The sites of an enterprise, and its leaving the town."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import or_, select

from services.kernel.refusals import BadInput, Stale
from services.kernel.work import Work
from services.supervision.registry.checking import villages_of_town
from services.supervision.registry.dated import change
from services.supervision.registry.models import Enterprise, Site
from services.supervision.registry.queries import one
from services.supervision.registry.refusals import AlreadyGone, SiteClosed
from services.tenancy.members import tidy

USES: Final = ("生产", "仓储", "办公", "宿舍", "其他")
LONGEST: Final = {"name": 60, "address": 200}


class SiteFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A site as the office writes it down."""

    name: str
    village: str
    address: str
    use: str
    opened_on: date | None
    latitude: float | None = None
    longitude: float | None = None


async def sites(work: Work, enterprise_id: UUID, day: date) -> Sequence[Site]:
    """Where an enterprise works on a day."""
    open_on = or_(Site.closed_on.is_(None), Site.closed_on >= day)
    query = select(Site).where(Site.enterprise_id == enterprise_id, Site.opened_on <= day, open_on)
    return await work.all(query.order_by(Site.opened_on, Site.id))


async def add_site(work: Work, enterprise_id: UUID, facts: SiteFacts) -> Site:
    """An enterprise works at one more place; raises BadInput."""
    work.require("enterprise:write")
    enterprise = await one(work, enterprise_id)
    site = work.add(Site(enterprise_id=enterprise.id, **await _columns(work, facts)))
    await work.flush()
    work.record("site:added", site, name=site.name)
    return site


async def change_site(work: Work, site_id: UUID, facts: SiteFacts, *, version: int) -> Site:
    """What is known of a site changes; raises BadInput, SiteClosed and Stale."""
    work.require("enterprise:write")
    site = await _open(work, site_id, version)
    for name, value in (await _columns(work, facts)).items():
        setattr(site, name, value)
    await work.flush()
    work.record("site:changed", site, name=site.name)
    return site


async def close_site(work: Work, site_id: UUID, closed_on: date | None, *, version: int) -> Site:
    """Nothing is done there any more after a day; raises BadInput, SiteClosed and Stale."""
    work.require("enterprise:write")
    site = await _open(work, site_id, version)
    if closed_on is None or not site.opened_on <= closed_on <= work.today:
        raise BadInput(fields={"closed_on": "请填写停用日期，不早于启用日期、不晚于今天"})
    site.closed_on = closed_on
    await work.flush()
    work.record("site:closed", site, name=site.name, closed_on=closed_on)
    return site


async def leave(work: Work, enterprise_id: UUID, left_on: date | None, reason: str, *, version: int) -> Enterprise:
    """An enterprise is struck off or moves away; raises BadInput, AlreadyGone and Stale."""
    work.require("enterprise:write")
    row = await work.get(Enterprise, enterprise_id)
    if row.left_on is not None:
        raise AlreadyGone
    if left_on is None:
        raise BadInput(fields={"left_on": "请填写迁出或注销的日期"})
    if not reason.strip():
        raise BadInput(fields={"left_reason": "请写明迁出或注销的原因"})
    gone = {"left_on": left_on, "left_reason": tidy(reason)}
    return await change(work, row.id, gone, valid_from=left_on, source="office", note="", version=version)


async def _open(work: Work, site_id: UUID, version: int) -> Site:
    site = await work.get(Site, site_id, lock=True)
    if site.version != version:
        raise Stale
    if site.closed_on is not None:
        raise SiteClosed
    return site


async def _columns(work: Work, facts: SiteFacts) -> dict[str, object]:
    villages = await villages_of_town(work)
    name, address, village = tidy(facts.name), tidy(facts.address), villages.find(facts.village)
    wrong = {
        field: f"请填写，最多 {longest} 个字"
        for field, longest in LONGEST.items()
        if not 0 < len({"name": name, "address": address}[field]) <= longest
    }
    if village is None:
        wrong["village"] = "请选择本镇的村（社区），或写 12 位代码"
    if facts.use not in USES:
        wrong["use"] = "请选择用途"
    if facts.opened_on is None or facts.opened_on > work.today:
        wrong["opened_on"] = "请填写启用日期，不能晚于今天"
    if (facts.latitude is None) != (facts.longitude is None):
        wrong["latitude"] = "经度和纬度请都填写，或都留空"
    if wrong:
        raise BadInput(fields=wrong)
    return {
        "name": name,
        "village_code": village,
        "address": address,
        "latitude": facts.latitude,
        "longitude": facts.longitude,
        "use": facts.use,
        "opened_on": facts.opened_on,
    }
