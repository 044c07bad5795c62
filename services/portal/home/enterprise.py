"""The first pages of an enterprise: what its head owes next and why, and what its safety officer does today and this week."""

from datetime import date, timedelta
from typing import Any, Final

from litestar.response import Template

from services.kernel.work import Work
from services.portal import typed
from services.portal.duties.shown import TONES, groups_of
from services.portal.forms import Form
from services.portal.frame import AnyRequest, page
from services.portal.home.todos import todos_of
from services.regulation.duties import Period
from services.regulation.lights import light
from services.supervision import duties, people
from services.supervision.duties import Kept, Missed, Owed
from services.supervision.people import EnterprisePerson

PAPERS_SHOWN: Final = timedelta(days=60)
"""So long before its day a certificate stands on the page."""
MISSED_SHOWN: Final = 5
MONTHS_SHOWN: Final = 183
"""Days back from which the monthly checks are counted."""
OFTEN: Final = frozenset({Period.DAILY, Period.WEEKLY})


async def first_page_of_head(request: AnyRequest, work: Work) -> Template:
    """我的义务: one card that says what comes next and why, then everything by urgency."""
    found = await _owed(work)
    topic = typed.word(request.query_params, "topic")
    # The checks of each day and week are the safety officer's; the head sees how they are kept.
    own = [one for one in found if one.duty.period not in OFTEN]
    topics = sorted({one.duty.topic for one in own})
    chosen = [one for one in own if one.duty.topic == topic] if topic in topics else own
    upcoming = next((one for one in chosen if one.is_open), None)
    return page(
        request,
        "home/owner.html",
        next=upcoming,
        groups=groups_of([one for one in chosen if one is not upcoming], work.today),
        tally=duties.tally("", "", found),
        topics=[("", "全部", len(own)), *((one, one, sum(each.duty.topic == one for each in own)) for one in topics)],
        kept=await _kept(work, found),
        todos=await todos_of(work),
        duty_tones=TONES,
        blank=Form(),
    )


async def first_page_of_officer(request: AnyRequest, work: Work) -> Template:
    """今天和本周要查的、要补的、快到期的."""
    found = await _owed(work)
    checks = {kind: [one for one in found if one.duty.period is kind] for kind in duties.CHECKS}
    kept = await _kept(work, found)
    return page(
        request,
        "home/officer.html",
        daily=checks[Period.DAILY],
        weekly=checks[Period.WEEKLY],
        monthly=checks[Period.MONTHLY],
        pressing=[
            one
            for one in found
            if one.is_open and not one.is_check and (one.is_late or one.is_soon or one.state == "returned")
        ],
        papers=await _papers(work),
        kept=kept,
        missed=_latest([missed for one in kept for missed in one.missed]),
        enterprise=work.identity.scope.enterprise_id,
        todos=await todos_of(work),
        duty_tones=TONES,
        blank=Form(),
    )


async def _owed(work: Work) -> list[Owed]:
    assert work.identity.scope.enterprise_id
    return await duties.owed(work, work.identity.scope.enterprise_id, work.today)


async def _kept(work: Work, found: list[Owed]) -> list[Kept]:
    """The checks of the last weeks, and by month of the last half year."""
    assert work.identity.scope.enterprise_id
    ends = work.today + timedelta(days=31)
    kept: list[Kept] = []
    for back, kinds in ((31, OFTEN), (MONTHS_SHOWN, frozenset({Period.MONTHLY}))):
        codes = [one.duty.code for one in found if one.duty.period in kinds]
        first = work.today - timedelta(days=back)
        kept += await duties.kept(work, work.identity.scope.enterprise_id, codes, first, ends)
    return [one for one in kept if one.expected]


def _latest(found: list[Missed]) -> list[Missed]:
    return sorted(found, key=lambda one: (one.due_on, one.code), reverse=True)[:MISSED_SHOWN]


async def _papers(work: Work) -> list[dict[str, Any]]:
    """The certificates for special operations that end or want a review soon."""
    assert work.identity.scope.enterprise_id
    held = await people.on_day(work, work.identity.scope.enterprise_id, work.today)
    ends = [(_next_due(one), one) for one in held if one.post == "special_operator"]
    soon = [(due, one) for due, one in ends if due is not None and due <= work.today + PAPERS_SHOWN]
    return [
        {"who": one.name_masked, "kind": one.certificate_kind, "due": due, "light": light(due, work.today)}
        for due, one in sorted(soon, key=lambda pair: (pair[0], pair[1].id))
    ]


def _next_due(one: EnterprisePerson) -> date | None:
    days = [day for day in (one.certificate_review_due, one.certificate_expires_on) if day is not None]
    return min(days, default=None)
