"""The master key is replaced while the town works, and whatever cuts that off, everything sealed still opens."""

import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from services.commands.doctor import _keys_told
from services.kernel import clock, keys
from services.kernel.database import Scope
from services.kernel.keys import CannotReplace, MasterKey, WrongKey, master_key
from services.kernel.settings import Settings
from services.kernel.table import Login
from services.kernel.trail import AuditEntry
from services.tenancy import members, tenant_keys
from services.tenancy.members.models import Member
from services.tenancy.operators import operator_work
from services.tenancy.roles import Role
from services.tenancy.tenant_keys import keys_of
from services.tenancy.townships.models import PLATFORM_TENANT, Tenant
from tests.conftest import OneConnection
from tests.factories import Town
from tests.tenancy.doors import at_step_start, code_at, master_of, move, set_up, sign_in, strict, town_of
from tests.web import browser, running

pytestmark = pytest.mark.anyio
PHONE = "13812345678"
STEPS = 5


class PowerCutError(Exception):
    """The power is cut."""


def quiet(_words: str) -> None:
    """Nobody listens."""


def killed_after(step: int) -> Callable[[str], None]:
    """The power is cut when that step has been done, counted from one."""
    said: list[str] = []

    def say(words: str) -> None:
        said.append(words)
        if len(said) == step:
            raise PowerCutError

    return say


def lying(settings: Settings) -> list[str]:
    """The key files in the installation, without the lock and the database's secret."""
    return sorted(path.name for path in (settings.home / "keys").glob("master*"))


async def town_with_a_phone(settings: Settings, sessions: OneConnection) -> Town:
    """A town whose leader's number is sealed; the platform has keys, too, and so has a place that was suspended."""
    town, closed = await town_of(sessions), await town_of(sessions, "停用示例镇")
    for place in (town, closed):
        await seal_phone(settings, sessions, place)
    async with operator_work(sessions) as work:
        await keys_of(work.session, PLATFORM_TENANT, master=master_of(settings), make_at=work.now)
    async with sessions.session(None, Scope()) as session:
        (await session.get_one(Tenant, closed.id)).state = "suspended"
        await session.commit()
    return town


async def seal_phone(settings: Settings, sessions: OneConnection, town: Town, master: MasterKey | None = None) -> None:
    """The leader's number is sealed."""
    async with operator_work(sessions, tenant_id=town.id) as work:
        member = await work.get(Member, town[Role.TOWN_LEADER].member_id)
        await members.keep_phone(work, member, PHONE, master=master or master_of(settings))


async def phone_of(
    settings: Settings, sessions: OneConnection, town: Town, master: MasterKey | None = None
) -> str | None:
    """The leader's number, opened with the key that a request would find now."""
    async with operator_work(sessions, tenant_id=town.id) as work:
        member = await work.get(Member, town[Role.TOWN_LEADER].member_id)
        return await members.phone_of(work, member, master=master or master_of(settings))


async def told(sessions: OneConnection) -> list[dict[str, object]]:
    """What the platform's trail says of replaced keys."""
    async with sessions.session(Login.PLATFORM, Scope(tenant_id=PLATFORM_TENANT)) as session:
        query = select(AuditEntry.detail).where(AuditEntry.act == "master_key:rotated").order_by(AuditEntry.at)
        return list(await session.scalars(query))


async def test_phones_and_second_factors_open_before_and_after(
    settings: Settings, sessions: OneConnection, clock_file: Path
) -> None:
    """A sealed number is read and a code is accepted on both sides of the change, without a restart."""
    offset = at_step_start(clock_file)
    town = await town_with_a_phone(settings, sessions)
    office, old = town[Role.TOWN_OFFICE], master_of(settings)
    async with running(strict(settings), sessions) as app:
        async with browser(app) as door:
            await sign_in(door, office.person)
            secret, _ = await set_up(door)
        said: list[str] = []
        await tenant_keys.rotate(sessions, old, said.append)
        assert len(said) == STEPS
        assert await phone_of(settings, sessions, town) == PHONE
        move(clock_file, offset + 60)
        async with browser(app) as door:
            await sign_in(door, office.person)
            await door.post("/sign-in/code", {"code": code_at(secret)})
            assert (await door.get("/profile")).status_code == 200
    new = master_of(settings)
    assert await tenant_keys.stored(sessions) == {new.fingerprint: 3}
    entry = {"old": old.fingerprint.hex(), "new": new.fingerprint.hex(), "keys": 3, "tenants": 3}
    assert await told(sessions) == [entry]


