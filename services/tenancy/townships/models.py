"""The directory of places: districts and townships (each a tenant), the platform, and administrative divisions."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.clock import new_id
from services.kernel.published import Published
from services.kernel.table import GlobalTable, Login, one_of

PLATFORM_TENANT = UUID("00000000-0000-7000-8000-000000000001")
"""The tenant under which the three administrators' own acts are recorded."""

EVERYBODY = dict.fromkeys(
    (Login.TOWN, Login.ENTERPRISE, Login.DISTRICT, Login.DESK, Login.WORKER, Login.IDENTITY), "SELECT"
)


class Tenant(GlobalTable):
    """A township, a district or the platform; the id is internal, the division code an attribute that may change."""

    __tablename__ = "tenant"
    __access__ = {**EVERYBODY, Login.PLATFORM: "SELECT, INSERT, UPDATE"}
    __published__ = Published(
        "published_place", ("id", "kind", "district_id", "code", "name", "full_name", "slug", "state")
    )
    __table_args__ = (
        one_of("kind", ("township", "district", "platform")),
        one_of("state", ("active", "suspended")),
        UniqueConstraint("slug"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    district_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.id"), index=True)
    code: Mapped[str]
    """GB/T 2260 and 10114 division code: six digits for a district, nine for a township."""
    name: Mapped[str]
    full_name: Mapped[str]
    slug: Mapped[str]
    state: Mapped[str] = mapped_column(default="active")
    local_papers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Papers made by towns that bind here, by key: {"NOTICE": {"from": "2021-03-15", "until": None}}, both days included."""
    created_at: Mapped[datetime]


class Division(GlobalTable):
    """An administrative division as it stood between two dates."""

    __tablename__ = "division"
    __access__ = {**EVERYBODY, Login.PLATFORM: "SELECT, INSERT, UPDATE"}
    __table_args__ = (one_of("level", ("province", "city", "district", "township", "village")),)

    code: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    name: Mapped[str]
    level: Mapped[str]
    parent_code: Mapped[str | None] = mapped_column(index=True)
