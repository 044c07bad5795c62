"""The ledger of enterprises, and the list of all their pages."""

from types import SimpleNamespace
from typing import Any

from litestar import Response, Router, get
from litestar.response import Redirect, Template

from services.portal import typed
from services.portal.enterprises import compared, detail, editing, persons, sites
from services.portal.enterprises.asked import facts_of
from services.portal.enterprises.papers import standard_of, tags_of
from services.portal.frame import AnyRequest, page
from services.portal.workbook import workbook
from services.regulation.tags import LABELS as TAGS
from services.supervision import exports, registry
from services.tenancy.door import CurrentWork, needs


@get("/enterprises", opt=needs("enterprise:read"))
async def ledger(request: AnyRequest, work: CurrentWork) -> Template | Redirect:
    """企业台账; an enterprise goes straight to its own page."""
    own = work.identity.scope.enterprise_id
    if own is not None:
        return Redirect(f"/enterprises/{own}", status_code=303)
    facts, number = facts_of(request.query_params), typed.page_number(request.query_params)
    found, total = await registry.a_page(work, facts, number)
    villages = await registry.villages(work)
    return page(
        request,
        "enterprises/list.html",
        rows=[(one, standard_of(one, work.today), tags_of(one)) for one in found],
        pages=SimpleNamespace(number=number, pages=-(-total // registry.PAGE), total=total),
        facts=facts,
        village_names={one.code: one.name for one in villages},
        villages=[(one.code, one.name) for one in villages],
        choices=_choices(),
        export=("/enterprises/exports" if total > exports.AT_ONCE else "/enterprises/export.xlsx")
        + (f"?{request.url.query}" if request.url.query else ""),
    )


@get("/enterprises/export.xlsx", opt=needs("enterprise:export"))
async def export(request: AnyRequest, work: CurrentWork) -> Response[bytes] | Redirect:
    """Exactly the enterprises that the ledger's address shows; a long ledger is made in the background."""
    facts = facts_of(request.query_params)
    if await exports.how_many(work, facts) > exports.AT_ONCE:
        return Redirect(f"/enterprises/exports?{request.url.query}", status_code=303)
    spoken = exports.Spoken(await registry.villages_of_town(work))
    rows = [spoken.cells(number, one) for number, one in enumerate(await registry.all_chosen(work, facts), 1)]
    return await workbook(work, exports.TITLE, exports.COLUMNS, rows, filters=facts.words)


def _choices() -> dict[str, Any]:
    return {
        "sectors": [(one, one) for one in registry.SECTORS],
        "tags": [(tag.value, label) for tag, label in TAGS.items()],
        "sizes": [(one, f"{one}型") for one in registry.SIZES],
        "productions": [(one, one) for one in registry.PRODUCTION],
        "ownerships": registry.BY_NAME["ownership"].choices,
        "credit_classes": registry.BY_NAME["credit_class"].choices,
        "circumstances": registry.BY_NAME["circumstances"].choices,
        "batch": list(registry.BATCH.items()),
        "standard": list(registry.STANDARD.items()),
        "insured": list(registry.INSURED.items()),
        "flags": list(registry.FLAGS.items()),
    }


ROUTES: list[Any] = [ledger, export, *detail.ROUTES, *editing.ROUTES, *persons.ROUTES, *sites.ROUTES, *compared.ROUTES]
router = Router("/", route_handlers=ROUTES, include_in_schema=False)
