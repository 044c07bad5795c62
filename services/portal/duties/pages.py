"""The pages of duties."""

from litestar import Router

from services.portal.duties import acts, detail, ledger

router = Router("/", route_handlers=[*ledger.ROUTES, *detail.ROUTES, *acts.ROUTES], include_in_schema=False)
