"""Programs register enterprises and change their facts as the pages do; values are written as people write them."""

from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Response, patch, post
from litestar.params import FromPath, JSONBody

from services.kernel.refusals import BadInput
from services.kernel.work import Work
from services.supervision import registry
from services.supervision.registry.fields import BY_NAME, Kind, read_all
from services.tenancy.door import CurrentWork, IfMatch, needs, seen, tagged

WRITES: Final = needs("enterprise:write")


class FactsIn(msgspec.Struct, frozen=True, kw_only=True):
    """Facts by the names of their columns; days as 2026-11-23, money in 分, several choices as a list."""

    facts: dict[str, Any]
    valid_from: date | None = None
    """The day from which they hold, in Asia/Shanghai; today unless given."""
    note: str = ""


class FactsOut(msgspec.Struct, frozen=True, kw_only=True):
    """All facts of an enterprise on a day."""

    id: UUID
    on: date
    facts: dict[str, Any]
    version: int


@post("/", opt=WRITES)
async def register(work: CurrentWork, data: JSONBody[FactsIn]) -> Response[FactsOut]:
    """A new enterprise; answers its facts and its version as ETag."""
    row = await registry.register(work, read(data.facts), source="office", valid_from=data.valid_from)
    return await told(work, row, work.today, status=201)


@patch("/{enterprise_id:uuid}", opt=WRITES)
async def change(
    work: CurrentWork, enterprise_id: FromPath[UUID], data: JSONBody[FactsIn], if_match: IfMatch = None
) -> Response[FactsOut]:
    """Facts change from a day on, or a past one is corrected; `If-Match` names the version that was read."""
    known = await registry.one(work, enterprise_id)
    row = await registry.change(
        work,
        known.id,
        read(data.facts),
        valid_from=data.valid_from or work.today,
        source="office",
        note=data.note,
        version=seen(if_match),
    )
    return await told(work, row, work.today)


def read(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts as columns hold them; raises BadInput for unknown names and for what cannot be read."""
    if unknown := {name: "没有这个字段" for name in facts if name not in BY_NAME}:
        raise BadInput(fields=unknown)
    money = {name: value for name, value in facts.items() if BY_NAME[name].kind is Kind.MONEY}
    values, wrong = read_all({name: value for name, value in facts.items() if name not in money})
    for name, value in money.items():
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
            wrong[name] = "金额以分为单位，写整数"
        values[name] = value
    if wrong:
        raise BadInput(fields=wrong)
    return values


async def told(work: Work, row: registry.Enterprise, day: date, *, status: int = 200) -> Response[FactsOut]:
    """The facts of a day with the version as ETag."""
    known = await registry.as_of(work, row.id, day)
    facts = {name: field.to_json(known[name]) for name, field in BY_NAME.items()}
    told = FactsOut(id=row.id, on=day, facts=facts, version=row.version)
    return tagged(told, row.version, status=status)
