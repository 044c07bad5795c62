"""Targets: each figure with what it was made from, and the rows one press away."""

from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Router, get
from litestar.response import Template

from services.portal import typed
from services.portal.frame import AnyRequest, page
from services.portal.targets.accidents import conclude, form_page, ledger, record, report_death
from services.portal.towns.looking import note_look
from services.regulation.targets import Figure, percent
from services.supervision import targets
from services.supervision.registry import EnterpriseFilter
from services.supervision.targets import OfYear, Rate
from services.tenancy.door import CurrentWork, needs
from services.tenancy.roles import Role


class Shown(msgspec.Struct, frozen=True):
    """One target on the page: its figure, the rule it is held against, and where its rows are."""

    label: str
    figure: Figure
    aim: str
    href: str = ""
    missing_href: str = ""

    @property
    def rate(self) -> str:
        """The rate as the rule compares it, in percent with two decimals; 不适用 without a denominator."""
        n, m = self.figure.numerator, self.figure.denominator
        return percent(n, m, 2) if m else "不适用"

    @property
    def state(self) -> tuple[str, str]:
        """Tone and word: reached, not reached, or 不适用."""
        if self.figure.reached is None:
            return ("plain", "不适用")
        return ("good", "达到") if self.figure.reached else ("late", "未达到")


RULES = {
    "batch": "应整治的全部确定批次",
    "campaign": "应整治的全部完成",
    "standard": "60% 以上",
    "insurance": "100%",
}


@get("/targets", opt=needs("target:read"))
async def figures(request: AnyRequest, work: CurrentWork) -> Template:
    """工作目标."""
    year = typed.number(request.query_params, "year") or work.today.year
    year = year if abs(year - work.today.year) <= 10 else work.today.year  # noqa: PLR2004 - a decade of accidents
    await note_look(request, work)
    of_year = await targets.targets_of(work, year)
    reached, applicable = targets.reached(of_year.control, (rate.figure for rate in of_year.rates))
    return page(
        request,
        "targets/targets.html",
        of=of_year,
        control=control_shown(of_year, drill=work.may("accident:read")),
        rates=[rate_shown(rate, drill=work.may("enterprise:read")) for rate in of_year.rates],
        reached=reached,
        applicable=applicable,
        own_sectors=work.identity.role == Role.SECTOR_DEPARTMENT,
        years=[work.today.year, work.today.year - 1, work.today.year - 2],
    )


def control_shown(of: OfYear, *, drill: bool) -> list[Shown]:
    """The four figures of accident control, with the ledger of their rows."""
    control, href = of.control, f"/targets/accidents?year={of.year}" if drill else ""
    return [
        Shown("较大及以上事故", control.larger, "0 起", href),
        Shown("亡人事故", control.fatal, "0 起", href),
        Shown("一般事故", control.ordinary, "少于上年；上年没有的为 0 起", href),
        Shown("造成较大社会影响的事故", control.social_impact, "0 起", href),
    ]


def rate_shown(rate: Rate, *, drill: bool) -> Shown:
    """A rate with the ledger of its numerator's rows and of those still missing."""
    if not drill:
        return Shown(rate.label, rate.figure, RULES[rate.code])
    return Shown(rate.label, rate.figure, RULES[rate.code], link_of(rate.done), link_of(rate.missing))


def link_of(facts: EnterpriseFilter) -> str:
    """The ledger of enterprises filtered by facts."""
    given: dict[str, Any] = {
        name: "1" if value is True else value
        for name, value in msgspec.structs.asdict(facts).items()
        if value not in (None, "", False) and name != "sort"
    }
    return f"/enterprises?{urlencode(given)}"


router = Router(
    "/", route_handlers=[figures, ledger, form_page, record, report_death, conclude], include_in_schema=False
)
