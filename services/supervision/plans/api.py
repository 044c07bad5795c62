"""Plans for programs: the same acts and questions as the pages; edits name the version that was read in `If-Match`."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, patch, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery, JSONBody, MultipartBody, QueryParameter

from services.kernel.refusals import BadInput
from services.kernel.work import Work
from services.supervision.plans import actions, amending, editing, queries, starting, trees
from services.supervision.plans.changes import NodeChange
from services.supervision.plans.models import Plan
from services.tenancy.door import CurrentWork, IfMatch, needs, seen, tagged

Uploaded = MultipartBody[dict[str, Any]]
State = Literal["draft", "signed", "published", "closed", "discarded"]
InState = Annotated[State | None, QueryParameter(name="state")]
Kind = Literal["section", "target", "task", "requirement", "text"]


class PlanOut(msgspec.Struct, frozen=True, kw_only=True):
    """A plan with its figures."""

    id: UUID
    year: int
    title: str
    state: str
    origin: str
    amendment: int
    signed_name: str | None
    signed_at: datetime | None
    published_at: datetime | None
    version: int
    figures: queries.Figures
    problems: queries.Problems


class SplitAt(msgspec.Struct, frozen=True):
    """Where to part a node: an offset in code points of the notice's text."""

    at: int


class MergeInto(msgspec.Struct, frozen=True):
    """Which neighbour a node is joined with."""

    into: Literal["previous", "next"]


class MoveTo(msgspec.Struct, frozen=True):
    """What a node is and under which node it stands; no parent is the top of the paper."""

    kind: Kind
    parent_id: UUID | None = None


class Reason(msgspec.Struct, frozen=True):
    """Why something is done."""

    reason: str


