"""What is asked of plans: the list of the years, one plan with its tree, how much of the paper it covers, what is still open."""

import re
from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from services.kernel.attachments import Attachment
from services.kernel.trail import AuditEntry
from services.kernel.work import Work
from services.regulation import notices
from services.supervision.plans.models import Notice, Plan, PlanNode, PlanVersion
from services.supervision.plans.suggestions import Suggestion, suggest
from services.tenancy.members.models import Department

SENTENCE_END = re.compile(r"[。；！？;!?]+[”’）》]*|\n+")
PREVIEW = 18
"""How many characters are shown on each side of a place to split."""
LISTED = 4
"""How many items a warning names."""
UNPLACED = frozenset({"paragraph", "row", "attachment"})


class PlanRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the list of plans."""

    id: UUID
    year: int
    title: str
    state: str
    amendment: int
    sent: bool
    tasks: int
    owned: int
    dated: int


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """How far a plan is: counts of nodes by kind, and of tasks that somebody answers for."""

    targets: int
    tasks: int
    requirements: int
    owned: int
    dated: int
    evidenced: int
    to_check: int
    unplaced: int
    covered: int
    """Characters of the paper that lie in exactly one node."""
    characters: int


class Problems(msgspec.Struct, frozen=True):
    """What stands in the way of the signature, and what only deserves a look."""

    blocking: tuple[str, ...]
    warnings: tuple[str, ...]


class Piece(msgspec.Struct, frozen=True):
    """A stretch of the paper: the node it belongs to, or none where a gap was left."""

    start: int
    stop: int
    node_id: UUID | None


class SplitPoint(msgspec.Struct, frozen=True):
    """A place between two sentences, with the words on both sides."""

    at: int
    before: str
    after: str


async def list_plans(work: Work, *, year: int | None = None, state: str | None = None) -> list[PlanRow]:
    """The town's plans, the newest year first; discarded drafts only where asked for."""
    task = (PlanNode.kind == "task") & PlanNode.withdrawn_in.is_(None)
    owned = (func.cardinality(PlanNode.department_ids) > 0) | PlanNode.enterprise_set.is_not(None)
    counts = (
        select(
            PlanNode.plan_id,
            func.count().filter(task).label("tasks"),
            func.count().filter(task & owned).label("owned"),
            func.count().filter(task & PlanNode.due_on.is_not(None)).label("dated"),
        )
        .where(PlanNode.tenant_id == work.tenant_id)
        .group_by(PlanNode.plan_id)
        .subquery()
    )
    query = select(Plan, counts.c.tasks, counts.c.owned, counts.c.dated).outerjoin(counts, counts.c.plan_id == Plan.id)
    query = query.where(Plan.state == state) if state else query.where(Plan.state != "discarded")
    if year is not None:
        query = query.where(Plan.year == year)
    found = await work.rows(query.order_by(Plan.year.desc(), Plan.created_at.desc()).limit(200))
    return [_plan_row(*row) for row in found]


def _plan_row(plan: Plan, tasks: int | None, owned: int | None, dated: int | None) -> PlanRow:
    return PlanRow(
        id=plan.id,
        year=plan.year,
        title=plan.title,
        state=plan.state,
        amendment=plan.amendment,
        sent=plan.sent_at is not None,
        tasks=tasks or 0,
        owned=owned or 0,
        dated=dated or 0,
    )


async def get_plan(work: Work, plan_id: UUID) -> Plan:
    """One plan; raises NotFound for another town's."""
    work.require("plan:read")
    return await work.get(Plan, plan_id)


async def nodes_of(work: Work, plan_id: UUID) -> Sequence[PlanNode]:
    """The nodes of a plan in the order of the paper."""
    return await work.all(select(PlanNode).where(PlanNode.plan_id == plan_id).order_by(PlanNode.position))


async def paper_of(work: Work, plan: Plan) -> Notice:
    """The paper that a plan was read from; raises NotFound where it has none."""
    return await work.one(select(Notice).where(Notice.id == plan.notice_id))


async def original_of(work: Work, plan_id: UUID) -> Attachment | None:
    """The file that was uploaded, where it was kept."""
    return await work.first(select(Attachment).where(Attachment.owner_kind == "plan", Attachment.owner_id == plan_id))


async def departments_of(work: Work) -> Sequence[Department]:
    """The departments that can answer for a task, the office first."""
    query = select(Department).where(Department.ended_on.is_(None)).order_by(Department.kind, Department.name)
    found = await work.all(query)
    return sorted(found, key=lambda department: ("office", "sector", "leadership").index(department.kind))


async def versions_of(work: Work, plan_id: UUID) -> Sequence[PlanVersion]:
    """The versions of a plan, the newest first."""
    return await work.all(select(PlanVersion).where(PlanVersion.plan_id == plan_id).order_by(PlanVersion.number.desc()))


async def published_plan(work: Work, year: int) -> Plan | None:
    """The plan in force for a year, or the concluded one; None where none was published."""
    return await work.first(select(Plan).where(Plan.year == year, Plan.state.in_(("published", "closed"))))