async def test_the_old_key_is_kept_under_its_date_and_the_new_one_is_as_private(
    settings: Settings, sessions: OneConnection
) -> None:
    """Until the operator deletes it the old key lies beside the new one; without it nothing is lost."""
    town, old = await town_with_a_phone(settings, sessions), master_of(settings)
    await tenant_keys.rotate(sessions, old, quiet)
    file = settings.home / "keys" / "master"
    (kept,) = keys.earlier(file)
    assert keys.master_key(file.parent, kept) == old
    assert stat.S_IMODE(file.stat().st_mode) == stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert kept.name.startswith(f"master.{clock.legal_day(clock.now()):%Y%m%d}-")
    kept.unlink()
    assert await phone_of(settings, sessions, town) == PHONE


async def test_a_key_file_for_a_group_stays_readable_for_it(settings: Settings, sessions: OneConnection) -> None:
    """A service that reads a configured key as member of a group goes on reading it."""
    given = settings.home / "given"
    master_key(settings.home)
    (settings.home / "keys" / "master").rename(given)
    given.chmod(0o640)
    configured = replace(settings, master_key_file=given)
    town = await town_with_a_phone(configured, sessions)
    await tenant_keys.rotate(sessions, master_of(configured), quiet)
    assert stat.S_IMODE(given.stat().st_mode) == 0o640
    assert await phone_of(configured, sessions, town) == PHONE


@pytest.mark.parametrize("step", range(1, STEPS + 1))
async def test_whatever_cuts_it_off_everything_opens_and_it_goes_on(
    settings: Settings, sessions: OneConnection, step: int
) -> None:
    """After each step: the next request reads the number, also one that holds the key of before; then it is brought to its end once."""
    town, old = await town_with_a_phone(settings, sessions), master_of(settings)
    with pytest.raises(PowerCutError):
        await tenant_keys.rotate(sessions, old, killed_after(step))
    assert await phone_of(settings, sessions, town) == PHONE
    assert await phone_of(settings, sessions, town, old) == PHONE
    if step < STEPS:
        await tenant_keys.rotate(sessions, master_of(settings), quiet)
    new = master_of(settings)
    assert new != old
    assert await tenant_keys.stored(sessions) == {new.fingerprint: 3}
    assert await phone_of(settings, sessions, town) == PHONE
    assert [entry["new"] for entry in await told(sessions)] == [new.fingerprint.hex()]
    assert len(lying(settings)) == 2


