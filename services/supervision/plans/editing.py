"""What the office does to a draft: correct, part, join and move its nodes; every character stays in exactly one of them."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.orm.attributes import flag_modified

from services.kernel.refusals import NotFound, Stale
from services.kernel.work import Work
from services.regulation import notices
from services.supervision.plans.changes import ANSWERED_FOR, NodeChange, write_change
from services.supervision.plans.models import Notice, Plan, PlanNode
from services.supervision.plans.queries import departments_of, nodes_of, paper_of
from services.supervision.plans.refusals import NodeCannotBeChanged
from services.supervision.plans.suggestions import suggest
from services.supervision.plans.trees import new_row, tree_of, write


class Draft:
    """A plan that may be edited, locked, with its paper and its nodes in order."""

    def __init__(self, work: Work, plan: Plan, paper: Notice, rows: list[PlanNode]) -> None:
        self.work, self.plan, self.paper, self.rows = work, plan, paper, rows

    def place(self, node_id: UUID) -> int:
        """Where a node stands; raises NotFound."""
        for index, row in enumerate(self.rows):
            if row.id == node_id:
                return index
        raise NotFound

    def tree(self) -> notices.Notice:
        """The pure tree of the rows."""
        return tree_of(self.plan, self.paper, self.rows)

    async def arrange(self, rows: list[PlanNode], tree: notices.Notice) -> None:
        """Put a rearranged tree into its rows; those that are no longer needed go."""
        for gone in set(self.rows) - set(rows):
            await self.work.session.delete(gone)
        for row in rows:
            self.work.add(row)
        write(rows, tree, version=self.plan.version + 1)
        self.rows = rows

    async def keep(self) -> None:
        """Count the plan's version on and send everything to the database."""
        touch(self.work, self.plan)
        await self.work.flush()


def touch(work: Work, plan: Plan) -> None:
    """Note who changed the plan last; the version counts on even within one instant."""
    plan.changed_at, plan.changed_by_name = work.now, work.identity.person
    flag_modified(plan, "changed_at")


async def open_draft(work: Work, plan_id: UUID) -> Draft:
    """The draft, locked against the next editor until this work ends; raises NotADraft."""
    plan = await work.get(Plan, plan_id, lock=True)
    plan.require_draft()
    return Draft(work, plan, await paper_of(work, plan), list(await nodes_of(work, plan_id)))


def require_seen(seen: int, *rows: PlanNode) -> None:
    """Raise Stale when a node was changed after the version of the plan that this person had on the screen."""
    if any(row.changed_version > seen for row in rows):
        raise Stale


async def edit_node(work: Work, plan_id: UUID, node_id: UUID, change: NodeChange, *, seen: int) -> PlanNode:
    """Correct words, owners, day or evidence of a node; raises NotADraft, Stale and BadInput."""
    work.require("plan:edit")
    draft = await open_draft(work, plan_id)
    row = draft.rows[draft.place(node_id)]
    require_seen(seen, row)
    differences = write_change(draft.plan, row, change, [d.id for d in await departments_of(work)])
    if differences:
        row.check_note, row.changed_version = None, draft.plan.version + 1
        work.record("plan:node_edited", draft.plan, node=row.name, node_id=row.id, changes=differences)
        await draft.keep()
    return row


async def split_node(work: Work, plan_id: UUID, node_id: UUID, *, at: int, seen: int) -> PlanNode:
    """Part a node at a character of the paper; the second half stands after it with the same owners and day."""
    work.require("plan:edit")
    draft = await open_draft(work, plan_id)
    index = draft.place(node_id)
    first = draft.rows[index]
    require_seen(seen, first)
    tree = _rearranged(notices.split, draft.tree(), index, at)
    second = new_row(plan_id)
    # The halves are read anew from the paper, so words corrected by hand are kept as a note beside them.
    if "text" in first.edited:
        first.check_note = f"拆分前人工改过的正文：{first.text}"
    rows = [*draft.rows[: index + 1], second, *draft.rows[index + 1 :]]
    await draft.arrange(rows, tree)
    first.edited = [field for field in first.edited if field != "text"]
    _hand_down(first, second)
    work.record("plan:node_split", draft.plan, node=first.name, at=at, into=[first.id, second.id])
    await draft.keep()
    return second


