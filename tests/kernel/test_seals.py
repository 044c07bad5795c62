"""Nobody changes the trail unseen: not a column, not a row, not their order."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.kernel import clock
from services.kernel.bench import system
from services.kernel.database import Database, Scope
from services.kernel.merkle import canonical
from services.kernel.sealer import Sealer, lagging
from services.kernel.seals import COLUMNS, link
from services.kernel.table import Login
from services.kernel.trail import AuditEntry
from services.kernel.verifying import verify
from services.kernel.work import open_work

pytestmark = pytest.mark.anyio

TOWN, OTHER = UUID(int=1), UUID(int=2)
TODAY = datetime(2026, 3, 2, 4, tzinfo=UTC)


async def act(database: Database, tenant: UUID, number: int = 1, **detail: Any) -> None:
    """Somebody does something."""
    async with open_work(database, system(tenant), frozenset()) as work:
        for _ in range(number):
            work.record("hazard:closed_out", AuditEntry(id=clock.new_id()), **detail)


async def tamper(everything: AsyncEngine, statement: str, **values: Any) -> int:
    """The owner of the tables changes something."""
    async with everything.begin() as connection:
        return (await connection.execute(text(statement), values)).rowcount


async def words(database: Database) -> list[str]:
    """Everything that verification finds."""
    verdict = await verify(database, [TOWN, OTHER])
    return [found.words for found in (*verdict.findings, *(f for chain in verdict.chains for f in chain.findings))]


@pytest.fixture
async def sealed(database: Database) -> Sealer:
    """Two towns with seven and three sealed acts."""
    await act(database, TOWN, 7, hours=1.5, note="整改", who=None)
    await act(database, OTHER, 3)
    sealer = Sealer(database)
    await sealer.sweep([TOWN, OTHER])
    return sealer


async def test_an_untouched_trail_is_whole(database: Database, sealed: Sealer) -> None:
    """Sealing again changes nothing, further acts continue each town's own chain."""
    await act(database, TOWN, 2)
    await sealed.sweep([TOWN, OTHER])
    await sealed.sweep([TOWN, OTHER])
    verdict = await verify(database, [TOWN, OTHER])
    assert [(chain.sealed, chain.unsealed, chain.findings) for chain in verdict.chains] == [(9, 0, []), (3, 0, [])]
    assert verdict.is_whole


CHANGES = {
    "tenant_id": "'00000000-0000-0000-0000-000000000009'",
    "id": "gen_random_uuid()",
    "at": "at + interval '1 microsecond'",
    "act": "act || ' '",
    "about_kind": "upper(about_kind)",
    "about_id": "gen_random_uuid()",
    "enterprise_id": "gen_random_uuid()",
    "member_id": "gen_random_uuid()",
    "person": "'另一人'",
    "role": "'town_leader'",
    "refused": "NOT refused",
    "detail": "detail || '{\"hours\": 1.50}'",
}


@pytest.mark.parametrize("column", COLUMNS)
async def test_every_changed_column_is_found(
    database: Database, everything: AsyncEngine, sealed: Sealer, column: str
) -> None:
    """Whoever owns the tables can change any column of a sealed row, but not unseen."""
    row = "(SELECT id FROM audit_seal WHERE tenant_id = :town AND seq = 4)"
    statement = f"UPDATE audit_entry SET {column} = {CHANGES[column]} WHERE tenant_id = :town AND id = {row}"
    assert await tamper(everything, statement, town=TOWN) == 1
    assert not (await verify(database, [TOWN, OTHER])).is_whole


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            "DELETE FROM audit_entry WHERE id = (SELECT id FROM audit_seal WHERE tenant_id = :town AND seq = 3)",
            "已被删除",
        ),
        ("DELETE FROM audit_seal WHERE tenant_id = :town AND seq = 3", "第 3 条到第 3 条封存记录缺失"),
        ("UPDATE audit_seal SET seq = 11 WHERE tenant_id = :town AND seq = 7", "缺失"),
        ("UPDATE audit_seal SET previous = digest WHERE tenant_id = :town AND seq = 2", "链接断开"),
        ("UPDATE audit_seal SET digest = previous WHERE tenant_id = :town AND seq = 2", "被改动"),
        (
            "UPDATE audit_seal SET sealed_at = sealed_at - interval '1 day' WHERE tenant_id = :town AND seq = 5",
            "被改动",
        ),
        ("UPDATE audit_seal SET id = gen_random_uuid() WHERE tenant_id = :town AND seq = 5", "已被删除"),
    ],
)
async def test_every_broken_link_is_found(
    database: Database, everything: AsyncEngine, sealed: Sealer, change: str, said: str
) -> None:
    """Deleting an act, deleting its seal or turning a seal leaves a gap or a broken link."""
    assert await tamper(everything, change, town=TOWN) == 1
    assert any(said in found for found in await words(database))


