"""The office writes down who holds which post of an enterprise, from when to when; who has looked at a number is recorded."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

import msgspec

from services.kernel.keys import MasterKey
from services.kernel.refusals import BadInput, Refusal, Stale
from services.kernel.work import Work
from services.supervision import registry
from services.supervision.people.facts import PersonFacts, checked
from services.supervision.people.models import EnterprisePerson
from services.supervision.people.queries import on_day
from services.supervision.people.sealing import keys_to_write, opened, seal
from services.tenancy.tenant_keys import keys_of

ALONE: Final = frozenset({"legal_representative", "principal"})
"""Posts that one person holds at a time."""
LONGEST_REASON: Final = 200
PLAIN: Final = (
    "post",
    "from_on",
    "examined_on",
    "certificate_kind",
    "certificate_no",
    "certificate_issued_on",
    "certificate_review_due",
    "certificate_expires_on",
)


class HasEnded(Refusal):
    """A post that has ended is only read."""

    def __init__(self) -> None:
        super().__init__("这个人的任职已经结束，资料只供查阅；重新任职的，请另行添加")


class PostTaken(BadInput):
    """Somebody holds this post of one person on that day."""


async def add(work: Work, enterprise_id: UUID, facts: PersonFacts, *, master: MasterKey) -> EnterprisePerson:
    """A person takes up a post; raises BadInput and PostTaken."""
    work.require("enterprise_person:write")
    enterprise = await registry.one(work, enterprise_id)
    facts = checked(facts)
    await _check_post(work, enterprise.id, facts, None)
    return await _write(work, enterprise.id, facts, master)


async def change(
    work: Work, person_id: UUID, facts: PersonFacts, *, version: int, master: MasterKey
) -> EnterprisePerson:
    """What is known of a person changes; raises BadInput, PostTaken, HasEnded and Stale."""
    work.require("enterprise_person:write")
    row = await _holding(work, person_id, version)
    facts = checked(facts)
    await _check_post(work, row.enterprise_id, facts, row.id)
    seal(await keys_to_write(work, master), row, facts)
    for name, value in _plain(facts).items():
        setattr(row, name, value)
    await work.flush()
    work.record("enterprise_person:changed", row, post=row.post, name=row.name_masked)
    return row


async def end(work: Work, person_id: UUID, last_day: date | None, *, version: int) -> EnterprisePerson:
    """A person gives up a post; the last day is still theirs. Raises BadInput, HasEnded and Stale."""
    work.require("enterprise_person:write")
    row = await _holding(work, person_id, version)
    if last_day is None or last_day < row.from_on:
        raise BadInput(fields={"to_on": "请填写任职的最后一天，不能早于起始日期"})
    row.to_on = last_day
    await work.flush()
    work.record("enterprise_person:ended", row, post=row.post, name=row.name_masked, to_on=last_day)
    return row


async def hand_over(
    work: Work, person_id: UUID, facts: PersonFacts, *, version: int, master: MasterKey
) -> EnterprisePerson:
    """A post goes from one person to another without a day between; raises BadInput, HasEnded and Stale."""
    work.require("enterprise_person:write")
    row = await _holding(work, person_id, version)
    facts = checked(msgspec.structs.replace(facts, post=row.post))
    assert facts.from_on
    if facts.from_on <= row.from_on:
        raise BadInput(fields={"from_on": "接任日期应晚于前任的起始日期"})
    row.to_on = facts.from_on - timedelta(days=1)
    await work.flush()
    work.record("enterprise_person:ended", row, post=row.post, name=row.name_masked, to_on=row.to_on)
    return await _write(work, row.enterprise_id, facts, master)


async def reveal(work: Work, person_id: UUID, reason: str, *, master: MasterKey) -> dict[str, str | None]:
    """Name, number and identity number in full for somebody who says why; that they saw it is recorded. Raises BadInput."""
    work.require("enterprise_person:reveal")
    row = await work.get(EnterprisePerson, person_id)
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise BadInput(fields={"reason": f"请写明查看原因，最多 {LONGEST_REASON} 个字"})
    keys = await keys_of(work.session, work.tenant_id, master=master)
    assert keys is not None
    work.record("enterprise_person:revealed", row, post=row.post, name=row.name_masked, reason=reason.strip())
    return opened(keys, row)


async def _holding(work: Work, person_id: UUID, version: int) -> EnterprisePerson:
    row = await work.get(EnterprisePerson, person_id, lock=True)
    if row.version != version:
        raise Stale
    if row.to_on is not None and row.to_on < work.today:
        raise HasEnded
    return row


async def _write(work: Work, enterprise_id: UUID, facts: PersonFacts, master: MasterKey) -> EnterprisePerson:
    keys = await keys_to_write(work, master)
    row = work.add(EnterprisePerson(enterprise_id=enterprise_id, created_at=work.now, **_plain(facts)))
    seal(keys, row, facts)
    await work.flush()
    work.record("enterprise_person:added", row, post=row.post, name=row.name_masked, from_on=row.from_on)
    return row


def _plain(facts: PersonFacts) -> dict[str, object]:
    return {name: getattr(facts, name) or None for name in PLAIN}


async def _check_post(work: Work, enterprise_id: UUID, facts: PersonFacts, own: UUID | None) -> None:
    if facts.post not in ALONE or facts.from_on is None:
        return
    held = [one for one in await on_day(work, enterprise_id, facts.from_on) if one.post == facts.post and one.id != own]
    if held:
        raise PostTaken(fields={"post": f"这一天已有{held[0].name_masked}任{held[0].post_label}，请用“交接”办理"})
