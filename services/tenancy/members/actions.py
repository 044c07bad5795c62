"""The office looks after its people: who joins, what they are, who leaves, and who has seen a number."""

from uuid import UUID

import msgspec
from sqlalchemy import Select, select

from services.kernel.keys import MasterKey
from services.kernel.refusals import BadInput, Stale
from services.kernel.work import Work
from services.tenancy.members import phones
from services.tenancy.members.accounts import account_named, acts_elsewhere, membership_of, tie, user_of
from services.tenancy.members.facts import MemberFacts, checked
from services.tenancy.members.models import Department, Member
from services.tenancy.members.refusals import AlreadyLeft, LastOffice, SeveralPlaces
from services.tenancy.roles import Role
from services.tenancy.signing_in.credentials import ActivationCode, issue_activation
from services.tenancy.signing_in.sessions import end_sessions_of
from services.tenancy.townships.models import Tenant

DOMAINS = {"township": "tenant", "district": "district", "platform": "platform"}


class Added(msgspec.Struct, frozen=True, kw_only=True):
    """A new member, and the code to hand over unless the person already signs in elsewhere."""

    member: Member
    activation: ActivationCode | None


async def add_member(work: Work, facts: MemberFacts, *, login: str, master: MasterKey) -> Added:
    """A person joins this tenant: member, account and membership in one transaction. Raises BadInput.

    Needs the identity login. An account that exists under the same name gets one more place to act in.
    """
    work.require("member:manage")
    return await join(work, facts, login=login, master=master)


async def join(work: Work, facts: MemberFacts, *, login: str, master: MasterKey) -> Added:
    """The same for whoever's right was checked already; raises BadInput."""
    facts, department = await checked(work, facts)
    await _check_domain(work, facts.role)
    await _check_phone(work, None, facts, master)
    user = await account_named(work, login, facts.name, facts.role)
    member = work.add(Member(**_columns(facts), joined_on=work.today, created_at=work.now))
    await phones.keep_phone(work, member, facts.phone or None, master=master)
    await work.flush()
    await tie(
        work,
        user,
        facts.role,
        member=member,
        enterprise_name=facts.enterprise_name,
        sectors=_sectors(facts.role, department),
    )
    work.record("member:added", member, role=facts.role, login=user.login)
    # An account that also acts elsewhere is opened by its own password, never by a code from here.
    mine = user.password_hash is None and not await acts_elsewhere(work, user)
    activation = issue_activation(work.session, user, now=work.now, by=work.identity.person) if mine else None
    return Added(member=member, activation=activation)


async def change_member(work: Work, member_id: UUID, facts: MemberFacts, *, version: int, master: MasterKey) -> Member:
    """What the office knows of a person changes, and with it what the person may do.

    Raises BadInput, Stale, AlreadyLeft and LastOffice.
    """
    work.require("member:manage")
    member = await _active(work, member_id)
    if member.version != version:
        raise Stale
    facts, department = await checked(work, facts)
    await _check_domain(work, facts.role)
    await _check_phone(work, member, facts, master)
    if Role(member.role) is Role.TOWN_OFFICE and facts.role is not Role.TOWN_OFFICE:
        await _check_office_stays(work, member)
    changed = sorted(name for name, value in _columns(facts).items() if getattr(member, name) != value)
    for name, value in _columns(facts).items():
        setattr(member, name, value)
    if facts.phone is not None:
        await phones.keep_phone(work, member, facts.phone or None, master=master)
    await work.flush()
    await _follow(work, member, facts, department)
    work.record("member:changed", member, changed=changed)
    return member


async def leave(work: Work, member_id: UUID) -> Member:
    """A person leaves today: membership and sessions end at once, the row stays for the record.

    Raises AlreadyLeft and LastOffice.
    """
    work.require("member:manage")
    return await depart(work, member_id)


