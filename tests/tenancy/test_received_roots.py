"""A district receives its towns' daily roots, keeps what it has, and shows what is missing or differs."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from services.kernel import clock
from services.kernel.bench import system
from services.kernel.database import Scope
from services.kernel.jobs import REGISTRY
from services.kernel.refusals import Forbidden
from services.kernel.schedules import SCHEDULES
from services.kernel.sealer import Sealer
from services.kernel.settings import Settings
from services.kernel.table import Login
from services.kernel.trail import AuditEntry, AuditRoot
from services.kernel.verifying import Verdict, verify
from services.kernel.work import open_work
from services.regulation.lights import Colour
from services.tenancy.received_roots import ReceivedRoot, TownRoots, held_by_districts, received
from services.tenancy.received_roots.jobs import receive_roots
from services.tenancy.received_roots.queries import ON_ITS_WAY, expected
from services.tenancy.signing_in.person import Person
from services.tenancy.townships.models import Tenant
from tests.conftest import OneConnection
from tests.factories import a_district, a_town, an_overseer
from tests.web import browser, running, words_of

pytestmark = pytest.mark.anyio
YESTERDAY = expected(clock.now())


class District:
    """A district with two towns and an overseer, and another district with one town."""

    def __init__(self, sessions: OneConnection, district: UUID, towns: tuple[UUID, ...], overseer: Person) -> None:
        self.sessions, self.id, self.towns, self.overseer = sessions, district, towns, overseer
        self.everyone = [*towns, district]

    async def act(self, town: UUID, number: int = 1) -> None:
        """Somebody in a town does something, and it is sealed."""
        async with open_work(self.sessions, system(town), frozenset()) as work:
            for _ in range(number):
                work.record("hazard:closed_out", AuditEntry(id=clock.new_id()))
        await Sealer(self.sessions).seal(town)

    async def day_ends(self, day: date) -> None:
        """The root of a day is made."""
        await Sealer(self.sessions).anchor(self.everyone, day)

    async def receive(self, district: UUID | None = None) -> None:
        """The job comes round."""
        job = REGISTRY[receive_roots.name]
        async with open_work(self.sessions, system(district or self.id), job.rights) as work:
            await job.function(work)

    async def rows(self, query: Any) -> Sequence[Any]:
        """Rows past row security."""
        async with self.sessions.session(None, Scope()) as session:
            return (await session.execute(query)).all()

    async def tamper(self, statement: str, **values: Any) -> None:
        """The owner of the tables changes something."""
        async with self.sessions.session(None, Scope()) as session:
            await session.execute(text(statement), values)
            await session.commit()

    async def seen(self) -> dict[UUID, TownRoots]:
        """What the overseer is shown."""
        identity = self.overseer.acting_on(Login.DESK)
        async with open_work(self.sessions, identity, self.overseer.rights) as work:
            return {town.id: town for town in await received(work)}

    async def verified(self) -> Verdict:
        """`anzhen audit verify`."""
        return await verify(self.sessions, self.everyone, None, await held_by_districts(self.sessions))


@pytest.fixture
async def district(sessions: OneConnection) -> District:
    """Each town has three sealed acts, and two days have ended."""
    async with sessions.session(None, Scope()) as session:
        one = await a_district(session)
        towns = [await a_town(session, name, district_id=one) for name in ("甲示例镇", "乙示例镇")]
        ids = tuple(town.id for town in towns)
        overseer = await an_overseer(session, one, ids)
        await session.commit()
    made = District(sessions, one, ids, overseer)
    for town in ids:
        await made.act(town, 3)
    await made.day_ends(YESTERDAY - timedelta(days=1))
    await made.act(ids[0], 2)
    await made.day_ends(YESTERDAY)
    return made


async def count(district: District) -> list[tuple[str, int]]:
    """The district's own trail."""
    query = select(AuditEntry.act, func.count()).where(AuditEntry.tenant_id == district.id).group_by(AuditEntry.act)
    return sorted(map(tuple, await district.rows(query)))