class Versioned(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a published plan with its differences."""

    number: int
    reason: str
    made_by_name: str
    created_at: datetime
    changes: list[dict[str, Any]]


@get("/", opt=needs("plan:read"))
async def list_plans(
    work: CurrentWork, year: FromQuery[int | None] = None, in_state: InState = None
) -> list[queries.PlanRow]:
    """The town's plans, the newest year first."""
    return await queries.list_plans(work, year=year, state=in_state)


@post("/", opt=needs("notice:upload"))
async def upload(request: Request[Any, Any, Any], work: CurrentWork, data: Uploaded) -> Response[PlanOut]:
    """A file (`file`, and `year` where it is not the paper's own) becomes a draft."""
    file, year = (data or {}).get("file"), (data or {}).get("year")
    if not isinstance(file, UploadFile):
        raise BadInput(fields={"file": "请附上文件"})
    chosen = (
        int(year) if isinstance(year, str) and year.isascii() and year.isdigit() and len(year) == len("2026") else None
    )
    store = request.app.state.files
    content = await file.read()
    plan = await starting.upload_notice(work, data=content, filename=file.filename, year=chosen, files=store)
    return await _told(work, plan, status=201)


@get("/{plan_id:uuid}", opt=needs("plan:read"))
async def get_plan(work: CurrentWork, plan_id: FromPath[UUID]) -> Response[PlanOut]:
    """One plan with its figures; its version is the ETag."""
    return await _told(work, await queries.get_plan(work, plan_id))


@get("/{plan_id:uuid}/nodes", opt=needs("plan:read"))
async def list_nodes(work: CurrentWork, plan_id: FromPath[UUID]) -> list[dict[str, Any]]:
    """The nodes of a plan in the order of the paper."""
    await queries.get_plan(work, plan_id)
    return [trees.snapshot(row) for row in await queries.nodes_of(work, plan_id)]


@get("/{plan_id:uuid}/versions", opt=needs("plan:read"))
async def list_versions(work: CurrentWork, plan_id: FromPath[UUID]) -> list[Versioned]:
    """Every version with its reason and its differences, the newest first."""
    await queries.get_plan(work, plan_id)
    return [
        Versioned(
            number=one.number,
            reason=one.reason,
            made_by_name=one.made_by_name,
            created_at=one.created_at,
            changes=one.changes,
        )
        for one in await queries.versions_of(work, plan_id)
    ]


@patch("/{plan_id:uuid}/nodes/{node_id:uuid}", opt=needs("plan:edit"))
async def edit_node(
    work: CurrentWork, plan_id: FromPath[UUID], node_id: FromPath[UUID], data: JSONBody[NodeChange], if_match: IfMatch
) -> dict[str, Any]:
    """Write some fields of a node."""
    return trees.snapshot(await editing.edit_node(work, plan_id, node_id, data, seen=seen(if_match)))


@post("/{plan_id:uuid}/nodes/{node_id:uuid}/split", opt=needs("plan:edit"), status_code=200)
async def split_node(
    work: CurrentWork, plan_id: FromPath[UUID], node_id: FromPath[UUID], data: JSONBody[SplitAt], if_match: IfMatch
) -> dict[str, Any]:
    """Part a node; the answer is the second half."""
    return trees.snapshot(await editing.split_node(work, plan_id, node_id, at=data.at, seen=seen(if_match)))


@post("/{plan_id:uuid}/nodes/{node_id:uuid}/merge", opt=needs("plan:edit"), status_code=200)
async def merge_node(
    work: CurrentWork, plan_id: FromPath[UUID], node_id: FromPath[UUID], data: JSONBody[MergeInto], if_match: IfMatch
) -> dict[str, Any]:
    """Join a node with a neighbour; the answer is the node that stays."""
    return trees.snapshot(await editing.merge_node(work, plan_id, node_id, into=data.into, seen=seen(if_match)))


@post("/{plan_id:uuid}/nodes/{node_id:uuid}/move", opt=needs("plan:edit"), status_code=200)
async def move_node(
    work: CurrentWork,
    plan_id: FromPath[UUID],
    node_id: FromPath[UUID],
    data: JSONBody[MoveTo],
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Say what a node is and where it stands."""
    moved = await editing.reassign_node(
        work, plan_id, node_id, kind=data.kind, parent_id=data.parent_id, seen=seen(if_match)
    )
    return trees.snapshot(moved)


@post("/{plan_id:uuid}/send", opt=needs("plan:edit"), status_code=200)
async def send(work: CurrentWork, plan_id: FromPath[UUID]) -> Response[PlanOut]:
    """Lay a draft before the leaders."""
    return await _told(work, await actions.send_for_signature(work, plan_id))


@post("/{plan_id:uuid}/sign", opt=needs("plan:sign"), status_code=200)
async def sign(work: CurrentWork, plan_id: FromPath[UUID], if_match: IfMatch = None) -> Response[PlanOut]:
    """Sign the version that was read."""
    return await _told(work, await actions.sign(work, plan_id, seen=seen(if_match)))


@post("/{plan_id:uuid}/give-back", opt=needs("plan:sign"), status_code=200)
async def give_back(work: CurrentWork, plan_id: FromPath[UUID], data: JSONBody[Reason]) -> Response[PlanOut]:
    """Give a plan back with a reason."""
    return await _told(work, await actions.give_back(work, plan_id, reason=data.reason))


@post("/{plan_id:uuid}/publish", opt=needs("plan:publish"), status_code=200)
async def publish(work: CurrentWork, plan_id: FromPath[UUID]) -> Response[PlanOut]:
    """Bring a signed plan into force."""
    return await _told(work, await actions.publish(work, plan_id))


@post("/{plan_id:uuid}/amendments", opt=needs("plan:amend"))
async def amend(
    work: CurrentWork, plan_id: FromPath[UUID], data: JSONBody[amending.Amendment], if_match: IfMatch = None
) -> Response[PlanOut]:
    """Amend a published plan under the next number."""
    await amending.amend(work, plan_id, data, seen=seen(if_match))
    return await _told(work, await queries.get_plan(work, plan_id), status=201)


async def _told(work: Work, plan: Plan, *, status: int = 200) -> Response[PlanOut]:
    rows = await queries.nodes_of(work, plan.id)
    paper = await queries.paper_of(work, plan)
    shown = PlanOut(
        id=plan.id,
        year=plan.year,
        title=plan.title,
        state=plan.state,
        origin=plan.origin,
        amendment=plan.amendment,
        signed_name=plan.signed_name,
        signed_at=plan.signed_at,
        published_at=plan.published_at,
        version=plan.version,
        figures=queries.figures_of(paper, rows),
        problems=queries.problems_of(rows),
    )
    return tagged(shown, plan.version, status=status)


HANDLERS = (
    list_plans,
    upload,
    get_plan,
    list_nodes,
    list_versions,
    edit_node,
    split_node,
    merge_node,
    move_node,
    send,
    sign,
    give_back,
    publish,
    amend,
)
router = Router("/api/v1/plans", route_handlers=list(HANDLERS), tags=["年度要点"])
