"""年度要点: the list, how a plan begins, and the plan itself, reviewed as a draft or read as published."""

from uuid import UUID

from litestar import Router, get
from litestar.params import FromPath
from litestar.response import Template

from services.portal.fields import identifier
from services.portal.frame import AnyRequest, page, says
from services.portal.plans import amendments, labels, nodes, signing, starting
from services.portal.plans.published import reading_of
from services.portal.plans.reviewing import review_page
from services.portal.plans.shown import review_of
from services.supervision import plans
from services.tenancy.door import CurrentWork, needs

says(
    plan_started="草稿已建立，请逐项校核",
    node_saved="这一条已保存",
    node_split="已拆成两条，全文仍然一字不漏",
    node_merged="已合并，全文仍然一字不漏",
    node_moved="已调整类别和上级",
    gaps_filled="已一次补齐，请再看一遍",
    plan_sent="已送签，镇领导会收到消息",
    plan_signed="已签发，应急办可以发布了",
    plan_given_back="已退回应急办修改",
    plan_published="已发布，涉及的部门会收到消息",
    plan_amended="修订已生效，涉及的部门会收到消息",
    plan_concluded="已办结",
    plan_discarded="草稿已作废",
)


@get("/", opt=needs("plan:read"))
async def list_of_plans(request: AnyRequest, work: CurrentWork) -> Template:
    """The plans of all years."""
    state = request.query_params.get("state", "")
    everything = await plans.list_plans(work)
    rows = [row for row in everything if not state or row.state == state]
    counts = [("", "全部", len(everything))]
    counts += [
        (code, name, sum(row.state == code for row in everything))
        for code, name in labels.STATES.items()
        if code != "discarded"
    ]
    return page(request, "plans/list.html", rows=rows, counts=counts, labels=labels)


@get("/{plan_id:uuid}", opt=needs("plan:read"))
async def one_plan(request: AnyRequest, work: CurrentWork, plan_id: FromPath[UUID]) -> Template:
    """A draft beside its paper; a signed or published plan as an official reads it."""
    review = await review_of(work, plan_id)
    if review.plan.state in {"draft", "discarded"} or request.query_params.get("view") == "source":
        return review_page(request, review, identifier(request.query_params, "node"))
    reading = reading_of(review, await plans.versions_of(work, plan_id))
    return page(request, "plans/published.html", review=review, reading=reading, kept=None, labels=labels)


router = Router(
    "/plans",
    route_handlers=[
        list_of_plans,
        one_plan,
        *starting.HANDLERS,
        *nodes.HANDLERS,
        *signing.HANDLERS,
        *amendments.HANDLERS,
    ],
    include_in_schema=False,
)
