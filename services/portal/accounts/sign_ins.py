"""What happened at the door, for the audit administrator."""

from typing import Any

from litestar import get
from litestar.response import Template

from services.portal.fields import Page, day, page_number, word
from services.portal.frame import page
from services.portal.signing_in.visits import AnyRequest
from services.tenancy import signing_in
from services.tenancy.door import CurrentWork, needs

BAD = frozenset({"refused", "locked", "code_refused", "activation_refused", "no_place"})
"""Outcomes that are shown in amber."""


@get("/audit/sign-ins", opt=needs("sign_in_event:read"))
async def ledger(request: AnyRequest, work: CurrentWork) -> Template:
    """登录记录."""
    query = request.query_params
    asked = signing_in.EventFilter(
        outcome=word(query, "outcome"),
        login=word(query, "login").strip().lower()[:64],
        address=word(query, "address").strip()[:64],
        since=day(query, "since"),
        until=day(query, "until"),
        page=page_number(query),
    )
    rows, total = await signing_in.events(work, asked)
    at = Page(number=asked.page, total=total, size=signing_in.PAGE)
    return page(request, "accounts/sign_ins.html", rows=rows, outcomes=signing_in.OUTCOMES, bad=BAD, at=at)


ROUTES: list[Any] = [ledger]