async def plan_of_notice(work: Work, sha256: str) -> Plan | None:
    """The plan that was made from a file with these bytes, unless it was discarded."""
    query = select(Plan).join(Notice, (Notice.id == Plan.notice_id) & (Notice.tenant_id == Plan.tenant_id))
    return await work.first(
        query.where(Notice.sha256 == sha256, Plan.state != "discarded").order_by(Plan.created_at.desc())
    )


async def history_of(work: Work, plan_id: UUID, *, most: int = 100) -> Sequence[AuditEntry]:
    """What happened to a plan, the latest first."""
    about = select(AuditEntry).where(AuditEntry.about_kind == "plan", AuditEntry.about_id == plan_id)
    return await work.all(about.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(most))


def figures_of(paper: Notice | None, rows: Sequence[PlanNode]) -> Figures:
    """The figures of a plan, counted from its rows and its paper."""
    tasks = [row for row in rows if row.is_work]
    characters = len(paper.text) if paper else 0
    spans = [(row.span_from, row.span_to) for row in rows if row.span_to > row.span_from]
    return Figures(
        targets=sum(row.kind == "target" for row in rows),
        tasks=len(tasks),
        requirements=sum(row.kind == "requirement" for row in rows),
        owned=sum(row.has_owner for row in tasks),
        dated=sum(row.due_on is not None for row in tasks),
        evidenced=sum(bool(row.evidence_wanted) for row in tasks),
        to_check=sum(row.check_note is not None for row in rows),
        unplaced=sum(is_unplaced(row) for row in rows),
        covered=round(notices.coverage(characters, spans) * characters) if characters else 0,
        characters=characters,
    )


def is_unplaced(row: PlanNode) -> bool:
    """Words of the body that belong to no item and to no part of the frame."""
    return row.kind == "text" and row.role in UNPLACED and row.parent_id is None


def pieces_of(paper: Notice, rows: Sequence[PlanNode]) -> list[Piece]:
    """The paper from its first to its last character, with whatever no node claims as pieces of their own."""
    pieces, end = [], 0
    for row in sorted((row for row in rows if row.span_to > row.span_from), key=lambda row: row.span_from):
        if row.span_from > end:
            pieces.append(Piece(end, row.span_from, None))
        pieces.append(Piece(row.span_from, row.span_to, row.id))
        end = max(end, row.span_to)
    return pieces if end >= len(paper.text) else [*pieces, Piece(end, len(paper.text), None)]


def split_points(paper: Notice, row: PlanNode) -> list[SplitPoint]:
    """Where a node may be parted: after each sentence, with words on both sides."""
    text = paper.text[row.span_from : row.span_to]
    points = []
    for found in SENTENCE_END.finditer(text):
        before, after = text[: found.end()].strip(), text[found.end() :].strip()
        if before and after and found.end() < len(text):
            points.append(SplitPoint(row.span_from + found.end(), _tail(before), _head(after)))
    return points


def _tail(words: str) -> str:
    joined = "".join(words.split())
    return joined if len(joined) <= PREVIEW else f"…{joined[-PREVIEW:]}"


def _head(words: str) -> str:
    joined = "".join(words.split())
    return joined if len(joined) <= PREVIEW else f"{joined[:PREVIEW]}…"


def suggestions_for(rows: Sequence[PlanNode], departments: Sequence[Department]) -> dict[UUID, Suggestion]:
    """Who might answer for each task, told from the actors that the paper names."""
    return {row.id: suggest(row.named_owners, departments) for row in rows if row.is_work}


def problems_of(rows: Sequence[PlanNode]) -> Problems:
    """Why a draft cannot be signed yet, and what should be looked at before."""
    tasks = [row for row in rows if row.is_work]
    blocking = [] if tasks else ["没有一项任务，请在校核页把任务的类别改为“任务”"]
    bare = [row.name for row in tasks if not row.has_owner and row.due_on is None]
    if bare:
        blocking.append(f"{len(bare)} 项任务既没有责任单位也没有时限：{_listed(bare)}")
    no_owner = [row.name for row in tasks if not row.has_owner and row.due_on is not None]
    no_day = [row.name for row in tasks if row.has_owner and row.due_on is None]
    to_check = [row.name for row in rows if row.check_note]
    loose = [row.name for row in rows if is_unplaced(row)]
    warned = (
        ("没有责任单位", no_owner),
        ("没有完成时限", no_day),
        ("标有“请核对”", to_check),
        ("没有归入任何条目", loose),
    )
    return Problems(
        tuple(blocking), tuple(f"{len(names)} 处{words}：{_listed(names)}" for words, names in warned if names)
    )


def _listed(names: Sequence[str]) -> str:
    """The first few by name; the review page's filters show them all."""
    return "、".join(names) if len(names) <= LISTED else f"{'、'.join(names[:LISTED])}等"


def parents_for(rows: Sequence[PlanNode], node_id: UUID) -> list[PlanNode]:
    """The nodes under which a node may be put, the nearest first; the top of the paper is always possible."""
    place = next(index for index, row in enumerate(rows) if row.id == node_id)
    by_id = {row.id: row for row in rows}
    chain: list[PlanNode] = []
    above = rows[place - 1] if place else None
    while above is not None:
        chain.append(above)
        above = by_id.get(above.parent_id) if above.parent_id else None
    return [row for row in chain if row.kind != "text"]
