"""Reviewing one node: a part of the page where a script runs, the whole page where none does."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from services.kernel.refusals import BadInput, NotFound, Refusal, Stale
from services.kernel.work import Work
from services.portal.fields import identifier, word, words
from services.portal.forms import Form
from services.portal.frame import AnyRequest, page
from services.portal.plans import labels
from services.portal.plans.filled import Filled, change_from, day_from, number
from services.portal.plans.reviewing import review_page
from services.portal.plans.shown import Row, review_of
from services.supervision import plans
from services.tenancy.door import CurrentWork, needs

Answer = Redirect | Template


@get("/{plan_id:uuid}/nodes/{node_id:uuid}", opt=needs("plan:read"))
async def show_node(request: AnyRequest, work: CurrentWork, plan_id: FromPath[UUID], node_id: FromPath[UUID]) -> Answer:
    """One row, opened for editing or closed again."""
    if "part" not in request.query_params:
        return back_to(plan_id, node_id, opened=True)
    closed = "closed" in request.query_params
    return await row_part(request, work, plan_id, node_id, opened=not closed)


@post("/{plan_id:uuid}/nodes/{node_id:uuid}", opt=needs("plan:edit"))
async def save_node(
    request: AnyRequest, work: CurrentWork, plan_id: FromPath[UUID], node_id: FromPath[UUID], data: Filled
) -> Answer:
    """Save a node; with «next» the next item is opened."""
    try:
        await plans.edit_node(work, plan_id, node_id, change_from(data), seen=number(data, "seen"))
    except (BadInput, Stale) as refused:
        # The act had begun before it was refused, and the page shows the rows as they stand.
        await work.session.rollback()
        return await shown_again(request, work, plan_id, node_id, data=data, refused=refused)
    following = (await review_of(work, plan_id)).next_after(node_id) if word(data, "then") == "next" else None
    if "part" in request.query_params:
        return await row_part(request, work, plan_id, node_id, opened=False, following=following)
    return back_to(plan_id, following.id if following else node_id, done="node-saved", opened=following is not None)


@post("/{plan_id:uuid}/nodes/{node_id:uuid}/split", opt=needs("plan:edit"))
async def split_node(
    request: AnyRequest, work: CurrentWork, plan_id: FromPath[UUID], node_id: FromPath[UUID], data: Filled
) -> Answer:
    """Part a node after the chosen sentence."""

    async def split() -> plans.PlanNode:
        if not word(data, "at"):
            raise plans.NodeCannotBeChanged("请先选择从哪一句后面拆开")
        return await plans.split_node(work, plan_id, node_id, at=number(data, "at"), seen=number(data, "seen"))

    return await rearranged(request, work, plan_id, node_id, split, done="node-split")


@post("/{plan_id:uuid}/nodes/{node_id:uuid}/merge", opt=needs("plan:edit"))
async def merge_node(
    request: AnyRequest, work: CurrentWork, plan_id: FromPath[UUID], node_id: FromPath[UUID], data: Filled
) -> Answer:
    """Join a node with the one before or after it."""

    async def merge() -> plans.PlanNode:
        seen = number(data, "seen")
        if word(data, "into") == "next":
            return await plans.merge_node(work, plan_id, node_id, into="next", seen=seen)
        return await plans.merge_node(work, plan_id, node_id, into="previous", seen=seen)

    return await rearranged(request, work, plan_id, node_id, merge, done="node-merged")


@post("/{plan_id:uuid}/nodes/{node_id:uuid}/move", opt=needs("plan:edit"))
async def move_node(
    request: AnyRequest, work: CurrentWork, plan_id: FromPath[UUID], node_id: FromPath[UUID], data: Filled
) -> Answer:
    """Say what a node is and where it stands."""

    async def move() -> plans.PlanNode:
        if word(data, "kind") not in plans.KINDS:
            raise plans.NodeCannotBeChanged("请从列出的类别里选一种")
        parent = identifier(data, "parent_id")
        return await plans.reassign_node(
            work, plan_id, node_id, kind=word(data, "kind"), parent_id=parent, seen=number(data, "seen")
        )

    return await rearranged(request, work, plan_id, node_id, move, done="node-moved")


@post("/{plan_id:uuid}/fill", opt=needs("plan:edit"))
async def fill_gaps(work: CurrentWork, plan_id: FromPath[UUID], data: Filled) -> Redirect:
    """Suggested owners and one day for every task that lacks them."""
    await plans.fill_gaps(work, plan_id, owners=bool(word(data, "owners")), due_on=day_from(data, "due_on"))
    return Redirect(f"/plans/{plan_id}?done=gaps-filled", status_code=303)


async def rearranged(
    request: AnyRequest,
    work: Work,
    plan_id: UUID,
    node_id: UUID,
    act: Callable[[], Awaitable[plans.PlanNode]],
    *,
    done: str,
) -> Answer:
    """The page after the tree was changed, or the same row with the reason why it was not."""
    try:
        node = await act()
    except (plans.NodeCannotBeChanged, Stale) as refused:
        # The act had begun before it was refused, and the page shows the rows as they stand.
        await work.session.rollback()
        return await shown_again(request, work, plan_id, node_id, data={}, refused=refused)
    return back_to(plan_id, node.id, done=done, opened=True)


async def row_part(
    request: AnyRequest,
    work: Work,
    plan_id: UUID,
    node_id: UUID,
    *,
    opened: bool,
    following: plans.PlanNode | None = None,
) -> Template:
    """One row and the bar of figures; the next row besides where it is to be opened."""
    review = await review_of(work, plan_id)
    rows = review.rows(node_id if opened else None)
    row = next((row for row in rows if row.node.id == node_id), None)
    if row is None:
        raise NotFound
    besides = review.row(following.id) if following else None
    return page(request, "plans/node.html", review=review, labels=labels, row=row, besides=besides)


async def shown_again(
    request: AnyRequest, work: Work, plan_id: UUID, node_id: UUID, *, data: dict[str, Any], refused: Refusal
) -> Template:
    """The same row with everything that was typed and what is wrong with it; after a stale save it may be saved again."""
    review = await review_of(work, plan_id)
    row = review.row(node_id)
    if row is None:
        raise refused
    row.form = Form(typed(data, row), refused.fields or {"node": refused.sentence})
    row.stale = isinstance(refused, Stale)
    if "part" in request.query_params:
        return page(request, "plans/node.html", status=422, review=review, labels=labels, row=row, besides=None)
    return review_page(request, review, shown_again=row, status=422)


def typed(data: dict[str, Any], row: Row) -> dict[str, Any]:
    """What a form held, so that nothing is lost."""
    if "heading" not in data:
        return dict(row.form.values)
    return {name: word(data, name) for name in row.form.values} | {"department_ids": words(data, "department_ids")}


def back_to(plan_id: UUID, node_id: UUID, *, done: str = "", opened: bool) -> Redirect:
    """The review page at one node."""
    query = "&".join(part for part in (f"node={node_id}" if opened else "", f"done={done}" if done else "") if part)
    return Redirect(f"/plans/{plan_id}?{query}#n-{node_id}", status_code=303)


HANDLERS = (show_node, save_node, split_node, merge_node, move_node, fill_gaps)
