"""What the town's office hears of its door: who accepted an invitation, and who forgot a password."""

from uuid import UUID

from services.kernel.jobs import job
from services.kernel.work import Work
from services.notifications import messages, recipients
from services.notifications.templates import words
from services.tenancy.forgotten import PasswordRequest
from services.tenancy.invitations import Invitation
from services.tenancy.members.models import Member
from services.tenancy.roles import Role


@job(queue="messages")
async def invitation_used(work: Work, invitation_id: UUID) -> None:
    """The office hears who acts for an enterprise from now on."""
    invitation = await work.get(Invitation, invitation_id)
    member = await work.get(Member, invitation.member_id) if invitation.member_id else None
    if member is None:
        return
    told = words(
        "invitation:used",
        person=member.name,
        enterprise=invitation.enterprise_name,
        role=Role(invitation.role).label,
        by=invitation.invited_by,
    )
    await messages.post(
        work,
        to=await recipients.office(work),
        event=f"invitation-used:{invitation.id}",
        subject=told.subject,
        body=told.body,
        link="/invitations?state=used",
    )


@job(queue="messages")
async def password_forgotten(work: Work, request_id: UUID) -> None:
    """The office hears who asks for a new code."""
    request = await work.get(PasswordRequest, request_id)
    member = await work.get(Member, request.member_id)
    note = f"留言：{request.note}" if request.note else "没有留言。"
    told = words("password:forgotten", person=member.name, role=Role(member.role).label, note=note)
    await messages.post(
        work,
        to=[other for other in await recipients.office(work) if other != member.id],
        event=f"password-forgotten:{request.id}",
        subject=told.subject,
        body=told.body,
        link="/password-requests",
    )
