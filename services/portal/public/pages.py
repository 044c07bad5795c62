"""公开: the list of towns and each town's public page, for everybody and without an account."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any, Final

from litestar import Response, Router, get
from litestar.params import FromPath
from litestar.response import Redirect, Template

from services.kernel.database import Scope
from services.kernel.refusals import NotFound
from services.kernel.table import Login
from services.portal.frame import AnyRequest, page
from services.portal.problems import on_refusal, wants_json
from services.portal.public.visits import latest_roots, outside, plan_of, town_called
from services.supervision import plans
from services.tenancy import townships
from services.tenancy.door import needs

OPEN: Final[Mapping[str, Any]] = needs("public_page:read", login=Login.PUBLIC)
# The page carries the reader's theme and token against forgery: their own browser may keep it, and asks each time.
KEPT: Final = {"cache-control": "private, no-cache"}


@get("/", opt=OPEN, response_headers=KEPT)
async def list_of_towns(request: AnyRequest) -> Template:
    """公开的镇街."""
    async with outside(request) as work:
        towns = await townships.public_towns(work)
    districts = [(name, list(those)) for name, those in groupby(towns, lambda town: town.district)]
    return page(request, "public/towns.html", districts=districts)


@get("/{slug:str}", opt=OPEN, response_headers=KEPT)
async def one_town(request: AnyRequest, slug: FromPath[str]) -> Template | Redirect:
    """One town: its plan in force, its earlier plans, and the roots of its trail."""
    town = await town_called(request, slug)
    if town.slug != slug:
        return Redirect(f"/t/{town.slug}", status_code=301)
    async with outside(request, Scope(tenant_id=town.id)) as work:
        years = await plans.public_years(work)
        plan = await plans.public_plan(work)
        roots = await latest_roots(work)
    return page(request, "public/town.html", town=town, plan=plan, years=years, roots=roots)


@get("/{slug:str}/{year:int}", opt=OPEN, response_headers=KEPT)
async def one_year(request: AnyRequest, slug: FromPath[str], year: FromPath[int]) -> Template:
    """A town's published plan of one year."""
    town = await town_called(request, slug)
    return page(request, "public/year.html", town=town, plan=await plan_of(request, town, year))


def missing(request: AnyRequest, refusal: NotFound) -> Response[Any]:
    """What is not there, with the way to the list of towns."""
    if wants_json(request):
        return on_refusal(request, refusal)
    return page(request, "public/missing.html", status=refusal.status, sentence=refusal.sentence)


router = Router(
    "/t",
    route_handlers=[list_of_towns, one_town, one_year],
    exception_handlers={NotFound: missing},
    include_in_schema=False,
)
