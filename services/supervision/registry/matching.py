"""Which enterprises of the registry the rows of a ledger mean, and what each row would change."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, Text, Uuid, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from services.kernel.clock import in_words
from services.kernel.refusals import BadInput
from services.kernel.work import Work
from services.supervision.registry.checking import Villages, checked, merged
from services.supervision.registry.dated import changed_fields
from services.supervision.registry.history import Facts, values_on
from services.supervision.registry.models import Enterprise, EnterpriseFact

NO_FACTS = Facts(())


class Meant(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a ledger against the registry: a new enterprise, a change of one, or no change; or why it cannot be."""

    enterprise: Enterprise | None = None
    """None for a new one."""
    before: Mapping[str, Any] = {}
    after: Mapping[str, Any] = {}
    changed: Sequence[str] = ()
    facts: Facts = NO_FACTS
    wrong: Mapping[str, str] = {}

    @property
    def is_new(self) -> bool:
        """Nobody has registered it yet."""
        return self.enterprise is None and not self.wrong


class Known(msgspec.Struct, frozen=True):
    """What the registry has of the enterprises that some rows name."""

    by_code: Mapping[str, Enterprise]
    by_name: Mapping[str, Sequence[Enterprise]]
    """The living ones; those that have left where no living one has the name."""
    coming: Mapping[str, UUID]
    """Codes that an enterprise has from a coming day on."""
    facts: Mapping[UUID, Facts]


async def meant(
    work: Work, rows: Sequence[Mapping[str, Any]], valid_from: date, villages: Villages, *, lock: bool = False
) -> list[Meant]:
    """What rows of a ledger would do on a day: the same as `register` and `change` would do to each by itself.

    Found by the credit code, else by the exact name where there is none.
    """
    known = await _known(work, rows, lock=lock)
    return [_meant(known, row, valid_from, villages) for row in rows]


async def _known(work: Work, rows: Sequence[Mapping[str, Any]], *, lock: bool) -> Known:
    codes = sorted({row["credit_code"] for row in rows if row.get("credit_code")})
    names = sorted({row["name"] for row in rows if row.get("name")})
    found = {one.id: one for column, listed in ((Enterprise.credit_code, codes), (Enterprise.name, names)) if listed
             for one in await work.all(_among(column, listed, lock=lock))}  # fmt: skip
    coming = select(EnterpriseFact).where(EnterpriseFact.field == "credit_code", EnterpriseFact.valid_from > work.today)
    of_them = EnterpriseFact.enterprise_id.in_(select(func.unnest(literal([*found], ARRAY(Uuid())))))
    facts = await work.all(select(EnterpriseFact).where(of_them)) if found else []
    by_enterprise: defaultdict[UUID, list[EnterpriseFact]] = defaultdict(list)
    for fact in facts:
        by_enterprise[fact.enterprise_id].append(fact)
    by_name: defaultdict[str, list[Enterprise]] = defaultdict(list)
    for one in found.values():
        by_name[one.name].append(one)
    living = {name: [one for one in those if one.left_on is None] or those for name, those in by_name.items()}
    return Known(
        {one.credit_code: one for one in found.values() if one.credit_code},
        living,
        {fact.value: fact.enterprise_id for fact in await work.all(coming) if fact.value},
        {enterprise_id: Facts(rows) for enterprise_id, rows in by_enterprise.items()},
    )


def _among(column: InstrumentedAttribute[Any], words: Sequence[str], *, lock: bool) -> Select[Enterprise]:
    """The enterprises that have one of many words: joined, since a long list of alternatives is compared one by one."""
    listed = select(func.unnest(literal(words, ARRAY(Text()))))
    query = select(Enterprise).where(column.in_(listed)).order_by(Enterprise.id)
    return query.with_for_update(of=Enterprise, key_share=True) if lock else query


def _meant(known: Known, row: Mapping[str, Any], valid_from: date, villages: Villages) -> Meant:
    try:
        enterprise = _found(known, row)
        if enterprise is None:
            after = checked(row, villages)
            _require_free(known, None, after["credit_code"])
            return Meant(after=after)
        if valid_from < enterprise.registered_on:
            since = in_words(enterprise.registered_on)
            return Meant(wrong={"name": f"这家企业的档案从 {since} 开始，请把“从哪天起”改为这一天或以后"})
        facts = known.facts.get(enterprise.id, NO_FACTS)
        before = values_on(enterprise, facts, valid_from)
        after = checked(merged(before, row), villages)
        changed = changed_fields(before, after)
        if "credit_code" in changed:
            _require_free(known, enterprise.id, after["credit_code"])
        return Meant(enterprise=enterprise, before=before, after=after, changed=changed, facts=facts)
    except BadInput as bad:
        return Meant(wrong=bad.fields)


def _found(known: Known, row: Mapping[str, Any]) -> Enterprise | None:
    """The enterprise that a row names; raises BadInput where nobody can say which."""
    code, name = row.get("credit_code"), row.get("name")
    if code and code in known.by_code:
        return known.by_code[code]
    # A row that says nothing of leaving means a new enterprise that took the name of one that left.
    named = [one for one in known.by_name.get(name or "", ()) if one.left_on is None or row.get("left_on")]
    without = [one for one in named if one.credit_code is None]
    if code or "credit_code" not in row:
        named = without if code else named
    elif named and not without:
        raise BadInput(fields={"credit_code": f"台账里这家企业的信用代码是 {named[0].credit_code}，请补填代码"})
    else:
        named = without
    if len(named) > 1:
        raise BadInput(fields={"name": "台账里有几家企业都叫这个名称，请填写统一社会信用代码"})
    return named[0] if named else None


def _require_free(known: Known, enterprise_id: UUID | None, code: str | None) -> None:
    """As `register` and `change` see to it: neither now nor later may two enterprises have one code."""
    holder = known.by_code.get(code or "")
    holders = {holder.id if holder else None, known.coming.get(code or "")} - {None, enterprise_id}
    if holders:
        raise BadInput(fields={"credit_code": "本镇已有别的企业使用这个信用代码，请核对"})