async def test_every_town_and_day_arrives_once(district: District) -> None:
    """Two towns, two days: four rows with the towns' own heads, one act a day; coming round again adds nothing."""
    for _ in range(3):
        await district.receive()
    query = select(ReceivedRoot.town_id, ReceivedRoot.day, ReceivedRoot.seq, ReceivedRoot.is_conflict)
    first, second = district.towns
    before = YESTERDAY - timedelta(days=1)
    expected_rows = {(first, before, 3, False), (second, before, 3, False)}
    expected_rows |= {(first, YESTERDAY, 5, False), (second, YESTERDAY, 3, False)}
    assert set(map(tuple, await district.rows(query))) == expected_rows
    assert await count(district) == [("root:received", 2)]
    roots = {root for (root,) in await district.rows(select(AuditRoot.root))}
    assert {root for (root,) in await district.rows(select(ReceivedRoot.root))} == roots


async def test_it_comes_round_for_districts_by_itself() -> None:
    """Every hour, and for no other kind of place."""
    (schedule,) = [found for found in SCHEDULES if found.job.name == receive_roots.name]
    assert (schedule.every, schedule.kinds) == (timedelta(hours=1), {"district"})


async def test_a_district_receives_nothing_of_anothers_towns(district: District, sessions: OneConnection) -> None:
    """Each keeps its own towns, and the other's overseer sees none of it."""
    async with sessions.session(None, Scope()) as session:
        other = await a_district(session, "示例区")
        town = await a_town(session, "外区示例镇", district_id=other)
        overseer = await an_overseer(session, other, (town.id,))
        await session.commit()
    await district.receive()
    await district.receive(other)
    assert {row.tenant_id for row in await district.rows(select(ReceivedRoot.tenant_id))} == {district.id}
    async with open_work(sessions, overseer.acting_on(Login.DESK), overseer.rights) as work:
        assert [(found.id, found.last) for found in await received(work)] == [(town.id, None)]


async def test_a_root_that_arrives_differently_is_kept_beside_the_first(district: District) -> None:
    """The first stays as it was; the other is a conflict, red, told once in the trail, however often it arrives."""
    await district.receive()
    first = await district.rows(select(ReceivedRoot.id, ReceivedRoot.root, ReceivedRoot.head))
    await district.tamper("UPDATE audit_root SET root = :other WHERE day = :day", other=bytes(32), day=YESTERDAY)
    for _ in range(2):
        await district.receive()
    kept = await district.rows(
        select(ReceivedRoot.id, ReceivedRoot.root, ReceivedRoot.head).where(~ReceivedRoot.is_conflict)
    )
    assert sorted(kept) == sorted(first)
    assert await count(district) == [("root:conflict", 2), ("root:received", 2)]
    seen = await district.seen()
    for town in district.towns:
        (conflict,) = seen[town].conflicts
        assert (conflict.other.root, conflict.first.day) == (bytes(32), YESTERDAY)
        assert conflict.first.root != bytes(32)
        assert seen[town].light.colour is Colour.RED


@pytest.mark.parametrize("login", [Login.DESK, Login.WORKER, Login.DISTRICT, Login.TOWN, Login.PLATFORM])
@pytest.mark.parametrize("statement", ["UPDATE received_root SET day = day", "DELETE FROM received_root"])
async def test_what_was_received_is_never_changed(
    district: District, sessions: OneConnection, login: Login, statement: str
) -> None:
    """No login of the application can take back what arrived."""
    await district.receive()
    async with sessions.session(login, Scope(tenant_id=district.id)) as session:
        with pytest.raises(Exception, match="permission denied"):
            await session.execute(text(statement))


async def test_missing_days_are_named(district: District) -> None:
    """A gap is amber and named, two days of silence are red, and a closed town owes nothing."""
    await district.receive()
    first, second = district.towns
    assert [(town.missing, town.light.colour) for town in (await district.seen()).values()] == [([], Colour.GREEN)] * 2
    before = YESTERDAY - timedelta(days=1)
    move = "UPDATE received_root SET day = day - 5 WHERE town_id = :town AND day = :day"
    await district.tamper(move, town=first, day=before)
    await district.tamper(move, town=second, day=YESTERDAY)
    seen = await district.seen()
    gap = [YESTERDAY - timedelta(days=days) for days in range(5, 0, -1)]
    assert (seen[first].missing, seen[first].light.colour) == (gap, Colour.AMBER)
    late = [YESTERDAY - timedelta(days=days) for days in (4, 3, 2, 0)]
    assert (seen[second].missing, seen[second].light.words) == (late, f"缺 {len(late)} 天")
    await district.tamper("DELETE FROM received_root WHERE town_id = :town AND day = :day", town=second, day=before)
    assert (await district.seen())[second].light.colour is Colour.RED
    async with district.sessions.session(None, Scope()) as session:
        (await session.get_one(Tenant, second)).state = "suspended"
        await session.commit()
    closed = (await district.seen())[second]
    assert (closed.missing, closed.light.words) == ((), "已停用，不再报送")


