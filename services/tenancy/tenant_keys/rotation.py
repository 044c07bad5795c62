"""The master key is replaced: every tenant's keys are wrapped anew in one transaction, and a kill at any step loses nothing.

While it is open, keys are opened by whichever file beside the master key fits them; so old and new rows open throughout.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from services.kernel import keys
from services.kernel.clock import now
from services.kernel.database import Sessions, beneath
from services.kernel.keys import MasterKey
from services.kernel.trail import AuditEntry
from services.kernel.work import Work
from services.tenancy.operators import operator_work
from services.tenancy.tenant_keys.models import TenantKeyRow
from services.tenancy.townships.models import PLATFORM_TENANT, Tenant

Say = Callable[[str], None]

ACT = "master_key:rotated"
ROWS = TenantKeyRow.__table__.c


async def rotate(sessions: Sessions, master: MasterKey, say: Say) -> None:
    """A new master key takes over; asking again after it was cut off goes on where it was.

    Raises WrongKey where what is stored does not open, before anything is changed; CannotReplace and KeyExposed.
    """
    assert master.file
    with keys.alone(master.file):
        # Whoever was here before us may have replaced the key since it was read.
        present = keys.master_key(master.file.parent, master.file)
        tenants, held = await _open_all(sessions, present)
        say(f"现在的主密钥打得开全部 {held} 把数据密钥（{tenants} 个单位）")
        follower = keys.make_following(master.file)
        say(f"新主密钥已写在 {follower.file}")
        moved = await _wrap_all(sessions, present, follower)
        say(f"{moved} 把数据密钥已改由新主密钥保管，并写入平台审计记录")
        kept = keys.keep_old(master.file, now())
        say(f"旧主密钥另存为 {kept}")
        keys.enable(master.file)
        say(f"新主密钥已启用：{master.file}")
        await _take_over_late_ones(sessions, master, say)


async def finish(sessions: Sessions, master: MasterKey, say: Say) -> None:
    """A replacement that was cut off after the database had gone over is brought to its end; else nothing happens.

    Raises what `rotate` raises.
    """
    assert master.file
    follower, found = keys.following(master.file), await stored(sessions)
    if follower and follower.fingerprint in found:
        say("上次更换主密钥没有做完，现在继续")
        await rotate(sessions, master, say)
    elif not follower and found.keys() - {master.fingerprint}:
        with keys.alone(master.file):
            await _take_over_late_ones(sessions, master, say)


async def stored(sessions: Sessions) -> Mapping[bytes, int]:
    """How many tenant keys are stored under each master key, by its fingerprint."""
    async with operator_work(sessions) as work:
        return Counter([keys.wrapped_by(row.wrapped) async for row in _rows(work)])


async def _take_over_late_ones(sessions: Sessions, master: MasterKey, say: Say) -> None:
    """Keys that a request made under the old master key while it was replaced come under the new one."""
    assert master.file
    present = keys.master_key(master.file.parent, master.file)
    if late := await _wrap_all(sessions, present, present):
        say(f"更换期间新建的 {late} 把数据密钥也已改由新主密钥保管")


async def _open_all(sessions: Sessions, master: MasterKey) -> tuple[int, int]:
    """How many tenants have keys, and how many keys there are; raises WrongKey or SealBroken for the first that does not open."""
    seen: list[UUID] = []
    async with operator_work(sessions) as work:
        async for row in _rows(work):
            keys.unwrap(master, row.wrapped, tenant=row.tenant_id)
            seen.append(row.tenant_id)
    return len(set(seen)), len(seen)


async def _wrap_all(sessions: Sessions, present: MasterKey, follower: MasterKey) -> int:
    """In one transaction: every key under `follower`, and the audit row of the platform; tells how many were wrapped anew."""
    moved: list[UUID] = []
    async with operator_work(sessions) as work:
        async for row in _rows(work, lock=True):
            if keys.wrapped_by(row.wrapped) != follower.fingerprint:
                wrapped = keys.rewrap(present, follower, row.wrapped, tenant=row.tenant_id)
                here = update(TenantKeyRow.__table__).where(ROWS.tenant_id == row.tenant_id, ROWS.id == row.id)  # type: ignore[arg-type]
                await work.session.execute(here.values(wrapped=wrapped))
                moved.append(row.tenant_id)
        new = follower.fingerprint.hex()
        recorded = select(AuditEntry.id).where(AuditEntry.act == ACT, AuditEntry.detail["new"].astext == new)
        if moved or await work.first(recorded) is None:
            platform = await work.get(Tenant, PLATFORM_TENANT)
            work.record(ACT, platform, new=new, old=present.fingerprint.hex(), keys=len(moved), tenants=len(set(moved)))
    return len(moved)


async def _rows(work: Work, *, lock: bool = False) -> AsyncIterator[Any]:
    """Every tenant's wrapped keys, suspended places too; the transaction steps from one tenant to the next and back."""
    tenants = await work.all(select(Tenant.id).order_by(Tenant.id))
    for tenant in tenants:
        await _step_into(work, tenant)
        query = select(ROWS.tenant_id, ROWS.id, ROWS.wrapped).where(ROWS.tenant_id == tenant).order_by(ROWS.version)
        for row in await work.rows(query.with_for_update() if lock else query):
            yield row
    await _step_into(work, PLATFORM_TENANT)


async def _step_into(work: Work, tenant: UUID) -> None:
    await (await beneath(work.session)).execute(f"SET LOCAL app.tenant_id = '{tenant}'")
