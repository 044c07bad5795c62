"""审计日根: what the district has received of its towns' trails, which days are missing and what arrived differently."""

from litestar import Router, get
from litestar.response import Template

from services.kernel.table import Login
from services.portal.frame import AnyRequest, page
from services.regulation.lights import Colour
from services.tenancy.door import CurrentWork, needs
from services.tenancy.received_roots import received


@get("/towns/roots", opt=needs("root:read", login=Login.DESK))
async def table(request: AnyRequest, work: CurrentWork) -> Template:
    """审计日根."""
    towns = await received(work)
    return page(
        request,
        "audit/received.html",
        towns=towns,
        conflicts=[(town.name, conflict) for town in towns for conflict in town.conflicts],
        red=sum(town.light.colour is Colour.RED for town in towns),
        behind=sum(bool(town.missing) for town in towns),
        as_of=work.now,
    )


router = Router("/", route_handlers=[table], include_in_schema=False)
