"""Rows of what the records of the main town's enterprises tell: dated facts, people and sites."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.demo.facts import DemoDistrict, DemoEnterprise
from services.demo.load_places import SINCE
from services.demo.places import MAIN_TOWN
from services.demo.records import WITH_CHIEF, changes_of, posts_of
from services.kernel.clock import new_id, now
from services.kernel.keys import MasterKey, TenantKeys
from services.supervision.people import EnterprisePerson, PersonFacts
from services.supervision.people.sealing import seal
from services.supervision.registry import BY_NAME, EnterpriseFact, Site
from services.tenancy.tenant_keys import keys_of

WRITER = "应急办（演示）"
SEALED = ("account", "name", "phone", "id_number")


async def load_records(
    session: AsyncSession,
    district: DemoDistrict,
    tenants: dict[str, UUID],
    enterprises: dict[str, UUID],
    master: MasterKey,
) -> None:
    """The sixty records of the main town."""
    tenant = tenants[MAIN_TOWN]
    keys = await keys_of(session, tenant, master=master, make_at=now())
    assert keys is not None
    for one in district.enterprises_of(MAIN_TOWN):
        session.add_all(_facts(one, tenant, enterprises[one.key], district.today))
        session.add_all(_people(one, tenant, enterprises[one.key], district, keys))
        if one.name == WITH_CHIEF:
            session.add(_site(one, tenant, enterprises[one.key]))
    await session.flush()


def _facts(one: DemoEnterprise, tenant: UUID, enterprise_id: UUID, today: date) -> Iterator[EnterpriseFact]:
    for change in changes_of(one, today):
        told = ((SINCE, change.before, "history", ""), (change.day, change.after, "office", change.note))
        for day, value, source, note in told:
            yield EnterpriseFact(
                tenant_id=tenant,
                id=new_id(),
                enterprise_id=enterprise_id,
                field=change.field,
                value=BY_NAME[change.field].to_json(value),
                valid_from=day,
                source=source,
                note=note,
                person=WRITER,
                recorded_at=datetime.combine(min(change.day, today), time(2), UTC),
            )


def _people(
    one: DemoEnterprise, tenant: UUID, enterprise_id: UUID, district: DemoDistrict, keys: TenantKeys
) -> Iterator[EnterprisePerson]:
    known = {person.key: person for person in district.people}
    accounts = {member.role: member.person for member in district.memberships if member.enterprise == one.key}
    for held in posts_of(one, district.today):
        role = "safety_officer" if (held.account or "").endswith(".safety") else "legal_representative"
        person = known[accounts[role]] if held.account else None
        row = EnterprisePerson(
            tenant_id=tenant,
            id=new_id(),
            enterprise_id=enterprise_id,
            created_at=datetime.combine(SINCE, time(), UTC),
            **{name: value for name, value in asdict(held).items() if name not in SEALED},
        )
        name, phone = (person.name, person.phone) if person else (held.name, held.phone)
        seal(keys, row, PersonFacts(post=held.post, name=name, from_on=held.from_on, phone=phone, id_number=None))
        yield row


def _site(one: DemoEnterprise, tenant: UUID, enterprise_id: UUID) -> Site:
    return Site(
        tenant_id=tenant,
        id=new_id(),
        enterprise_id=enterprise_id,
        name="二号车间",
        village_code=one.village_code,
        address=f"{one.address[:-6]}对面（演示地址）",
        use="生产",
        opened_on=date(2024, 9, 1),
    )
