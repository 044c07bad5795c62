"""义务履行: the town's duties by duty, sector and village with n and m, who is late, and what waits for the office."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import urlsplit

from litestar import Response, get, post
from litestar.response import Redirect, Template

from services.kernel.clock import in_words
from services.kernel.documents import Column
from services.kernel.refusals import BadInput
from services.kernel.work import Work
from services.portal import typed
from services.portal.duties.asked import day_of, filter_of
from services.portal.duties.shown import TONES, due_words, groups_of
from services.portal.frame import AnyRequest, page
from services.portal.workbook import workbook
from services.supervision import duties, registry
from services.supervision.duties import STATES, DutyFilter, Line
from services.supervision.registry import SECTORS
from services.tenancy.door import CurrentWork, needs

LEDGER: Final = "/duties/ledger"
PAGE: Final = 50
MOST_AT_ONCE: Final = 5000
BY: Final = {"code": "按义务", "sector": "按行业", "village": "按村（社区）"}
COLUMNS: Final = (
    Column("序号", 6, "number"),
    Column("企业", 30),
    Column("行业", 8),
    Column("村（社区）", 16),
    Column("义务", 34),
    Column("依据", 40),
    Column("为什么", 40),
    Column("期限", 16, "date"),
    Column("状态", 12),
    Column("期限状态", 14),
    Column("企业说明", 30),
    Column("镇里意见", 30),
)


@get("/duties", opt=needs("duty:read"))
async def overview(request: AnyRequest, work: CurrentWork) -> Template:
    """For the town the figures, for an enterprise all of its own."""
    if work.identity.scope.enterprise_id is not None:
        return await _own(request, work)
    by = typed.word(request.query_params, "by")
    by = by if by in BY else "code"
    day = day_of(work, request.query_params)
    found = await duties.lines(work, DutyFilter(), day)
    names = {one.code: one.name for one in await registry.villages(work)}
    return page(
        request,
        "duties/overview.html",
        by=by,
        choices=BY,
        day=day,
        past=day != work.today,
        total=duties.tally("", "", [line.owed for line in found]),
        rows=_grouped(found, by, names),
        as_of=work.now,
    )


def _grouped(found: Sequence[Line], by: str, villages: dict[str, str]) -> list[duties.Tally]:
    if by == "sector":
        return duties.tallies(found, lambda one: one.enterprise.sector, lambda one: one.enterprise.sector)
    if by == "village":
        return duties.tallies(
            found,
            lambda one: one.enterprise.village_code,
            lambda one: villages.get(one.enterprise.village_code, one.enterprise.village_code),
        )
    return duties.tallies(found, lambda one: one.owed.duty.code, lambda one: one.owed.duty.title)


async def _own(request: AnyRequest, work: Work) -> Template:
    """All duties of an enterprise, on any day."""
    assert work.identity.scope.enterprise_id
    enterprise = await registry.one(work, work.identity.scope.enterprise_id)
    day = max(day_of(work, request.query_params), enterprise.registered_on)
    found = await duties.owed(work, enterprise.id, day)
    return page(
        request,
        "duties/own.html",
        groups=groups_of(found, day),
        tally=duties.tally("", "", found),
        day=day,
        past=day != work.today,
        duty_tones=TONES,
    )


@get(LEDGER, opt=needs("duty:compare"))
async def ledger(request: AnyRequest, work: CurrentWork) -> Template:
    """义务台账, filtered by its address."""
    wanted, day = filter_of(request.query_params), day_of(work, request.query_params)
    found = await duties.lines(work, wanted, day)
    number = typed.page_number(request.query_params)
    shown = found[(number - 1) * PAGE : number * PAGE]
    villages, binding = await registry.villages(work), (await duties.book_of(work, day)).rules(day)
    urgeable = sum(line.owed.is_open for line in found) if day == work.today else 0
    return page(
        request,
        "duties/ledger.html",
        rows=shown,
        pages=SimpleNamespace(number=number, pages=-(-len(found) // PAGE), total=len(found)),
        wanted=wanted,
        day=day,
        past=day != work.today,
        states=[("", "全部", None), *((key, words, None) for key, words in STATES.items())],
        sectors=[(one, one) for one in SECTORS],
        villages=[(one.code, one.name) for one in villages],
        codes=[(rule.code, rule.title) for rule in binding],
        topics=[(one, one) for one in dict.fromkeys(rule.topic for rule in binding)],
        export=f"{LEDGER}/export.xlsx?{request.url.query}",
        urgeable=urgeable,
        duty_tones=TONES,
        **_result(request),
    )


def _result(request: AnyRequest) -> dict[str, Any]:
    urged, of = (typed.number(request.query_params, name) for name in ("urged", "of"))
    if urged is None:
        return {}
    told = f"已催办 {of} 家企业的 {urged} 项义务，每家收到一条消息"
    return {"notice": told if urged else "选中的义务都已报送或完成，没有需要催办的"}


@get(f"{LEDGER}/export.xlsx", opt=needs("duty:export"))
async def export(request: AnyRequest, work: CurrentWork) -> Response[bytes]:
    """Exactly the rows that the ledger's address shows, on all its pages."""
    wanted, day = filter_of(request.query_params), day_of(work, request.query_params)
    names = {one.code: one.name for one in await registry.villages(work)}
    rows = [_cells(number, line, names) for number, line in enumerate(await duties.lines(work, wanted, day), 1)]
    filters = "、".join(filter(None, (wanted.words, "" if day == work.today else f"{in_words(day)}的情况")))
    return await workbook(work, "企业义务台账", COLUMNS, rows, filters=filters)


