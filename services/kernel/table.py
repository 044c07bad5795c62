"""What every table has in common: a tenant first in every key, and who may touch it said beside its columns."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKeyConstraint, Index, LargeBinary, MetaData, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.kernel.clock import new_id
from services.kernel.published import Published

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Login(StrEnum):
    """The login roles of the database; each has its own policies and its own engine."""

    TOWN = "anzhen_town"
    ENTERPRISE = "anzhen_enterprise"
    DISTRICT = "anzhen_district"
    DESK = "anzhen_district_desk"
    PUBLIC = "anzhen_public"
    WORKER = "anzhen_worker"
    RELAY = "anzhen_relay"
    IDENTITY = "anzhen_identity"
    PLATFORM = "anzhen_platform"
    BACKUP = "anzhen_backup"


type_map = {
    UUID: Uuid(),
    str: Text(),
    bytes: LargeBinary(),
    datetime: DateTime(timezone=True),
    dict[str, Any]: JSONB(),
    list[dict[str, Any]]: JSONB(),
    list[Any]: JSONB(),
    list[str]: ARRAY(Text()),
    list[UUID]: ARRAY(Uuid()),
}


class Base(DeclarativeBase):
    """The root of all tables; `__access__` says which login may do what (SELECT, INSERT, UPDATE, DELETE)."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = type_map
    __access__: ClassVar[Mapping[Login, str]] = {}
    __published__: ClassVar[Published | None] = None
    """What of the table everybody may read; None where nobody reads it without an account."""


class TenantTable(Base):
    """A table whose every row belongs to one tenant and is hidden from all others inside the database."""

    __abstract__ = True
    __only_enterprise__: ClassVar[str | None] = "enterprise_id"
    """The column that an enterprise's session is restricted to; None where the enterprise login has no access."""

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-20)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-19)


class GlobalTable(Base):
    """A table without a tenant: identity, directory or reference; privileges alone guard it."""

    __abstract__ = True


def belongs_to(table: str, column: str, *, ondelete: str | None = None) -> ForeignKeyConstraint:
    """A composite foreign key: a row can only point at a row of its own tenant."""
    return ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], ondelete=ondelete)


def one_of(column: str, states: Iterable[str], *, name: str = "") -> CheckConstraint:
    """States are text with a CHECK: enum types are not leakproof and lose their indexes under row security.

    Where the states grow later, another `name` lets the migration see it: checks are compared by their names.
    """
    words = ", ".join(f"'{state}'" for state in states)
    return CheckConstraint(f"{column} IN ({words})", name=name or column)


def tenant_index(*columns: str, unique: bool = False, where: Any = None) -> Index:
    """An index that begins with the tenant, as each index on a tenant table must."""
    return Index(None, "tenant_id", *columns, unique=unique, postgresql_where=where)


GLOBAL = frozenset({"alembic_version"})
"""Tables of tools that are neither TenantTable nor GlobalTable."""
