"""Facts with a day from which they hold: any day can be asked for, and a correction of the past leaves what came later."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import structs
from sqlalchemy import func, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm.attributes import flag_modified

from services.kernel.clock import in_words
from services.kernel.refusals import BadInput, Stale
from services.kernel.work import Work
from services.supervision.registry.checking import Villages, checked, merged, villages_of_town
from services.supervision.registry.fields import BY_NAME
from services.supervision.registry.history import DATED, Facts, facts_of, values_on
from services.supervision.registry.jobs import project
from services.supervision.registry.models import Enterprise, EnterpriseFact
from services.supervision.registry.refusals import BeforeTheRegistry, CodeTaken

AHEAD: Final = timedelta(days=366)
"""How far before its day a change may be entered."""
LONGEST_NOTE: Final = 300


class Said(msgspec.Struct, frozen=True):
    """Who wrote something down, and from which day on it holds; named as the columns of EnterpriseFact."""

    valid_from: date
    source: str
    note: str
    member_id: UUID | None
    person: str
    recorded_at: datetime


async def register(
    work: Work,
    values: Mapping[str, Any],
    *,
    source: str,
    valid_from: date | None = None,
    villages: Villages | None = None,
) -> Enterprise:
    """A new enterprise of the town, whose facts are known from `valid_from` on (today unless given).

    `values` by column, `source` as in EnterpriseFact, `villages` where the caller has them at hand.
    Raises BadInput with a sentence per field, and CodeTaken.
    """
    work.require("enterprise:write")
    since = valid_from or work.today
    if since > work.today:
        raise BadInput(fields={"valid_from": "建档日期不能晚于今天"})
    known = checked(values, villages or await villages_of_town(work))
    await _check_code(work, None, known["credit_code"])
    row = work.add(Enterprise(**known, registered_on=since, created_at=work.now))
    await work.flush()
    work.record("enterprise:registered", row, name=row.name, source=source, valid_from=since)
    return row


async def change(
    work: Work,
    enterprise_id: UUID,
    changes: Mapping[str, Any],
    *,
    valid_from: date,
    source: str,
    note: str,
    version: int | None,
    villages: Villages | None = None,
) -> Enterprise:
    """Facts change from a day on, or a past one is corrected; what came later stays, what did not change leaves no row.

    `version` is that of the enterprise as the person saw it, None where nobody looked (an import).
    Raises BadInput, CodeTaken and Stale.
    """
    work.require("enterprise:write")
    row = await work.get(Enterprise, enterprise_id, lock=True)
    if version is not None and row.version != version:
        raise Stale
    facts = await facts_of(work, enterprise_id)
    _check_day(work, row, valid_from)
    before = values_on(row, facts, valid_from)
    after = checked(merged(before, changes), villages or await villages_of_town(work))
    changed = changed_fields(before, after)
    if not changed:
        return row
    if len(note) > LONGEST_NOTE:
        raise BadInput(fields={"note": f"说明最多 {LONGEST_NOTE} 个字"})
    if "credit_code" in changed:
        await _check_code(work, row.id, after["credit_code"])
    said = Said(valid_from, source, note.strip(), work.identity.member_id, work.identity.person, work.now)
    new = new_facts(row, facts, {name: after[name] for name in changed}, said)
    # Whoever saw the enterprise before must look again, also where the change begins on a day to come.
    flag_modified(row, "name")
    await project(work, row, facts.with_rows(map(work.add, new)))
    work.record("enterprise:changed", row, fields=changed, valid_from=valid_from, source=source, note=note.strip())
    return row


async def difference(
    work: Work, enterprise_id: UUID, changes: Mapping[str, Any], valid_from: date
) -> tuple[dict[str, Any], dict[str, Any]]:
    """All facts on the day without and with a change, nothing saved; raises what `change` raises of BadInput."""
    row = await work.get(Enterprise, enterprise_id)
    _check_day(work, row, valid_from)
    before = values_on(row, await facts_of(work, enterprise_id), valid_from)
    return before, checked(merged(before, changes), await villages_of_town(work))


def _check_day(work: Work, row: Enterprise, valid_from: date) -> None:
    if valid_from < row.registered_on:
        since = in_words(row.registered_on)
        raise BeforeTheRegistry(fields={"valid_from": f"档案从 {since} 开始，请选这一天或以后的日期"})
    if valid_from > work.today + AHEAD:
        raise BadInput(fields={"valid_from": "最多提前一年登记，请改用近一些的日期"})


async def _check_code(work: Work, enterprise_id: UUID | None, code: str | None) -> None:
    """Neither now nor from a coming day on may two enterprises of a town have one code."""
    if code is None:
        return
    # Of two who write the same code at once the second waits, and then sees the first.
    await work.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{work.tenant_id}:{code}", 0))))
    coming = select(EnterpriseFact.enterprise_id).where(
        EnterpriseFact.field == "credit_code",
        EnterpriseFact.value == literal(code, JSONB),
        EnterpriseFact.valid_from > work.today,
    )
    same = select(Enterprise).where((Enterprise.credit_code == code) | Enterprise.id.in_(coming))
    if other := await work.first(same.where(Enterprise.id != enterprise_id) if enterprise_id else same):
        raise CodeTaken(other.name)


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Which dated fields say something else; in which order dangers are named says nothing."""
    return [field.name for field in DATED if _plainly(after[field.name]) != _plainly(before[field.name])]


def new_facts(row: Enterprise, facts: Facts, values: Mapping[str, Any], said: Said) -> list[EnterpriseFact]:
    """The rows that a change leaves: what was before, where a field never changed yet, and what holds from the day on."""
    earlier = structs.replace(said, valid_from=row.registered_on, source="history", note="")
    before = [_row(row, name, getattr(row, name), earlier) for name in values if name not in facts]
    return before + [_row(row, name, value, said) for name, value in values.items()]


def _plainly(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value


def _row(of: Enterprise, field: str, value: Any, said: Said) -> EnterpriseFact:
    return EnterpriseFact(enterprise_id=of.id, field=field, value=BY_NAME[field].to_json(value), **structs.asdict(said))
