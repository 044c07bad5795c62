"""The account behind a member: found or made, tied to the tenant by a membership, opened by an activation code."""

from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.kernel.clock import new_id
from services.kernel.refusals import BadInput, NotFound
from services.kernel.work import Work
from services.tenancy.members.models import Member
from services.tenancy.members.refusals import LoginTaken, OneAdministrator
from services.tenancy.roles import PLATFORM_ROLES, Role
from services.tenancy.signing_in.actions import normalised_login
from services.tenancy.signing_in.models import Membership, User

LOGIN_HINT = "账号用 2 到 64 个字母、数字、汉字或 . _ - @，不留空格，例如 zhangsan"


async def account_named(work: Work, login: str, name: str, role: Role) -> User:
    """The account of that name, made where there is none, locked until the commit.

    An account that exists is taken only for the same name, so that a slip of the pen does not let a stranger in.
    Raises BadInput, LoginTaken and OneAdministrator.
    """
    tidy = normalised_login(login)
    if not tidy:
        raise BadInput(fields={"login": LOGIN_HINT})
    made = insert(User).values(
        id=new_id(), login=tidy, name=name, must_change_password=False, state="invited", created_at=work.now
    )
    await work.session.execute(made.on_conflict_do_nothing())
    user = await work.one(select(User).where(User.login == tidy).with_for_update())
    if user.name != name:
        raise LoginTaken
    held = await roles_of(work, user.id)
    if held and (role in PLATFORM_ROLES or held & PLATFORM_ROLES):
        raise OneAdministrator
    return user


async def roles_of(work: Work, user_id: UUID) -> frozenset[Role]:
    """Every role that an account holds anywhere today."""
    query = select(Membership.role).where(Membership.user_id == user_id, Membership.state == "active")
    return frozenset(map(Role, await work.all(query)))


async def tie(
    work: Work, user: User, role: Role, *, member: Member | None, enterprise_name: str | None, sectors: list[str]
) -> Membership:
    """Let an account act in this tenant; raises BadInput where it already acts here in the same way."""
    enterprise_id = member.enterprise_id if member else None
    made = (
        insert(Membership)
        .values(
            id=new_id(),
            user_id=user.id,
            tenant_id=work.tenant_id,
            member_id=member.id if member else None,
            role=role.value,
            enterprise_id=enterprise_id,
            enterprise_name=enterprise_name,
            department_id=member.department_id if member else None,
            sectors=sectors,
            state="active",
            created_at=work.now,
        )
        .on_conflict_do_nothing()
        .returning(Membership)
    )
    membership = (await work.session.scalars(made)).first()
    if membership is None:
        raise BadInput(fields={"login": "这个账号在本单位已有同样的岗位，不用重复添加"})
    return membership


async def rename_enterprise(work: Work, enterprise_id: UUID, name: str) -> None:
    """The places in which an enterprise's people act are called by its name. Needs the identity login."""
    places = update(Membership).where(Membership.tenant_id == work.tenant_id, Membership.enterprise_id == enterprise_id)
    await work.session.execute(places.values(enterprise_name=name))


async def membership_of(work: Work, member: Member) -> Membership:
    """The membership by which a member signs in; raises NotFound once it has ended."""
    return await work.one(
        select(Membership)
        .where(
            Membership.tenant_id == member.tenant_id, Membership.member_id == member.id, Membership.state == "active"
        )
        .with_for_update()
    )


async def user_of(work: Work, member: Member) -> User:
    """The account of a member, locked; raises NotFound when the member has none any more."""
    membership = await membership_of(work, member)
    user = await work.session.get(User, membership.user_id, with_for_update=True)
    if user is None:
        raise NotFound
    return user


async def acts_elsewhere(work: Work, user: User) -> bool:
    """Whether an account also acts for another tenant."""
    elsewhere = select(func.count()).where(
        Membership.user_id == user.id, Membership.state == "active", Membership.tenant_id != work.tenant_id
    )
    return bool(await work.session.scalar(elsewhere))
