"""The page of one duty: plain words first, then the article, what follows when it is not done, and what was said about it."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import get
from litestar.params import FromPath
from litestar.response import Template

from services.kernel import calendar_days
from services.kernel.clock import in_words
from services.kernel.work import Work
from services.portal.duties.shown import TONES, due_words, timeline_of
from services.portal.forms import Form
from services.portal.frame import AnyRequest, page
from services.supervision import duties, registry
from services.supervision.duties import Owed
from services.tenancy.door import CurrentWork, needs

ONE: Final = "/duties/{enterprise_id:uuid}/{code:str}/{period:str}"


@get(ONE, opt=needs("duty:read"))
async def detail(
    request: AnyRequest, work: CurrentWork, enterprise_id: FromPath[UUID], code: FromPath[str], period: FromPath[str]
) -> Template:
    """一项义务; who of the enterprise has opened it is kept."""
    found = await duties.one(work, enterprise_id, code, period)
    await duties.seen(work, found)
    return await shown(request, work, found)


async def shown(
    request: AnyRequest, work: Work, found: Owed, form: Form | None = None, which: str = "", status: int = 200
) -> Template:
    """The page, with a form that came back where one did."""
    enterprise = await registry.one(work, found.enterprise_id)
    files = await duties.evidence(work, found.row)
    return page(
        request,
        "duties/detail.html",
        status=form.status if form else status,
        one=found,
        e=enterprise,
        own=work.identity.scope.enterprise_id == enterprise.id,
        acts=duties.possible(work, found),
        due=due_words(found),
        latest=await _latest(work, found),
        files=files,
        timeline=timeline_of(await duties.events(work, found.row), is_check=found.is_check),
        views=await duties.views(work, found),
        forms=_forms(form, which),
        blank=Form(),
        duty_tones=TONES,
    )


def _forms(form: Form | None, which: str) -> Mapping[str, Form]:
    return {which: form} if form else {}


async def _latest(work: Work, found: Owed) -> str:
    """The legal last day, where holidays move it; else empty."""
    latest = found.duty.latest_on(await calendar_days.current(work))
    return in_words(latest) if latest and latest != found.duty.due_on else ""


ROUTES: list[Any] = [detail]