@get("/duties/waiting", opt=needs("duty:accept"))
async def waiting(request: AnyRequest, work: CurrentWork) -> Template:
    """What enterprises handed in, and what they call 不适用, the oldest first."""
    found = await duties.lines(work, DutyFilter(state="waiting"), work.today)
    rows = sorted(found, key=lambda line: (line.owed.row.submitted_at if line.owed.row else None) or work.now)
    return page(request, "duties/waiting.html", rows=rows, duty_tones=TONES, due_words=due_words)


@post("/duties/urge", opt=needs("duty:urge"))
async def urge(request: AnyRequest, work: CurrentWork) -> Template | Redirect:
    """催办: first how many of how many enterprises is asked about, then one message goes to each enterprise."""
    data = await request.form()
    keys = duties.keys_of(typed.words(data, "ids")[:MOST_AT_ONCE])
    if typed.word(data, "all"):
        keys = await _all_open(work, request)
    if not keys:
        raise BadInput("没有选中义务，请先勾选需要催办的义务")
    if not typed.word(data, "confirmed"):
        back = _back(request)
        return page(request, "duties/urge.html", keys=keys, enterprises=len({key[0] for key in keys}), back=back)
    urged, of = await duties.urge(work, keys, note=typed.word(data, "note"))
    back = typed.word(data, "back")
    back = back if back.startswith(f"{LEDGER}?") else f"{LEDGER}?"
    return Redirect(f"{back}&urged={urged}&of={of}".replace("?&", "?"), status_code=303)


async def _all_open(work: Work, request: AnyRequest) -> list[duties.Key]:
    found = await duties.lines(work, filter_of(request.query_params), work.today)
    return [(line.enterprise.id, line.owed.duty.code, line.owed.duty.period_key) for line in found if line.owed.is_open]


def _back(request: AnyRequest) -> str:
    """The ledger with its filters, as the browser had it open."""
    before = urlsplit(request.headers.get("referer", ""))
    kept = "&".join(part for part in before.query.split("&") if part and not part.startswith(("urged=", "of=")))
    return f"{LEDGER}?{kept}" if before.netloc == request.url.netloc and before.path == LEDGER else f"{LEDGER}?"


def _cells(number: int, line: Line, villages: dict[str, str]) -> list[object]:
    one, enterprise, row = line.owed, line.enterprise, line.owed.row
    return [
        number,
        enterprise.name,
        enterprise.sector,
        villages.get(enterprise.village_code, enterprise.village_code),
        one.duty.title,
        one.duty.citation + "〔待核实〕" * one.duty.unverified,
        one.duty.because,
        one.due_on,
        one.label,
        one.light.words,
        row.note if row else "",
        row.answer if row else "",
    ]


ROUTES: list[Any] = [overview, ledger, export, waiting, urge]