async def test_two_acts_cannot_change_places(database: Database, everything: AsyncEngine, sealed: Sealer) -> None:
    """Exchanging two seals is found although each is whole in itself."""
    for one, two in ((2, 99), (5, 2), (99, 5)):
        await tamper(
            everything,
            "UPDATE audit_seal SET seq = :two WHERE tenant_id = :town AND seq = :one",
            town=TOWN,
            one=one,
            two=two,
        )
    assert await words(database)


CUT = (
    "DELETE FROM audit_entry e USING audit_seal s WHERE s.tenant_id = :town AND s.seq > :kept AND e.id = s.id",
    "DELETE FROM audit_seal WHERE tenant_id = :town AND seq > :kept",
)


async def test_a_cut_behind_the_last_root_is_said_to_be_unprovable(
    database: Database, everything: AsyncEngine, sealed: Sealer
) -> None:
    """What was anchored cannot be cut off unseen; what came after can, and the verdict says how much that would be."""
    await act(database, TOWN, 4)
    await sealed.sweep([TOWN, OTHER])
    whole = (await verify(database, [TOWN, OTHER])).chains[0]
    assert (whole.sealed, whole.anchored, whole.unprovable) == (11, 7, 4)
    for statement in CUT:
        await tamper(everything, statement, town=TOWN, kept=8)
    cut = (await verify(database, [TOWN, OTHER])).chains[0]
    assert (cut.findings, cut.unprovable) == ([], 1)
    for statement in CUT:
        await tamper(everything, statement, town=TOWN, kept=6)
    assert any("末尾被删除过" in found for found in await words(database))


async def test_a_whole_chain_that_was_written_anew_is_found(
    database: Database, everything: AsyncEngine, sealed: Sealer
) -> None:
    """Even with every link computed again, the day's root does not fit any more."""
    await tamper(everything, "UPDATE audit_entry SET person = '另一人' WHERE tenant_id = :town", town=TOWN)
    await tamper(everything, "DELETE FROM audit_seal WHERE tenant_id = :town", town=TOWN)
    await Sealer(database).seal(TOWN)
    assert any("整体改写" in found for found in await words(database))


async def test_a_root_can_be_held_against_paper(database: Database, everything: AsyncEngine, sealed: Sealer) -> None:
    """Whoever turns the roots as well is found by the root that was printed in the minutes."""
    (day, printed) = (await rows(everything, "SELECT day, encode(root, 'hex') FROM audit_root"))[0]
    assert (await verify(database, [TOWN], {day: printed.upper()})).is_whole
    assert not (await verify(database, [TOWN], {day: "00" * 32})).is_whole
    assert not (await verify(database, [TOWN], {day + timedelta(days=1): printed})).is_whole
    await tamper(everything, "UPDATE audit_root SET heads = heads - 0")
    assert any("锚定记录被改动过" in found for found in await words(database))


async def rows(everything: AsyncEngine, query: str) -> list[Any]:
    """The rows of a query, past row security."""
    async with everything.connect() as connection:
        return list((await connection.execute(text(query))).all())


async def test_each_day_is_anchored_once(database: Database, everything: AsyncEngine, sealed: Sealer) -> None:
    """One root a day, chained to the one before, with the heads of all towns that have acted."""
    yesterday = clock.legal_day(clock.now()) - timedelta(days=1)
    await sealed.anchor([TOWN, OTHER], yesterday)
    await act(database, TOWN)
    await sealed.sweep([TOWN, OTHER])
    await sealed.anchor([OTHER, TOWN], yesterday + timedelta(days=1))
    found = await rows(everything, "SELECT day, previous, root, heads FROM audit_root ORDER BY day")
    assert [row.day for row in found] == [yesterday, yesterday + timedelta(days=1)]
    assert found[1].previous == found[0].root
    assert [(head["tenant"], head["seq"]) for head in found[1].heads] == [(str(TOWN), 8), (str(OTHER), 3)]


async def test_two_sealers_make_one_chain(database: Database, everything: AsyncEngine) -> None:
    """Whoever comes second finds the work done or loses nothing by trying again."""
    import anyio

    await act(database, TOWN, 50)
    one, two = Sealer(database), Sealer(database)
    async with anyio.create_task_group() as both:
        both.start_soon(one.sweep, [TOWN])
        both.start_soon(two.sweep, [TOWN])
    await one.sweep([TOWN])
    assert await words(database) == []
    assert await rows(everything, "SELECT count(*), max(seq) FROM audit_seal") == [(50, 50)]


