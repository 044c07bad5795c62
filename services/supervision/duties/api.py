"""Duties as JSON: the same actions and the same refusals as on the pages."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery, JSONBody, MultipartBody

from services.kernel.refusals import BadInput
from services.kernel.work import Work
from services.supervision import duties
from services.supervision.duties import DutyFilter, Key, Line, Owed, Tally
from services.tenancy.door import CurrentWork, needs, tagged

ONE = "/{enterprise_id:uuid}/{code:str}/{period:str}"
Enterprise = FromPath[UUID]
Code = FromPath[str]
PeriodKey = FromPath[str]
MOST_BYTES = 30_000_000


class DutyOut(msgspec.Struct, frozen=True, kw_only=True):
    """One duty of one enterprise; days in Asia/Shanghai."""

    enterprise_id: UUID
    code: str
    period: str
    title: str
    topic: str
    plain: str
    because: str
    citation: str
    unverified: bool
    rule_version: str
    severity: str
    consequence: str
    due_on: date | None
    state: str
    late: bool
    light: str
    light_words: str
    note: str
    answer: str
    acts: tuple[str, ...] = ()
    """What the caller may do with it now; filled for one duty, empty in lists."""

    @classmethod
    def of(cls, one: Owed, acts: frozenset[str] = frozenset()) -> "DutyOut":
        """A duty as programs read it."""
        duty = one.duty
        return cls(
            enterprise_id=one.enterprise_id,
            code=duty.code,
            period=duty.period_key,
            title=duty.title,
            topic=duty.topic,
            plain=duty.plain,
            because=duty.because,
            citation=duty.citation,
            unverified=duty.unverified,
            rule_version=duty.version_id,
            severity=duty.severity.value,
            consequence=duty.consequence,
            due_on=one.due_on,
            state=one.state,
            late=one.is_late,
            light=one.light.colour.value,
            light_words=one.light.words,
            note=one.row.note if one.row else "",
            answer=one.row.answer if one.row else "",
            acts=tuple(sorted(acts)),
        )


class TallyOut(msgspec.Struct, frozen=True):
    """How many of the duties that apply are fulfilled."""

    key: str
    label: str
    fulfilled: int
    applicable: int
    late: int
    waiting: int
    enterprises_late: int


class FiguresOut(msgspec.Struct, frozen=True):
    """The figures of a town on a day, in all and by duty, sector and village."""

    on: date
    total: TallyOut
    by_duty: list[TallyOut]
    by_sector: list[TallyOut]
    by_village: list[TallyOut]


class Words(msgspec.Struct, frozen=True):
    """What is said about an act."""

    note: str = ""


class Reason(msgspec.Struct, frozen=True):
    """Why something is done."""

    reason: str


class Result(msgspec.Struct, frozen=True):
    """What a check found; `rest` where nothing was produced on the day."""

    problem: bool = False
    note: str = ""
    rest: bool = False


class Decision(msgspec.Struct, frozen=True):
    """Whether it is agreed that a duty does not apply."""

    granted: bool
    note: str = ""


class Urged(msgspec.Struct, frozen=True):
    """What is urged: `enterprise/code/period` of each."""

    keys: list[str]
    note: str = ""


class UrgedOut(msgspec.Struct, frozen=True):
    """How many duties of how many enterprises were urged."""

    duties: int
    enterprises: int


@get("/", opt=needs("duty:compare"))
async def figures(work: CurrentWork, on: FromQuery[date | None] = None) -> FiguresOut:
    """The town's figures on a day, by that day's facts and law; today where none is named."""
    day = min(on or work.today, work.today)
    found = await duties.lines(work, DutyFilter(), day)
    return FiguresOut(
        on=day,
        total=_tally(duties.tally("", "", [line.owed for line in found])),
        by_duty=[_tally(one) for one in duties.tallies(found, _code, _title)],
        by_sector=[_tally(one) for one in duties.tallies(found, _sector, _sector)],
        by_village=[_tally(one) for one in duties.tallies(found, _village, _village)],
    )


def _code(line: Line) -> str:
    return line.owed.duty.code


def _title(line: Line) -> str:
    return line.owed.duty.title


def _sector(line: Line) -> str:
    return line.enterprise.sector


def _village(line: Line) -> str:
    return line.enterprise.village_code


def _tally(one: Tally) -> TallyOut:
    return msgspec.convert(one, TallyOut, from_attributes=True)


@get("/{enterprise_id:uuid}", opt=needs("duty:read"))
async def list_duties(work: CurrentWork, enterprise_id: Enterprise, on: FromQuery[date | None] = None) -> list[DutyOut]:
    """What an enterprise owes on a day, the most urgent first."""
    day = min(on or work.today, work.today)
    return [DutyOut.of(one) for one in await duties.owed(work, enterprise_id, day)]


@get(ONE, opt=needs("duty:read"))
async def get_duty(work: CurrentWork, enterprise_id: Enterprise, code: Code, period: PeriodKey) -> Response[DutyOut]:
    """One duty, with the acts that are open to the caller."""
    return tagged(await _out(work, (enterprise_id, code, period)))


@post(f"{ONE}/report", opt=needs("duty:fulfil"), status_code=200)
async def report(
    work: CurrentWork, enterprise_id: Enterprise, code: Code, period: PeriodKey, data: JSONBody[Words]
) -> DutyOut:
    """填报进展."""
    await duties.report(work, enterprise_id, code, period, note=data.note)
    return await _out(work, (enterprise_id, code, period))


@post(f"{ONE}/attachments", opt=needs("duty:fulfil"), request_max_body_size=MOST_BYTES)
async def attach(
    request: Request[Any, Any, Any],
    work: CurrentWork,
    enterprise_id: Enterprise,
    code: Code,
    period: PeriodKey,
    data: MultipartBody[dict[str, Any]],
) -> DutyOut:
    """Add a file (`file`)."""
    file = (data or {}).get("file")
    if not isinstance(file, UploadFile):
        raise BadInput(fields={"file": "请附上文件"})
    files = request.app.state.files
    await duties.attach(work, files, enterprise_id, code, period, filename=file.filename, data=await file.read())
    return await _out(work, (enterprise_id, code, period))


@post(f"{ONE}/submit", opt=needs("duty:fulfil"), status_code=200)
async def submit(
    work: CurrentWork, enterprise_id: Enterprise, code: Code, period: PeriodKey, data: JSONBody[Words]
) -> DutyOut:
    """报送审核."""
    await duties.submit(work, enterprise_id, code, period, note=data.note)
    return await _out(work, (enterprise_id, code, period))


@post(f"{ONE}/check", opt=needs("duty:fulfil"), status_code=200)
async def check(
    work: CurrentWork, enterprise_id: Enterprise, code: Code, period: PeriodKey, data: JSONBody[Result]
) -> DutyOut:
    """登记排查."""
    await duties.check(work, enterprise_id, code, period, problem=data.problem, note=data.note, rest=data.rest)
    return await _out(work, (enterprise_id, code, period))


@post(f"{ONE}/exemption", opt=needs("duty:ask_exemption"), status_code=200)
async def ask_exemption(
    work: CurrentWork, enterprise_id: Enterprise, code: Code, period: PeriodKey, data: JSONBody[Reason]
) -> DutyOut:
    """申请不适用."""
    await duties.ask_exemption(work, enterprise_id, code, period, reason=data.reason)
    return await _out(work, (enterprise_id, code, period))


@post(f"{ONE}/exemption/decision", opt=needs("duty:decide_exemption"), status_code=200)
async def decide_exemption(
    work: CurrentWork, enterprise_id: Enterprise, code: Code, period: PeriodKey, data: JSONBody[Decision]
) -> DutyOut:
    """同意或不同意不适用."""
    await duties.decide_exemption(work, enterprise_id, code, period, granted=data.granted, note=data.note)
    return await _out(work, (enterprise_id, code, period))


@post(f"{ONE}/accept", opt=needs("duty:accept"), status_code=200)
async def accept(
    work: CurrentWork, enterprise_id: Enterprise, code: Code, period: PeriodKey, data: JSONBody[Words]
) -> DutyOut:
    """审核通过."""
    await duties.accept(work, enterprise_id, code, period, note=data.note)
    return await _out(work, (enterprise_id, code, period))


@post(f"{ONE}/return", opt=needs("duty:return"), status_code=200)
async def send_back(
    work: CurrentWork, enterprise_id: Enterprise, code: Code, period: PeriodKey, data: JSONBody[Reason]
) -> DutyOut:
    """退回."""
    await duties.send_back(work, enterprise_id, code, period, reason=data.reason)
    return await _out(work, (enterprise_id, code, period))


@post("/urge", opt=needs("duty:urge"), status_code=200)
async def urge(work: CurrentWork, data: JSONBody[Urged]) -> UrgedOut:
    """催办, one message to each enterprise."""
    return UrgedOut(*await duties.urge(work, duties.keys_of(data.keys), note=data.note))


async def _out(work: Work, key: Key) -> DutyOut:
    await work.flush()
    found = await duties.one(work, *key)
    return DutyOut.of(found, duties.possible(work, found))


router = Router(
    "/api/v1/duties",
    route_handlers=[
        figures,
        list_duties,
        get_duty,
        report,
        attach,
        submit,
        check,
        ask_exemption,
        decide_exemption,
        accept,
        send_back,
        urge,
    ],
    tags=["duties"],
)
