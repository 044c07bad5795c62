"""The people of a town for programs: numbers are masked, codes are told once to who asked for them."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from services.kernel.refusals import BadInput
from services.kernel.table import Login
from services.kernel.work import Work
from services.tenancy import members
from services.tenancy.door import CurrentWork, Cursor, IfMatch, Limit, master_of, needs, seen, stretch, tagged
from services.tenancy.members import Department, Member, MemberFacts
from services.tenancy.roles import ENTERPRISE_ROLES, TOWN_ROLES, Role
from services.tenancy.signing_in.credentials import ActivationCode

AnyRequest = Request[Any, Any, Any]
One = FromPath[UUID]
OFFICE_WRITES: Final = needs("member:manage", login=Login.IDENTITY)
Certificate = Annotated[Literal["", "valid", "soon", "expired"], QueryParameter()]
InState = Annotated[Literal["active", "left"], QueryParameter(name="state")]
NamesOf = Callable[[Work, set[UUID]], Awaitable[dict[UUID, str]]]


class MemberOut(msgspec.Struct, frozen=True, kw_only=True):
    """One person of the town; days in Asia/Shanghai, the number masked."""

    id: UUID
    name: str
    role: str
    post: str
    department_id: UUID | None
    department: str | None
    enterprise_id: UUID | None
    phone: str | None
    certificate_no: str | None
    certificate_from: date | None
    certificate_to: date | None
    is_head: bool
    is_dedicated: bool
    state: str
    joined_on: date
    left_on: date | None
    version: int

    @classmethod
    def of(cls, row: members.MemberRow) -> "MemberOut":
        """The line of the ledger as programs read it."""
        own = {"department", "phone"}
        same = {name: getattr(row.member, name) for name in cls.__struct_fields__ if name not in own}
        return cls(**same, department=row.department, phone=members.masked(row.phone))


class MemberList(msgspec.Struct, frozen=True):
    """One stretch of the ledger, how many people there are in all, and where the next begins; None after the last."""

    items: list[MemberOut]
    total: int
    next_cursor: UUID | None


class MemberIn(msgspec.Struct, frozen=True, kw_only=True):
    """A person as the office writes it down; days as 2026-11-23."""

    name: str = ""
    role: str = ""
    post: str = ""
    department_id: UUID | None = None
    enterprise_id: UUID | None = None
    phone: str | None = None
    """Empty for none; null leaves a known one as it is."""
    email: str = ""
    certificate_no: str = ""
    certificate_from: date | None = None
    certificate_to: date | None = None
    is_head: bool = False
    is_dedicated: bool = False
    same_phone: bool = False
    """The office has seen that somebody else has this number."""


class NewMember(MemberIn, frozen=True, kw_only=True):
    """A person who joins, and the account to sign in with."""

    login: str = ""


class AddedOut(msgspec.Struct, frozen=True):
    """Who joined, and the code to hand over; no code for who signs in elsewhere already."""

    member: MemberOut
    activation: ActivationCode | None


class PhoneOut(msgspec.Struct, frozen=True):
    """A number in full."""

    phone: str | None


@get("/", opt=needs("member:read"))
async def list_members(
    request: AnyRequest,
    work: CurrentWork,
    *,
    q: FromQuery[str] = "",
    department: FromQuery[UUID | None] = None,
    role: FromQuery[Role | None] = None,
    certificate: Certificate = "",
    in_state: InState = "active",
    cursor: Cursor = None,
    limit: Limit = members.PAGE,
) -> MemberList:
    """人员台账，按登记先后；手机号只显示首尾几位."""
    asked = members.MemberFilter(
        q=members.tidy(q)[:60],
        department=department,
        role=role or "",
        certificate=certificate,
        state=in_state,
    )
    found, total = await members.members_after(work, asked, cursor, limit + 1, master=master_of(request))
    rows, following = stretch(found, limit)
    return MemberList([MemberOut.of(row) for row in rows], total, following)


@post("/", opt=OFFICE_WRITES)
async def add(request: AnyRequest, work: CurrentWork, data: JSONBody[NewMember]) -> AddedOut:
    """添加人员；激活码只在这次回复里出现，请转交本人."""
    facts = await _facts(request, work, data, TOWN_ROLES | ENTERPRISE_ROLES)
    added = await members.add_member(work, facts, login=data.login, master=master_of(request))
    return AddedOut(await _shown(request, work, added.member), added.activation)


@get("/{member_id:uuid}", opt=OFFICE_WRITES)
async def get_member(request: AnyRequest, work: CurrentWork, member_id: One) -> Response[MemberOut]:
    """一名人员；版本号即 ETag."""
    return await _told(request, work, await work.get(Member, member_id))


@put("/{member_id:uuid}", opt=OFFICE_WRITES)
async def change(
    request: AnyRequest, work: CurrentWork, member_id: One, data: JSONBody[MemberIn], if_match: IfMatch = None
) -> Response[MemberOut]:
    """修改人员信息；If-Match 写明读到的版本号."""
    version = seen(if_match)
    role = Role((await work.get(Member, member_id)).role)
    kind = ENTERPRISE_ROLES if role in ENTERPRISE_ROLES else TOWN_ROLES
    facts = await _facts(request, work, data, kind)
    changed = await members.change_member(work, member_id, facts, version=version, master=master_of(request))
    request.app.state.remembered.forget()
    return await _told(request, work, changed)


@post("/{member_id:uuid}/leave", opt=OFFICE_WRITES, status_code=200)
async def leave(request: AnyRequest, work: CurrentWork, member_id: One) -> Response[MemberOut]:
    """办理离任，本人立即退出登录."""
    left = await members.leave(work, member_id)
    request.app.state.remembered.forget()
    return await _told(request, work, left)


@post("/{member_id:uuid}/reveal", opt=OFFICE_WRITES, status_code=200)
async def reveal(request: AnyRequest, work: CurrentWork, member_id: One) -> PhoneOut:
    """查看完整手机号，每次查看都记入审计."""
    return PhoneOut(await members.reveal_phone(work, member_id, master=master_of(request)))


@post("/{member_id:uuid}/activation", opt=OFFICE_WRITES, status_code=200)
async def new_activation(work: CurrentWork, member_id: One) -> ActivationCode:
    """重发激活码，以前发的作废."""
    return await members.new_activation(work, member_id)


async def _facts(request: AnyRequest, work: Work, data: MemberIn, roles: frozenset[Role]) -> MemberFacts:
    """What the program wrote, with the enterprise's own name; raises BadInput."""
    role = next((role for role in roles if role.value == data.role), None)
    name = await _enterprise_name(request, work, data.enterprise_id)
    wrong = {} if role else {"role": "请选择岗位"}
    if data.enterprise_id and name is None:
        wrong["enterprise_id"] = "没有找到这家企业，请重新选择"
    if role is None or wrong:
        raise BadInput(fields=wrong)
    own = {"role", "enterprise_name"}
    same = {field: getattr(data, field) for field in MemberFacts.__struct_fields__ if field not in own}
    return MemberFacts(**same, role=role, enterprise_name=name)


async def _enterprise_name(request: AnyRequest, work: Work, enterprise_id: UUID | None) -> str | None:
    """What an enterprise of this town is called; the registry above this room is asked through the application."""
    names_of: NamesOf = request.app.state.enterprise_names
    return (await names_of(work, {enterprise_id})).get(enterprise_id) if enterprise_id else None


async def _shown(request: AnyRequest, work: Work, member: Member) -> MemberOut:
    await work.flush()
    department = await work.get(Department, member.department_id) if member.department_id else None
    phone = await members.phone_of(work, member, master=master_of(request))
    return MemberOut.of(
        members.MemberRow(member=member, department=department.name if department else None, phone=phone)
    )


async def _told(request: AnyRequest, work: Work, member: Member) -> Response[MemberOut]:
    return tagged(await _shown(request, work, member), member.version)


router = Router(
    "/api/v1/members",
    route_handlers=[list_members, add, get_member, change, leave, reveal, new_activation],
    tags=["人员"],
)
