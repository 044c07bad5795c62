"""The kinds of facts that the demo district is made of; every name in them is invented except places."""

from dataclasses import dataclass
from datetime import date, datetime

from services.regulation.industries import Sector
from services.regulation.tags import Tag


@dataclass(frozen=True, slots=True)
class Township:
    """A town with its nine-digit division code; the slug is its name in addresses of pages."""

    code: str
    name: str
    slug: str


@dataclass(frozen=True, slots=True)
class Village:
    """A village or community with its twelve-digit code."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A department of one town: kind leadership, office or sector."""

    key: str
    town: str
    name: str
    kind: str
    sectors: tuple[Sector, ...]
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in; `key` is the account name."""

    key: str
    name: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """Where a person may act, and as what; `town` None for the district and the platform."""

    person: str
    role: str
    post: str
    town: str | None = None
    department: str | None = None
    enterprise: str | None = None
    is_head: bool = False
    is_dedicated: bool = False
    certificate_no: str | None = None
    certificate_from: date | None = None
    certificate_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoEnterprise:
    """One invented enterprise as its town knows it."""

    key: str
    town: str
    name: str
    credit_code: str | None
    no_code_reason: str | None
    industry_code: str
    sector: Sector
    size: str
    headcount: int
    village_code: str
    address: str
    production_state: str
    is_above_scale: bool
    is_peri_urban: bool
    is_smelter: bool
    is_state_owned: bool
    tags: frozenset[Tag]
    batch: str | None
    batch_done_on: date | None
    standard_level: str | None
    standard_granted_on: date | None
    standard_expires_on: date | None
    insured_from: date | None
    insured_to: date | None
    left_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoDistrict:
    """Everything that is true in the demo district on one day."""

    code: str
    name: str
    slug: str
    today: date
    townships: tuple[Township, ...]
    villages: tuple[Village, ...]
    departments: tuple[Department, ...]
    people: tuple[Person, ...]
    memberships: tuple[Membership, ...]
    enterprises: tuple[DemoEnterprise, ...]

    def enterprises_of(self, town: str) -> tuple[DemoEnterprise, ...]:
        """The enterprises of one town, by its slug."""
        return tuple(one for one in self.enterprises if one.town == town)

    def members_of(self, town: str | None) -> tuple[Membership, ...]:
        """Who acts in one town; None gives the district and the platform."""
        return tuple(one for one in self.memberships if one.town == town)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to an assignment, at an instant in UTC, by the person with this account name."""

    at: datetime
    kind: str
    by: str
    note: str
    percent: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentStory:
    """An assignment and all that happened to it, oldest event first; state as in the ledger of assignments."""

    town: str
    task_no: int
    title: str
    department: str | None
    enterprise: str | None
    due_on: date
    state: str
    events: tuple[Event, ...]

    def last(self, kind: str) -> Event | None:
        """The latest event of a kind, such as submitted or accepted."""
        return next((event for event in reversed(self.events) if event.kind == kind), None)

    @property
    def percent(self) -> int:
        """How far it has come, in percent, by the latest event that says so."""
        return next((event.percent for event in reversed(self.events) if event.percent is not None), 0)
