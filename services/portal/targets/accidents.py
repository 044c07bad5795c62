"""Accidents: the ledger of a year, recording one, and what is learnt later."""

from decimal import Decimal, InvalidOperation
from typing import Final
from uuid import UUID

from litestar import get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath
from litestar.response import Redirect, Template

from services.kernel.refusals import BadInput, Refusal
from services.kernel.work import Work
from services.portal import typed
from services.portal.forms import Form
from services.portal.frame import AnyRequest, page, says
from services.supervision import accidents, registry
from services.supervision.registry import EnterpriseFilter
from services.tenancy.door import CurrentWork, needs

says(
    accident_recorded="事故已登记，等级由系统按国务院令第493号计算",
    death_added="续报已登记",
    concluded="责任认定已登记",
)
LIST: Final = "/targets/accidents"
FEN_OF_WAN: Final = 1_000_000
COUNTS: Final = ("deaths", "serious_injuries", "minor_injuries")


@get(LIST, opt=needs("accident:read"))
async def ledger(request: AnyRequest, work: CurrentWork) -> Template:
    """事故台账."""
    return await _ledger(request, work, Form(), None)


async def _ledger(request: AnyRequest, work: Work, form: Form, of: UUID | None) -> Template:
    year = typed.number(request.query_params, "year") or work.today.year
    year = min(max(year, 2000), work.today.year)
    names = {one.id: one.name for one in await registry.all_chosen(work, EnterpriseFilter(with_left=True))}
    return page(
        request,
        "targets/accidents.html",
        status=form.status,
        rows=await accidents.of_year(work, year),
        names=names,
        year=year,
        years=range(work.today.year, work.today.year - 5, -1),
        responsibility=[(one, one) for one in accidents.RESPONSIBILITY],
        form=form,
        form_of=of,
    )


@get(f"{LIST}/new", opt=needs("accident:write"))
async def form_page(request: AnyRequest, work: CurrentWork) -> Template:
    """登记事故."""
    return await _form(request, work, Form({"occurred_on": work.today.isoformat(), "responsibility": "待定"}))


async def _form(request: AnyRequest, work: Work, form: Form) -> Template:
    found = await registry.all_chosen(work, EnterpriseFilter())
    return page(
        request,
        "targets/accident_form.html",
        status=form.status,
        form=form,
        enterprises=[(one.id, one.name) for one in found],
        responsibility=[(one, one) for one in accidents.RESPONSIBILITY],
    )


@post(LIST, opt=needs("accident:write"))
async def record(request: AnyRequest, work: CurrentWork) -> Redirect | Template:
    """Record one accident."""
    data = await request.form()
    try:
        accident = await accidents.record(work, _facts(data))
        await work.flush()
    except Refusal as refusal:
        if not refusal.fields:
            raise
        return await _form(request, work, Form(typed.kept(data), refusal.fields))
    return Redirect(f"{LIST}?year={accident.occurred_on.year}&done=accident-recorded", status_code=303)


@post(f"{LIST}/{{accident_id:uuid}}/death", opt=needs("accident:write"))
async def report_death(request: AnyRequest, work: CurrentWork, accident_id: FromPath[UUID]) -> Redirect | Template:
    """续报: somebody died later."""
    data = await request.form()
    try:
        accident = await accidents.add_later_death(work, accident_id, died_on=typed.day(data, "died_on"))
    except BadInput as refusal:
        return await _ledger(request, work, Form(typed.kept(data), refusal.fields), accident_id)
    return Redirect(f"{LIST}?year={accident.occurred_on.year}&done=death-added", status_code=303)


@post(f"{LIST}/{{accident_id:uuid}}/conclusion", opt=needs("accident:write"))
async def conclude(request: AnyRequest, work: CurrentWork, accident_id: FromPath[UUID]) -> Redirect:
    """责任认定."""
    data = await request.form()
    accident = await accidents.conclude(work, accident_id, responsibility=typed.word(data, "responsibility"))
    return Redirect(f"{LIST}?year={accident.occurred_on.year}&done=concluded", status_code=303)


def _facts(data: FormMultiDict) -> accidents.Facts:
    people = {name: typed.number(data, name) if typed.word(data, name) else 0 for name in COUNTS}
    return accidents.Facts(
        occurred_on=typed.day(data, "occurred_on"),
        place=typed.word(data, "place"),
        summary=typed.word(data, "summary"),
        enterprise_id=typed.one_id(typed.word(data, "enterprise_id")),
        loss_fen=_fen(typed.word(data, "loss")),
        is_traffic_or_fire=bool(typed.word(data, "is_traffic_or_fire")),
        has_social_impact=bool(typed.word(data, "has_social_impact")),
        responsibility=typed.word(data, "responsibility") or "待定",
        **{name: -1 if count is None else count for name, count in people.items()},
    )


def _fen(words: str) -> int:
    """万元 with up to six decimals as 分; minus one for what is no amount, which the action refuses beside the field."""
    try:
        amount = Decimal(words or "0") * FEN_OF_WAN
        return int(amount) if amount.is_finite() and amount == amount.to_integral_value() else -1
    except InvalidOperation:
        return -1
