"""The first page: what is overdue, due today or waiting for me."""

from litestar import Router, get
from litestar.response import Template

from services.portal.frame import AnyRequest, page
from services.tenancy.door import CurrentWork, needs


@get("/", opt=needs("home:read"))
async def home(request: AnyRequest, work: CurrentWork) -> Template:
    """待办."""
    return page(request, "home/home.html", todos=[])


router = Router("/", route_handlers=[home], include_in_schema=False)