async def merge_node(
    work: Work, plan_id: UUID, node_id: UUID, *, into: Literal["previous", "next"], seen: int
) -> PlanNode:
    """Join a node with its neighbour in the paper; the earlier one keeps its kind and place and takes both sets of owners."""
    work.require("plan:edit")
    draft = await open_draft(work, plan_id)
    index = draft.place(node_id) + (into == "next")
    if not 0 < index < len(draft.rows):
        raise NodeCannotBeChanged("前面没有可以合并的内容了" if index <= 0 else "后面没有可以合并的内容了")
    kept, gone = draft.rows[index - 1], draft.rows[index]
    require_seen(seen, kept, gone)
    words = [row.text for row in (kept, gone)] if "text" in (*kept.edited, *gone.edited) else None
    tree = _rearranged(notices.merge, draft.tree(), index)
    work.record("plan:node_merged", draft.plan, node=kept.name, merged=gone.name, merged_id=gone.id, text=gone.text)
    await draft.arrange([*draft.rows[:index], *draft.rows[index + 1 :]], tree)
    _take_over(kept, gone)
    if words:
        kept.text, kept.edited = "\n".join(words), sorted({*kept.edited, "text"})
    await draft.keep()
    return kept


async def reassign_node(
    work: Work, plan_id: UUID, node_id: UUID, *, kind: str, parent_id: UUID | None, seen: int
) -> PlanNode:
    """Say what a node is and under which one it stands; raises NodeCannotBeChanged where the tree cannot hold it."""
    work.require("plan:edit")
    draft = await open_draft(work, plan_id)
    index = draft.place(node_id)
    row = draft.rows[index]
    require_seen(seen, row)
    parent = None if parent_id is None else draft.place(parent_id)
    before = {"kind": row.kind, "parent_id": row.parent_id}
    tree = _rearranged(notices.reassign, draft.tree(), index, kind=notices.Kind(kind), parent=parent)
    await draft.arrange(draft.rows, tree)
    after = {"kind": row.kind, "parent_id": row.parent_id}
    if before != after:
        work.record("plan:node_moved", draft.plan, node=row.name, node_id=row.id, before=before, after=after)
        await draft.keep()
    return row


async def fill_gaps(work: Work, plan_id: UUID, *, owners: bool, due_on: date | None) -> int:
    """Give every task that lacks them the suggested owners and one day; what is set already stays. Returns how many changed."""
    work.require("plan:edit")
    draft = await open_draft(work, plan_id)
    departments = await departments_of(work)
    filled = [
        row for row in draft.rows if row.is_work and _fill(draft.plan, row, departments, owners=owners, due_on=due_on)
    ]
    if filled:
        work.record("plan:gaps_filled", draft.plan, nodes=[row.id for row in filled], owners=owners, due_on=due_on)
        await draft.keep()
    return len(filled)


def _fill(plan: Plan, row: PlanNode, departments: Sequence[Any], *, owners: bool, due_on: date | None) -> bool:
    fields: dict[str, Any] = {}
    if owners and not row.has_owner:
        found = suggest(row.named_owners, departments)
        fields |= {"department_ids": found.department_ids, "enterprise_set": found.enterprise_set}
    if due_on and row.due_on is None:
        fields["due_on"] = due_on
    if not write_change(plan, row, NodeChange(**fields), [department.id for department in departments]):
        return False
    row.changed_version = plan.version + 1
    return True


def _rearranged(act: Any, tree: notices.Notice, *where: int, **more: Any) -> notices.Notice:
    try:
        changed: notices.Notice = act(tree, *where, **more)
    except notices.CannotRearrange as cannot:
        raise NodeCannotBeChanged(str(cannot)) from cannot
    return changed


def _hand_down(first: PlanNode, second: PlanNode) -> None:
    if second.kind != first.kind:
        return
    second.department_ids = list(first.department_ids)
    second.enterprise_set = first.enterprise_set
    second.due_on = first.due_on
    second.evidence_wanted = first.evidence_wanted


def _take_over(kept: PlanNode, gone: PlanNode) -> None:
    if kept.kind not in ANSWERED_FOR:
        return
    kept.department_ids = list(dict.fromkeys([*kept.department_ids, *gone.department_ids]))
    kept.enterprise_set = kept.enterprise_set or gone.enterprise_set
    kept.due_on = max((day for day in (kept.due_on, gone.due_on) if day), default=None)
    kept.evidence_wanted = "\n".join(dict.fromkeys(filter(None, (kept.evidence_wanted, gone.evidence_wanted)))) or None
