"""Telephone numbers: sealed to their row, found again by a blind index, shown masked."""

from uuid import UUID

from services.kernel.keys import MasterKey, TenantKeys, blind_index, normalise_phone, open_field, seal_field
from services.kernel.work import Work
from services.tenancy.members.models import Member
from services.tenancy.tenant_keys import keys_of

MOBILE_DIGITS = 11


def masked(number: str | None) -> str | None:
    """A number of which the ends are shown, 138****5678; None for none."""
    if not number:
        return None
    return f"{number[:3]}****{number[-4:]}" if len(number) >= MOBILE_DIGITS else f"****{number[-4:]}"


async def keep_phone(work: Work, member: Member, number: str | None, *, master: MasterKey) -> None:
    """Seal a normalised number into a member's row; None takes it out. Needs the identity login."""
    if number is None:
        member.phone = member.phone_index = None
        return
    keys = await keys_of(work.session, work.tenant_id, master=master, make_at=work.now)
    assert keys is not None
    member.phone = seal_field(keys, number, tenant=work.tenant_id, table="member", column="phone", row=member.id)
    member.phone_index = blind_index(keys, number)


async def phone_of(work: Work, member: Member, *, master: MasterKey) -> str | None:
    """A member's number in full, for those who send to it; showing it to a person is `reveal_phone`."""
    return (await phones_of(work, [member], master=master)).get(member.id)


async def phones_of(work: Work, members: list[Member], *, master: MasterKey) -> dict[UUID, str]:
    """The numbers of those members who have one."""
    if not any(member.phone for member in members):
        return {}
    keys = await keys_of(work.session, work.tenant_id, master=master)
    return {member.id: _opened(keys, member) for member in members if member.phone and keys}


async def index_of(work: Work, typed: str, *, master: MasterKey) -> bytes | None:
    """What to look a number up by; None where the tenant has sealed nothing yet. Raises BadInput for no number."""
    number = normalise_phone(typed)
    keys = await keys_of(work.session, work.tenant_id, master=master)
    return blind_index(keys, number) if keys else None


def _opened(keys: TenantKeys, member: Member) -> str:
    assert member.phone is not None
    return open_field(keys, member.phone, tenant=member.tenant_id, table="member", column="phone", row=member.id)
