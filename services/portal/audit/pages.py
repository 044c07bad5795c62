"""审计: whether every place's trail is sealed, and the days' roots; no business content."""

from litestar import Router, get
from litestar.response import Template

from services.portal.audit.trails import roots, trails
from services.portal.frame import AnyRequest, page
from services.regulation.lights import Colour
from services.tenancy.door import CurrentWork, needs


@get("/audit", opt=needs("seal:read"))
async def overview(request: AnyRequest, work: CurrentWork) -> Template:
    """审计."""
    found = await trails(work)
    red = sum(trail.light.colour is Colour.RED for trail in found)
    return page(request, "audit/overview.html", trails=found, roots=await roots(work), red=red)


router = Router("/", route_handlers=[overview], include_in_schema=False)
