"""Every page of assignments."""

from litestar import Router

from services.portal.assignments import acts
from services.portal.assignments.board import board
from services.portal.assignments.detail import detail
from services.portal.assignments.giving import chosen, give, giving
from services.portal.assignments.ledger import export, ledger, urge

router = Router(
    "/",
    route_handlers=[ledger, export, urge, board, detail, *acts.ROUTES, giving, chosen, give],
    include_in_schema=False,
)