async def test_a_kill_within_the_transaction_changes_nothing(
    settings: Settings, sessions: OneConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All keys go over together or none does."""
    town, old = await town_with_a_phone(settings, sessions), master_of(settings)
    rewrap, done = keys.rewrap, []

    def cut(*given: object, **more: object) -> bytes:
        done.append(given)
        if len(done) == 2:
            raise PowerCutError
        return rewrap(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(keys, "rewrap", cut)
    with pytest.raises(PowerCutError):
        await tenant_keys.rotate(sessions, old, quiet)
    assert await tenant_keys.stored(sessions) == {old.fingerprint: 3}
    assert await told(sessions) == []
    assert await phone_of(settings, sessions, town) == PHONE


@pytest.mark.parametrize(("step", "goes_on"), [(1, False), (2, False), (3, True), (4, True)])
async def test_a_start_finishes_what_the_database_has_begun_and_nothing_else(
    settings: Settings, sessions: OneConnection, step: int, goes_on: bool
) -> None:
    """Once the rows have gone over the next start or the doctor ends it; before, it is the operator who decides."""
    await town_with_a_phone(settings, sessions)
    old = master_of(settings)
    with pytest.raises(PowerCutError):
        await tenant_keys.rotate(sessions, old, killed_after(step))
    await tenant_keys.finish(sessions, master_of(settings), quiet)
    assert (master_of(settings) != old) is goes_on
    finding = _keys_told(master_of(settings), await tenant_keys.stored(sessions), [])
    assert finding.fine is (step != 2)
    assert ("没有做完" in finding.words) is (step == 2)
    assert ("可以删除" in finding.words) is goes_on


async def test_keys_made_meanwhile_under_the_old_key_open_and_come_over(
    settings: Settings, sessions: OneConnection
) -> None:
    """A request that had read the old key just before seals a town's first number just after."""
    await town_with_a_phone(settings, sessions)
    old = master_of(settings)
    late = await town_of(sessions, "迟到示例镇")
    await tenant_keys.rotate(sessions, old, quiet)
    await seal_phone(settings, sessions, late, old)
    assert await phone_of(settings, sessions, late) == PHONE
    new = master_of(settings)
    assert await tenant_keys.stored(sessions) == {new.fingerprint: 3, old.fingerprint: 1}
    await tenant_keys.finish(sessions, new, quiet)
    assert await tenant_keys.stored(sessions) == {new.fingerprint: 4}
    for kept in keys.earlier(settings.home / "keys" / "master"):
        kept.unlink()
    assert await phone_of(settings, sessions, late) == PHONE


async def test_a_key_that_does_not_open_what_is_stored_is_not_replaced(
    settings: Settings, sessions: OneConnection
) -> None:
    """Whoever lost the right file is told so, and nothing is changed: no file, no row, no entry."""
    await town_with_a_phone(settings, sessions)
    (settings.home / "keys" / "master").rename(settings.home / "elsewhere")
    wrong, before = master_of(settings), await tenant_keys.stored(sessions)
    with pytest.raises(WrongKey, match="原来的主密钥"):
        await tenant_keys.rotate(sessions, wrong, quiet)
    assert lying(settings) == ["master"]
    assert (master_of(settings), await tenant_keys.stored(sessions)) == (wrong, before)
    assert await told(sessions) == []
    finding = _keys_told(wrong, before, [])
    assert not finding.fine
    assert "打不开" in finding.words


async def test_two_operators_do_not_replace_it_at_once(settings: Settings, sessions: OneConnection) -> None:
    """The second is asked to wait; afterwards the way is free."""
    await town_with_a_phone(settings, sessions)
    master = master_of(settings)
    assert master.file
    with keys.alone(master.file), pytest.raises(CannotReplace, match="另一个命令"):
        await tenant_keys.rotate(sessions, master, quiet)
    await tenant_keys.rotate(sessions, master, quiet)
    assert master_of(settings) != master


async def test_an_installation_without_any_key_stored_can_replace_it_too(
    settings: Settings, sessions: OneConnection
) -> None:
    """The trail says that nothing had to go over; a second change keeps both old files."""
    for _ in range(2):
        await tenant_keys.rotate(sessions, master_of(settings), quiet)
    assert [entry["keys"] for entry in await told(sessions)] == [0, 0]


def test_a_stranger_beside_the_key_opens_nothing(tmp_path: Path) -> None:
    """A file that others can write to is no key of ours, whatever its name."""
    town = UUID(int=5)
    here, there = master_key(tmp_path / "here"), master_key(tmp_path / "there")
    wrapped = keys.wrap(there, keys.TenantKeys.new(), tenant=town)
    assert here.file
    assert there.file
    beside = here.file.with_name("master.next")
    beside.write_bytes(there.file.read_bytes())
    beside.chmod(0o666)
    with pytest.raises(WrongKey):
        keys.unwrap(here, wrapped, tenant=town)
    beside.chmod(0o600)
    assert keys.unwrap(here, wrapped, tenant=town)
