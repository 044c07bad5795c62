"""What a town has published, for programs and without an account."""

from typing import Any

import msgspec
from litestar import Response, Router, get
from litestar.params import FromPath, FromQuery

from services.kernel.table import Login
from services.portal.public.visits import AnyRequest, outside, plan_of, town_called
from services.supervision.plans import PublicPlan
from services.tenancy import townships
from services.tenancy.door import needs
from services.tenancy.townships import PublicTown

# No cookie goes with these answers, so that anybody between may keep them.
OPEN: dict[str, Any] = needs("public_page:read", login=Login.PUBLIC) | {"exclude_from_csrf": True}
KEPT = {"cache-control": "public, max-age=300"}


class TownsPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A published plan with the town that it is of."""

    town: PublicTown
    plan: PublicPlan


@get("/", opt=OPEN)
async def list_towns(request: AnyRequest) -> Response[list[PublicTown]]:
    """公开的镇街，不需要账号."""
    async with outside(request) as work:
        return Response(await townships.public_towns(work), headers=KEPT)


@get("/{slug:str}/plan", opt=OPEN)
async def published_plan(
    request: AnyRequest, slug: FromPath[str], year: FromQuery[int | None] = None
) -> Response[TownsPlan]:
    """一个镇街已发布的年度工作要点，不需要账号；不写年份时为最近一年."""
    town = await town_called(request, slug)
    return Response(TownsPlan(town=town, plan=await plan_of(request, town, year)), headers=KEPT)


router = Router("/api/v1/public/towns", route_handlers=[list_towns, published_plan], tags=["公开"])
