"""A ledger of many enterprises does to each what the office does to one."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.kernel.work import Work
from services.supervision import registry
from services.supervision.registry import Enterprise, EnterpriseFact, Said
from services.tenancy.roles import Role
from tests.supervision.registry.office import CODE, OTHER_CODE, SINCE, WRITTEN
from tests.supervision.year import Year

pytestmark = pytest.mark.anyio
MARCH, FEBRUARY = date(2026, 3, 1), date(2026, 2, 1)
CHANGES: Sequence[tuple[date, Mapping[str, Any]]] = (
    (MARCH, {"headcount_own": 120, "tags": ["ammonia", "dust"], "yearly_revenue": 300_015_000_000}),
    (FEBRUARY, {"standard_level": "三级", "standard_granted_on": SINCE, "standard_expires_on": date(2028, 12, 31)}),
    (FEBRUARY, {"headcount_own": 95, "ownership": "市属国企", "is_state_owned": True, "batch": "第一批"}),
    (date(2026, 12, 1), {"production_state": "停产"}),
    (MARCH, {"tags": ["dust", "ammonia"]}),
)
"""On days out of order, one of them to come; the last changes nothing."""
APART = {"id", "tenant_id", "enterprise_id", "credit_code", "registered_by", "created_at", "recorded_at"}


async def bulk(work: Work, rows: Sequence[Mapping[str, Any]], day: date = SINCE) -> registry.Written:
    """The rows of a ledger, at once."""
    said = Said(day, "import", "台账导入", work.identity.member_id, work.identity.person, work.now)
    known = await registry.meant(work, rows, day, await registry.villages_of_town(work))
    done = await registry.write(work, known, said)
    work.session.expire_all()
    return done


async def told(work: Work, enterprise_id: UUID) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """An enterprise and its dated facts as columns hold them, without what must differ."""
    row = await work.one(select(Enterprise).where(Enterprise.id == enterprise_id))
    facts = await work.all(select(EnterpriseFact).where(EnterpriseFact.enterprise_id == enterprise_id))
    return _columns(row), sorted(
        map(_columns, facts), key=lambda fact: (fact["field"], str(fact["valid_from"]), str(fact["value"]))
    )


def _columns(row: Any) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in row.__table__.columns if column.name not in APART}


async def test_many_at_once_leave_the_rows_that_one_by_one_leave(year: Year) -> None:
    """Registered and changed on days out of order, both ways: the same columns, versions and dated facts."""
    async with year.as_(Role.TOWN_OFFICE) as work:
        one = (await registry.register(work, WRITTEN, source="import", valid_from=SINCE)).id
        (other,) = (await bulk(work, [{**WRITTEN, "credit_code": OTHER_CODE}])).created.values()
        assert await told(work, one) == await told(work, other)
        for day, changes in CHANGES:
            await registry.change(work, one, changes, valid_from=day, source="import", note="台账导入", version=None)
            await bulk(work, [{"credit_code": OTHER_CODE, **changes}], day)
            await work.flush()
            work.session.expire_all()
            row, facts = await told(work, one)
            assert (row, facts) == await told(work, other)
        assert (row["headcount"], row["tags"], row["production_state"]) == (130, ["ammonia", "dust"], "正常")
        assert len(facts) > len(CHANGES)


async def test_a_row_without_a_code_is_found_by_its_name(year: Year) -> None:
    """Where the ledger has no column of codes the name alone tells; an empty code beside a known one is no name."""
    async with year.as_(Role.TOWN_OFFICE) as work:
        villages = await registry.villages_of_town(work)
        await bulk(work, [WRITTEN])
        rows = (
            {"name": WRITTEN["name"], "size": "中"},
            {**WRITTEN, "credit_code": None},
            {"name": WRITTEN["name"], "credit_code": OTHER_CODE},
        )
        found, without, another = await registry.meant(work, rows, SINCE, villages)
        assert (found.changed, without.wrong["credit_code"]) == (
            ["size"],
            f"台账里这家企业的信用代码是 {CODE}，请补填代码",
        )
        assert another.enterprise is None


async def test_whoever_has_no_code_yet_gets_one_by_its_name(year: Year) -> None:
    """A row with a code that nobody has means the one enterprise of that name without a code."""
    async with year.as_(Role.TOWN_OFFICE) as work:
        nameless = {**WRITTEN, "credit_code": None, "no_code_reason": "正在办理"}
        await bulk(work, [nameless])
        (row,) = await registry.meant(work, [WRITTEN], SINCE, await registry.villages_of_town(work))
        assert row.changed == ["credit_code", "no_code_reason"]
        await bulk(work, [{**nameless, "name": "同名厂"}, {**nameless, "name": "同名厂", "address": "另一处"}])
        (row,) = await registry.meant(
            work, [{**nameless, "name": "同名厂"}], SINCE, await registry.villages_of_town(work)
        )
        assert row.wrong == {"name": "台账里有几家企业都叫这个名称，请填写统一社会信用代码"}


async def test_a_code_that_somebody_was_quicker_to_register_is_told(year: Year) -> None:
    """Two ledgers with the same new enterprise: the second leaves nothing and says which row was overtaken."""
    async with year.as_(Role.TOWN_OFFICE) as work:
        villages = await registry.villages_of_town(work)
        known = await registry.meant(
            work, [WRITTEN, {**WRITTEN, "credit_code": OTHER_CODE, "name": "另一家"}], SINCE, villages
        )
        await bulk(work, [WRITTEN])
        said = Said(SINCE, "import", "", None, "某某", work.now)
        done = await registry.write(work, known, said)
        assert (list(done.created), done.overtaken) == ([1], [0])


async def test_a_new_enterprise_may_take_the_name_of_one_that_left(year: Year) -> None:
    """Without a code the name means the living; a row that says when it left means the one that left."""
    gone = {**WRITTEN, "credit_code": None, "no_code_reason": "从未办理", "left_on": FEBRUARY, "left_reason": "注销"}
    async with year.as_(Role.TOWN_OFFICE) as work:
        await bulk(work, [gone])
        rows = (gone, {**gone, "left_on": None, "left_reason": None})
        again, new = await registry.meant(work, rows, SINCE, await registry.villages_of_town(work))
        assert (again.is_new, list(again.changed), new.is_new) == (False, [], True)
