"""The towns as everybody may find them, by the short name in their address."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import or_, select

from services.kernel.published import view_of
from services.kernel.work import Work
from services.tenancy.townships.models import Tenant

PLACES: Final = view_of(Tenant)
DISTRICTS: Final = view_of(Tenant).alias("district")


class PublicTown(msgspec.Struct, frozen=True, kw_only=True):
    """A township as the public addresses it; `slug` stands in the address of its page."""

    id: UUID
    name: str
    full_name: str
    slug: str
    code: str
    """GB/T 10114 division code."""
    state: str
    district: str


async def public_towns(work: Work) -> list[PublicTown]:
    """All towns that are not suspended, district by district in the order of their codes."""
    work.require("public_page:read")
    active = _towns().where(PLACES.c.state == "active", DISTRICTS.c.state == "active")
    return _read(await work.rows(active.order_by(DISTRICTS.c.code, PLACES.c.code, PLACES.c.name)))


async def public_town(work: Work, name: str) -> PublicTown | None:
    """The town with this short name or, where nobody is called so, with this division code; suspended ones too."""
    work.require("public_page:read")
    called = _towns().where(or_(PLACES.c.slug == name, PLACES.c.code == name))
    found = _read(await work.rows(called.order_by(PLACES.c.slug == name, PLACES.c.slug)))
    return found[-1] if found else None


def _towns() -> Any:
    columns = [PLACES.c[field] for field in PublicTown.__struct_fields__ if field != "district"]
    joined = PLACES.join(DISTRICTS, DISTRICTS.c.id == PLACES.c.district_id)
    return select(*columns, DISTRICTS.c.name.label("district")).select_from(joined).where(PLACES.c.kind == "township")


def _read(rows: Sequence[Any]) -> list[PublicTown]:
    return [PublicTown(**row._mapping) for row in rows]  # noqa: SLF001 - the public way to a row's names
