"""Accounts across the deployment for programs of the security administrator: no secret is ever in a list."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from services.kernel.refusals import BadInput
from services.kernel.table import Login
from services.kernel.work import Work
from services.tenancy import accounts, townships
from services.tenancy.accounts import AccountRow, Granted
from services.tenancy.door import CurrentWork, Cursor, Limit, master_of, needs, stretch, tagged
from services.tenancy.members import tidy
from services.tenancy.roles import Role
from services.tenancy.signing_in.credentials import ActivationCode

AnyRequest = Request[Any, Any, Any]
One = FromPath[UUID]
READS: Final = needs("account:read", login=Login.IDENTITY)
RESETS: Final = needs("account:reset", login=Login.IDENTITY)
LOCKS: Final = needs("account:lock", login=Login.IDENTITY)
InState = Annotated[Literal["", "invited", "active", "locked", "left"], QueryParameter(name="state")]


class ActsAs(msgspec.Struct, frozen=True):
    """Where an account acts, and as what."""

    place: str
    role: str


class AccountOut(msgspec.Struct, frozen=True, kw_only=True):
    """One account; instants in UTC."""

    id: UUID
    login: str
    name: str
    state: str
    has_second_factor: bool
    created_at: datetime
    places: list[ActsAs]

    @classmethod
    def of(cls, row: AccountRow) -> "AccountOut":
        """The line of the ledger as programs read it."""
        user = row.user
        return cls(
            id=user.id,
            login=user.login,
            name=user.name,
            state=user.state,
            has_second_factor=user.totp_confirmed_at is not None,
            created_at=user.created_at,
            places=[ActsAs(place, role.value) for place, role in row.places],
        )


class AccountList(msgspec.Struct, frozen=True):
    """One stretch of the ledger, how many accounts there are in all, and where the next begins; None after the last."""

    items: list[AccountOut]
    total: int
    next_cursor: UUID | None


class NewAccount(msgspec.Struct, frozen=True, kw_only=True):
    """The first account of a town's office or leader, or a district's overseer."""

    tenant_id: UUID | None = None
    role: str = ""
    login: str = ""
    name: str = ""
    post: str = ""
    phone: str = ""


class GrantedOut(msgspec.Struct, frozen=True):
    """The account that was granted, and the code to hand over; no code for who has a password already."""

    id: UUID
    login: str
    name: str
    activation: ActivationCode | None


@get("/", opt=READS)
async def list_accounts(
    work: CurrentWork,
    *,
    q: FromQuery[str] = "",
    role: FromQuery[Role | None] = None,
    in_state: InState = "",
    tenant: FromQuery[UUID | None] = None,
    cursor: Cursor = None,
    limit: Limit = accounts.PAGE,
) -> AccountList:
    """账号台账，按建立先后."""
    asked = accounts.AccountFilter(q=tidy(q)[:60], role=role or "", state=in_state, tenant=tenant)
    found, total = await accounts.accounts_after(work, asked, cursor, limit + 1)
    rows, following = stretch(found, limit)
    return AccountList([AccountOut.of(row) for row in rows], total, following)


@post("/", opt=needs("account:grant", login=Login.IDENTITY))
async def grant(request: AnyRequest, work: CurrentWork, data: JSONBody[NewAccount]) -> GrantedOut:
    """授予账号；激活码只在这次回复里出现，请转交本人."""
    role, tenant_id = _chosen(data)
    place = await townships.place(work, tenant_id)
    # Free this connection before another of the same few is taken.
    await work.session.commit()
    async with accounts.within(request.app.state.sessions, request.user, place.id) as inside:
        granted: Granted = await accounts.grant(
            inside,
            login=data.login,
            name=data.name,
            role=role,
            post=data.post,
            phone=data.phone,
            master=master_of(request),
        )
        return GrantedOut(granted.user.id, granted.user.login, granted.user.name, granted.activation)


@get("/{user_id:uuid}", opt=READS)
async def get_account(work: CurrentWork, user_id: One) -> Response[AccountOut]:
    """一个账号和它在哪些单位任职."""
    return tagged(AccountOut.of(await accounts.account(work, user_id)))


@post("/{user_id:uuid}/activation", opt=RESETS, status_code=200)
async def new_activation(work: CurrentWork, user_id: One) -> ActivationCode:
    """重发激活码，以前发的作废；请先核实是本人."""
    return await accounts.new_activation(work, user_id)


@post("/{user_id:uuid}/second-factor/reset", opt=RESETS, status_code=200)
async def reset_second_factor(request: AnyRequest, work: CurrentWork, user_id: One) -> AccountOut:
    """重置第二重验证，本人下次登录时重新设置."""
    await accounts.reset_second_factor(work, user_id)
    return await _changed(request, work, user_id)


@post("/{user_id:uuid}/lock", opt=LOCKS, status_code=200)
async def lock(request: AnyRequest, work: CurrentWork, user_id: One) -> AccountOut:
    """停用账号，本人立即退出登录."""
    await accounts.lock(work, user_id)
    return await _changed(request, work, user_id)


@post("/{user_id:uuid}/unlock", opt=LOCKS, status_code=200)
async def unlock(request: AnyRequest, work: CurrentWork, user_id: One) -> AccountOut:
    """恢复账号."""
    await accounts.unlock(work, user_id)
    return await _changed(request, work, user_id)


async def _changed(request: AnyRequest, work: Work, user_id: UUID) -> AccountOut:
    """The account as it stands now; what was believed of its sessions is forgotten."""
    await work.flush()
    request.app.state.remembered.forget()
    return AccountOut.of(await accounts.account(work, user_id))


def _chosen(data: NewAccount) -> tuple[Role, UUID]:
    role = next((role for role in accounts.GRANTED if role.value == data.role), None)
    wrong = {} if role else {"role": "请选择岗位"}
    if data.tenant_id is None:
        wrong["tenant_id"] = "请选择单位"
    if role is None or data.tenant_id is None:
        raise BadInput(fields=wrong)
    return role, data.tenant_id


router = Router(
    "/api/v1/accounts",
    route_handlers=[list_accounts, grant, get_account, new_activation, reset_second_factor, lock, unlock],
    tags=["账号"],
)