def test_a_root_may_be_on_its_way_for_two_hours_after_midnight() -> None:
    """At ten to two nobody is blamed for yesterday, at two it must be there."""
    midnight = clock.now().astimezone(clock.SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    today = midnight.date()
    assert expected(midnight + ON_ITS_WAY - timedelta(minutes=10)) == today - timedelta(days=2)
    assert expected(midnight + ON_ITS_WAY) == today - timedelta(days=1)


async def test_verification_holds_the_chain_against_what_the_district_has(district: District) -> None:
    """Whoever rewrites a town's trail, its seals and every root is found by what the district received, and by nothing else."""
    await district.receive()
    whole = await district.verified()
    assert (whole.is_whole, whole.held) == (True, 4)
    town = district.towns[0]
    await district.tamper("UPDATE audit_entry SET person = '另一人' WHERE tenant_id = :town", town=town)
    await district.tamper("DELETE FROM audit_seal WHERE tenant_id = :town", town=town)
    await district.tamper("DELETE FROM audit_root")
    while await Sealer(district.sessions).seal(town):
        pass
    await district.day_ends(YESTERDAY)
    assert (await verify(district.sessions, district.everyone)).is_whole
    verdict = await district.verified()
    assert any("根值与涪陵区收到的不一致" in found.words for found in verdict.findings)
    chains = {chain.tenant: chain for chain in verdict.chains}
    assert any("涪陵区" in found.words and "整体改写" in found.words for found in chains[town].findings)
    assert chains[district.towns[1]].findings == []


async def test_a_cut_trail_is_found_by_what_the_district_has(district: District) -> None:
    """Cutting off the end together with the roots above it is found, too."""
    await district.receive()
    town = district.towns[0]
    await district.tamper(
        "DELETE FROM audit_entry e USING audit_seal s WHERE s.tenant_id = :town AND s.seq > 3 AND e.id = s.id",
        town=town,
    )
    await district.tamper("DELETE FROM audit_seal WHERE tenant_id = :town AND seq > 3", town=town)
    await district.tamper("DELETE FROM audit_root WHERE day = :day", day=YESTERDAY)
    assert (await verify(district.sessions, district.everyone)).is_whole
    chains = {chain.tenant: chain for chain in (await district.verified()).chains}
    assert any("涪陵区" in found.words and "末尾被删除过" in found.words for found in chains[town].findings)


async def test_the_overseer_reads_the_page_and_the_api(
    settings: Settings, sessions: OneConnection, district: District
) -> None:
    """Towns by last root, the conflict with both values; before anything arrived the page says so."""
    async with running(settings, sessions) as app, browser(app, district.overseer) as desk:
        assert words_of(await desk.get("/towns/roots")).count("还没有收到过") == 2
        await district.receive()
        calm = words_of(await desk.get("/towns/roots"))
        assert "前后一致" in calm
        assert "按日收到" in calm
        await district.tamper("UPDATE audit_root SET root = :other WHERE day = :day", other=bytes(32), day=YESTERDAY)
        await district.receive()
        shown = words_of(await desk.get("/towns/roots"))
        assert "有 2 处前后收到的日根不一致" in shown
        assert "0000000000000000…" in shown
        (told, _) = (await desk.send("GET", "/api/v1/audit/received")).json()
        assert (told["light"], told["conflicts"][0][1]["root"]) == ("red", "00" * 32)
        assert "审计日根" in words_of(await desk.get("/towns"))


async def test_receiving_needs_its_right(district: District) -> None:
    """No Work without the job's right writes into the district's books."""
    identity = system(district.id)
    with pytest.raises(Forbidden, match="没有办理这件事的权限"):
        async with open_work(district.sessions, identity, frozenset()) as work:
            await receive_roots(work)
