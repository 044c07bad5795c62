"""The office, or the head of an enterprise for its safety officers, invites people and takes invitations back."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete

from services.kernel.jobs import Job
from services.kernel.keys import MasterKey, normalise_phone, seal_field
from services.kernel.refusals import BadInput, NotFound
from services.kernel.work import Work
from services.tenancy.invitations.models import Invitation, InvitationKey
from services.tenancy.invitations.refusals import InvitationEnded, NotYours
from services.tenancy.members.actions import depart
from services.tenancy.members.facts import LONGEST, tidy
from services.tenancy.members.models import Member
from services.tenancy.roles import ENTERPRISE_ROLES, Role
from services.tenancy.signing_in.codes import code_hash, new_code
from services.tenancy.tenant_keys import keys_of

LASTS = timedelta(days=14)
RIGHT = "invitation:manage"


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to invite; `enterprise_name` is the caller's word for an enterprise that it found in this town."""

    enterprise_id: UUID
    enterprise_name: str
    role: Role
    name: str = ""
    phone: str = ""


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation and its code, which is shown once."""

    invitation: Invitation
    code: str


async def send(work: Work, orders: Sequence[Order], *, master: MasterKey) -> list[Issued]:
    """An invitation for each order, valid for fourteen days. Needs the identity login; raises BadInput and NotYours."""
    work.require(RIGHT)
    return [await _issue(work, order, master=master) for order in orders]


async def revoke(work: Work, invitation_id: UUID) -> Invitation:
    """The code is worth nothing from now on; raises NotFound and InvitationEnded."""
    work.require(RIGHT)
    invitation = await work.get(Invitation, invitation_id, lock=True)
    if work.identity.scope.enterprise_id not in {None, invitation.enterprise_id}:
        raise NotFound
    _must_be_mine(work, invitation.enterprise_id, Role(invitation.role))
    if invitation.state not in {"sent", "opened"}:
        raise InvitationEnded
    invitation.state, invitation.ended_at, invitation.phone = "revoked", work.now, None
    await work.session.execute(delete(InvitationKey).where(InvitationKey.invitation_id == invitation.id))
    work.record("invitation:revoked", invitation)
    return invitation


async def hand_over(
    work: Work, member_id: UUID, *, enterprise_name: str, name: str, phone: str, master: MasterKey, then: Job
) -> Issued:
    """Somebody of an enterprise leaves today and the one who follows is invited, in one act (交接).

    What was given to the leaver by name goes back to the enterprise by the job `then`, which takes the member's id.
    Raises BadInput, NotYours and AlreadyLeft.
    """
    leaver = await leaver_of(work, member_id)
    role = Role(leaver.role)
    assert leaver.enterprise_id is not None
    _must_be_mine(work, leaver.enterprise_id, role)
    await depart(work, member_id)
    order = Order(
        enterprise_id=leaver.enterprise_id, enterprise_name=enterprise_name, role=role, name=name, phone=phone
    )
    issued = await _issue(work, order, master=master, follows=member_id)
    work.record("member:handed_over", leaver, invitation=issued.invitation.id)
    work.send(then, member_id)
    return issued


async def leaver_of(work: Work, member_id: UUID) -> Member:
    """Somebody of an enterprise who may be followed by another; raises NotFound, also for another enterprise's people."""
    work.require(RIGHT)
    member = await work.get(Member, member_id)
    own = work.identity.scope.enterprise_id
    if member.enterprise_id is None or own not in {None, member.enterprise_id}:
        raise NotFound
    return member


def checked(order: Order) -> Order:
    """The order tidied, its number in one spelling; raises BadInput."""
    name, phone, wrong = tidy(order.name), order.phone.strip(), {}
    if len(name) > LONGEST["name"]:
        wrong["name"] = f"姓名最多 {LONGEST['name']} 个字"
    if order.role not in ENTERPRISE_ROLES:
        wrong["role"] = "请选择企业法定代表人或企业安全管理人员"
    try:
        phone = normalise_phone(phone) if phone else ""
    except BadInput as refusal:
        wrong["phone"] = refusal.sentence
    if wrong:
        raise BadInput(fields=wrong)
    return msgspec.structs.replace(order, name=name, phone=phone)


async def _issue(work: Work, order: Order, *, master: MasterKey, follows: UUID | None = None) -> Issued:
    order = checked(order)
    _must_be_mine(work, order.enterprise_id, order.role)
    code = new_code()
    invitation = work.add(
        Invitation(
            enterprise_id=order.enterprise_id,
            enterprise_name=order.enterprise_name,
            role=order.role.value,
            name=order.name,
            state="sent",
            expires_at=work.now + LASTS,
            follows=follows,
            invited_by=work.identity.person,
            created_at=work.now,
        )
    )
    if order.phone:
        keys = await keys_of(work.session, work.tenant_id, master=master, make_at=work.now)
        assert keys is not None
        invitation.phone = seal_field(keys, order.phone, **phone_place(invitation))
    await work.flush()
    work.session.add(InvitationKey(code_hash=code_hash(code), tenant_id=work.tenant_id, invitation_id=invitation.id))
    work.record("invitation:sent", invitation, role=order.role)
    return Issued(invitation=invitation, code=code)


def phone_place(invitation: Invitation) -> dict[str, Any]:
    """What an invitation's sealed number is bound to."""
    return {"tenant": invitation.tenant_id, "table": "invitation", "column": "phone", "row": invitation.id}


def _must_be_mine(work: Work, enterprise_id: UUID, role: Role) -> None:
    """The office invites for every enterprise of its town; an enterprise for itself, and nobody in its head's place."""
    own = work.identity.scope.enterprise_id
    if own is not None and (enterprise_id != own or role is not Role.SAFETY_OFFICER):
        raise NotYours