async def depart(work: Work, member_id: UUID) -> Member:
    """The same for whoever's right was checked already; raises AlreadyLeft and LastOffice."""
    member = await _active(work, member_id)
    if Role(member.role) is Role.TOWN_OFFICE:
        await _check_office_stays(work, member)
    member.state, member.left_on = "left", work.today
    await work.flush()
    membership = await membership_of(work, member)
    membership.state, membership.ended_at = "ended", work.now
    await end_sessions_of(work.session, membership_id=membership.id)
    work.record("member:left", member)
    return member


async def reveal_phone(work: Work, member_id: UUID, *, master: MasterKey) -> str | None:
    """A number in full for somebody who needs it; that they saw it is recorded."""
    work.require("member:manage")
    member = await work.get(Member, member_id)
    number = await phones.phone_of(work, member, master=master)
    work.record("member:phone_revealed", member)
    return number


async def new_activation(work: Work, member_id: UUID) -> ActivationCode:
    """A new code for somebody who forgot the password; raises AlreadyLeft and SeveralPlaces."""
    work.require("member:manage")
    member = await _active(work, member_id)
    user = await user_of(work, member)
    if await acts_elsewhere(work, user):
        raise SeveralPlaces
    work.record("member:activation_issued", member)
    return issue_activation(work.session, user, now=work.now, by=work.identity.person)


def _columns(facts: MemberFacts) -> dict[str, object]:
    return {
        "name": facts.name,
        "role": facts.role.value,
        "post": facts.post or facts.role.label,
        "department_id": facts.department_id,
        "enterprise_id": facts.enterprise_id,
        "email": facts.email or None,
        "certificate_no": facts.certificate_no or None,
        "certificate_from": facts.certificate_from,
        "certificate_to": facts.certificate_to,
        "is_head": facts.is_head,
        "is_dedicated": facts.is_dedicated,
    }


def _sectors(role: Role, department: Department | None) -> list[str]:
    return list(department.sectors) if department and role is Role.SECTOR_DEPARTMENT else []


async def _active(work: Work, member_id: UUID) -> Member:
    # All of the office are locked first and in one order: two of them who send each other away wait, and neither holds the other up.
    if await work.first(select(Member.role).where(Member.id == member_id)) == Role.TOWN_OFFICE:
        await work.all(_office())
    member = await work.get(Member, member_id, lock=True)
    if member.state != "active":
        raise AlreadyLeft
    return member


async def _check_domain(work: Work, role: Role) -> None:
    kind = await work.one(select(Tenant.kind).where(Tenant.id == work.tenant_id))
    if DOMAINS[kind] != role.domain:
        raise BadInput(fields={"role": "本单位没有这个岗位，请另选一个"})


async def _check_phone(work: Work, member: Member | None, facts: MemberFacts, master: MasterKey) -> None:
    """A number that somebody else has is a slip more often than not: it is asked about once."""
    if not facts.phone or facts.same_phone:
        return
    index = await phones.index_of(work, facts.phone, master=master)
    if index is None or (member is not None and member.phone_index == index):
        return
    owners = select(Member).where(Member.phone_index == index, Member.state == "active", Member.name != facts.name)
    if member:
        owners = owners.where(Member.id != member.id)
    if owner := await work.first(owners):
        fields = {"phone": f"{owner.name}也登记了这个号码；请核对，确实相同就勾选“号码相同，仍然保存”"}
        raise BadInput(fields=fields)


async def _check_office_stays(work: Work, leaving: Member) -> None:
    if all(other == leaving.id for other in await work.all(_office())):
        raise LastOffice


def _office() -> Select[UUID]:
    working = select(Member.id).where(Member.role == Role.TOWN_OFFICE.value, Member.state == "active")
    return working.order_by(Member.id).with_for_update()


async def _follow(work: Work, member: Member, facts: MemberFacts, department: Department | None) -> None:
    """The membership says what the member's row says; the account keeps its name while it also acts elsewhere."""
    membership = await membership_of(work, member)
    membership.role, membership.department_id = facts.role.value, facts.department_id
    membership.enterprise_id, membership.enterprise_name = facts.enterprise_id, facts.enterprise_name
    membership.sectors = _sectors(facts.role, department)
    user = await user_of(work, member)
    if user.name != facts.name and not await acts_elsewhere(work, user):
        user.name = facts.name
    await work.flush()