async def test_an_act_that_commits_late_is_sealed_too(database: Database) -> None:
    """A transaction that began before the last seal still finds its place, behind it."""
    sealer = Sealer(database)
    async with open_work(database, system(TOWN), frozenset()) as slow:
        slow.record("import:done", AuditEntry(id=clock.new_id()))
        await slow.flush()
        await act(database, TOWN)
        await sealer.sweep([TOWN])
    await sealer.sweep([TOWN])
    chain = (await verify(database, [TOWN])).chains[0]
    assert (chain.sealed, chain.unsealed) == (2, 0)


async def test_what_is_not_sealed_within_a_minute_is_red(database: Database, sealed: Sealer) -> None:
    """A chain that nobody has looked at for more than a minute is an alarm; up to a minute it is none."""
    async with database.session(Login.IDENTITY, Scope()) as session:
        at = (await session.execute(text("SELECT min(checked_at) FROM seal_state"))).scalar_one()
        both = {TOWN: at, OTHER: at}
        assert await lagging(session, at + timedelta(minutes=1), both) == 0
        assert await lagging(session, at + timedelta(minutes=1, seconds=1), both) == 2
        assert await lagging(session, at + timedelta(days=1), {TOWN: at}) == 1


async def test_a_trail_that_no_sealer_ever_looked_at_is_red_after_a_minute(database: Database) -> None:
    """On a fresh installation whose scheduler never ran, silence is no green; once it runs, it is."""
    await act(database, TOWN)
    begun = clock.now()
    async with database.session(Login.IDENTITY, Scope()) as session:
        assert await lagging(session, begun + timedelta(minutes=1), {TOWN: begun}) == 0
        assert await lagging(session, begun + timedelta(minutes=1, seconds=1), {TOWN: begun}) == 1
    await Sealer(database).sweep([TOWN])
    async with database.session(Login.IDENTITY, Scope()) as session:
        assert await lagging(session, clock.now(), {TOWN: begun - timedelta(days=1)}) == 0


@pytest.mark.parametrize(
    "login", [Login.TOWN, Login.ENTERPRISE, Login.DESK, Login.WORKER, Login.IDENTITY, Login.PLATFORM]
)
async def test_the_application_can_only_add_to_the_trail(database: Database, sealed: Sealer, login: Login) -> None:
    """No login of the application changes or deletes an act, a seal or a root."""
    for table in ("audit_entry", "audit_seal", "audit_root"):
        for statement in (
            f"DELETE FROM {table}",
            f"TRUNCATE {table}",
            f"UPDATE {table} SET {'day = day' if table == 'audit_root' else 'id = id'}",
        ):
            async with database.session(login, Scope(tenant_id=TOWN)) as session:
                with pytest.raises(Exception, match="permission denied"):
                    await session.execute(text(statement))


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc键", max_size=3), inner, max_size=3),
    max_leaves=6,
)


WORDS = st.text(st.characters(exclude_categories=["Cs"]))
INSTANTS = st.datetimes(timezones=st.just(UTC) | st.just(clock.SHANGHAI), allow_imaginary=False)


@given(
    words=st.lists(WORDS, min_size=4, max_size=4),
    at=INSTANTS,
    ids=st.lists(st.none() | st.uuids(), min_size=3, max_size=3),
)
def test_the_seal_covers_the_canonical_words_of_the_row(words: list[str], at: datetime, ids: list[UUID | None]) -> None:
    """Sealing takes a shorter way to the same bytes as the canonical form, whatever stands in the row."""
    row = dict(
        zip(COLUMNS, [TOWN, OTHER, at, *words[:2], TOWN, *ids[:2], *words[2:], True, json.dumps(words)], strict=True)
    )
    place = {"seq": 7, "previous": bytes(32), "sealed_at": at}
    assert link(row, **place) == canonical({**place, "previous": bytes(32).hex(), "entry": row})


@given(detail=st.dictionaries(st.text("abc键", max_size=3), VALUES, max_size=4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_was_recorded_can_be_sealed(database: Database, detail: dict[str, Any]) -> None:
    """No detail of an act, however odd, stops a town's chain."""
    async with database.session(Login.WORKER, Scope(tenant_id=TOWN)) as session:
        session.add(
            AuditEntry(
                tenant_id=TOWN,
                at=TODAY,
                act="a",
                about_kind="b",
                about_id=TOWN,
                person="c",
                role="d",
                refused=False,
                detail=json.loads(json.dumps(detail)),
            )
        )
        await session.commit()
    await Sealer(database).sweep([TOWN])
    assert (await verify(database, [TOWN])).is_whole
