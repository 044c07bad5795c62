"""What everybody may read of a town's plans: those that are published, through their views."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import select

from services.kernel.clock import legal_day
from services.kernel.published import view_of
from services.kernel.work import Work
from services.supervision.plans.models import Plan, PlanVersion
from services.tenancy.members.models import Department

PLANS: Final = view_of(Plan)
VERSIONS: Final = view_of(PlanVersion)
DEPARTMENTS: Final = view_of(Department)

READ_ROLES = frozenset({"item", "paragraph", "row", "introduction"})
"""The parts of a paper that are its body."""
DEEPEST = 3


class PublicYear(msgspec.Struct, frozen=True, kw_only=True):
    """One of the town's published plans, as the list of years names it."""

    year: int
    title: str
    state: str
    """published: in force; closed: its year is over."""
    published_on: date
    closed_on: date | None


class PublicItem(msgspec.Struct, frozen=True, kw_only=True):
    """One heading, target, task or requirement of a published plan, in the order of the paper."""

    id: UUID
    kind: str
    depth: int
    label: str
    heading: str
    text: str
    departments: list[str]
    due_on: date | None
    withdrawn_in: int | None
    """The amendment that withdrew it."""


class PublicAmendment(msgspec.Struct, frozen=True, kw_only=True):
    """One numbered change of a published plan, and why it was made."""

    number: int
    reason: str
    on: date


class PublicPlan(PublicYear, frozen=True, kw_only=True):
    """A published plan as it stands after its latest amendment."""

    number: str
    """The paper's own number (文号); empty where it has none."""
    amendments: list[PublicAmendment]
    items: list[PublicItem]

    def of_kind(self, kind: str) -> list[PublicItem]:
        """The items of one kind that were not withdrawn."""
        return [item for item in self.items if item.kind == kind and item.withdrawn_in is None]

    @property
    def departments(self) -> list[str]:
        """Every department that answers for something, in the order of the paper."""
        return list(dict.fromkeys(name for item in self.items if not item.withdrawn_in for name in item.departments))


async def public_years(work: Work) -> list[PublicYear]:
    """The published plans of the town, the newest year first; drafts and signed ones are not among them."""
    work.require("public_page:read")
    return [PublicYear(**_head(row)) for row in await _plans(work)]


async def public_plan(work: Work, year: int | None = None) -> PublicPlan | None:
    """The published plan of a year, or of the newest; None where there is none."""
    work.require("public_page:read")
    row = next((one for one in await _plans(work) if year in {None, one.year}), None)
    if row is None:
        return None
    of_plan = (VERSIONS.c.tenant_id == work.identity.tenant_id, VERSIONS.c.plan_id == row.id)
    latest = select(VERSIONS.c.nodes).where(*of_plan).order_by(VERSIONS.c.number.desc()).limit(1)
    nodes: Sequence[dict[str, Any]] = (await work.rows(latest))[0].nodes
    changes = select(VERSIONS.c.number, VERSIONS.c.reason, VERSIONS.c.created_at).where(*of_plan, VERSIONS.c.number > 0)
    amendments = [
        PublicAmendment(number=number, reason=reason, on=legal_day(at))
        for number, reason, at in await work.rows(changes.order_by(VERSIONS.c.number.desc()))
    ]
    items = _items(nodes, await _departments(work))
    return PublicPlan(**_head(row), number=_number(nodes), amendments=amendments, items=items)


async def _plans(work: Work) -> Sequence[Any]:
    mine = select(PLANS).where(PLANS.c.tenant_id == work.identity.tenant_id)
    return await work.rows(mine.order_by(PLANS.c.year.desc()))


async def _departments(work: Work) -> Mapping[str, str]:
    mine = select(DEPARTMENTS.c.id, DEPARTMENTS.c.name).where(DEPARTMENTS.c.tenant_id == work.identity.tenant_id)
    return {str(department_id): name for department_id, name in await work.rows(mine)}


def _head(row: Any) -> dict[str, Any]:
    return {
        "year": row.year,
        "title": row.title,
        "state": row.state,
        "published_on": legal_day(row.published_at),
        "closed_on": _day(row.closed_at),
    }


def _day(at: datetime | None) -> date | None:
    return legal_day(at) if at else None


def _number(nodes: Sequence[Mapping[str, Any]]) -> str:
    """What stands where the paper has its number."""
    return next((node["text"] or node["heading"] for node in nodes if node["role"] == "number"), "").strip()


def _items(nodes: Sequence[Mapping[str, Any]], departments: Mapping[str, str]) -> list[PublicItem]:
    depths: dict[str, int] = {}
    for node in nodes:
        depths[node["id"]] = min(DEEPEST, depths.get(node["parent_id"] or "", -1) + 1)
    return [
        PublicItem(
            id=UUID(node["id"]),
            kind=node["kind"],
            depth=depths[node["id"]],
            label=node["label"],
            heading=node["heading"],
            text=node["text"],
            departments=[departments[one] for one in node["department_ids"] if one in departments],
            due_on=date.fromisoformat(node["due_on"]) if node["due_on"] else None,
            withdrawn_in=node["withdrawn_in"],
        )
        for node in nodes
        if node["role"] in READ_ROLES
    ]
