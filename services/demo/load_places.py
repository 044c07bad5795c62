"""Rows of the demo's places and enterprises."""

from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.demo.facts import DemoDistrict
from services.demo.places import MAIN_TOWN
from services.demo.records import LEFT, circumstances_of, dispatched_in, dust_workers_in
from services.kernel import clock
from services.kernel.clock import new_id
from services.supervision.registry.models import Enterprise
from services.tenancy.townships.models import PLATFORM_TENANT, Division, Tenant

SINCE = date(2021, 1, 1)
DISTRICT = "fuling"
PLATFORM = "platform"
OWN_PAPERS = {MAIN_TOWN: {"NOTICE": {"from": "2021-03-15", "until": None}}}
"""The town whose own notice binds its enterprises."""


async def load_places(session: AsyncSession, district: DemoDistrict) -> dict[str, UUID]:
    """The platform, the district, its townships and their divisions; gives the tenants by slug."""
    now = clock.now()
    platform = Tenant(
        id=PLATFORM_TENANT, kind="platform", code="0", name="平台", full_name="安镇平台", slug=PLATFORM, created_at=now
    )
    above = Tenant(
        id=new_id(),
        kind="district",
        code=district.code,
        name=district.name,
        full_name=f"重庆市{district.name}",
        slug=district.slug,
        created_at=now,
    )
    session.add_all([platform, above])
    await session.flush()
    towns = [
        Tenant(
            id=new_id(), kind="township", district_id=above.id, code=town.code, name=town.name,
            full_name=f"重庆市{district.name}{town.name}", slug=town.slug, created_at=now,
            local_papers=OWN_PAPERS.get(town.slug, {}),
        )
        for town in district.townships
    ]  # fmt: skip
    session.add_all(towns)
    session.add_all(_divisions(district))
    await session.flush()
    return {tenant.slug: tenant.id for tenant in (platform, above, *towns)}


def _divisions(district: DemoDistrict) -> list[Division]:
    rows = [("500000", "重庆市", "province", None), (district.code, district.name, "district", "500000")]
    rows += [(town.code, town.name, "township", district.code) for town in district.townships]
    rows += [(village.code, village.name, "village", village.code[:9]) for village in district.villages]
    return [
        Division(code=code, name=name, level=level, parent_code=parent, valid_from=SINCE)
        for code, name, level, parent in rows
    ]


async def load_enterprises(session: AsyncSession, district: DemoDistrict, tenants: dict[str, UUID]) -> dict[str, UUID]:
    """Every enterprise in the registry of its town; gives their ids by key."""
    ids = {}
    for fact in district.enterprises:
        row = Enterprise(
            tenant_id=tenants[fact.town],
            id=new_id(),
            created_at=datetime.combine(SINCE, datetime.min.time(), UTC),
            tags=sorted(tag.value for tag in fact.tags),
            sector=fact.sector.value,
            headcount_own=fact.headcount - dispatched_in(fact),
            headcount_dispatched=dispatched_in(fact),
            circumstances=circumstances_of(fact),
            dust_workers=dust_workers_in(fact),
            above_scale_since=SINCE if fact.is_above_scale else None,
            above_scale_source="演示：区统计局规上企业名录" if fact.is_above_scale else None,
            left_reason=LEFT if fact.left_on else None,
            ownership="市属国企" if fact.is_state_owned else "民营",
            registered_on=SINCE,
            **{name: getattr(fact, name) for name in COPIED},
        )
        session.add(row)
        ids[fact.key] = row.id
    await session.flush()
    return ids


COPIED = (
    "name", "credit_code", "no_code_reason", "industry_code", "size", "headcount", "village_code", "address",
    "production_state", "is_above_scale", "is_peri_urban", "is_smelter", "is_state_owned", "batch", "batch_done_on",
    "standard_level", "standard_granted_on", "standard_expires_on", "insured_from", "insured_to", "left_on",
)  # fmt: skip
