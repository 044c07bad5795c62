"""Accounts across the deployment, for the security administrator."""

from typing import Any
from uuid import UUID

from litestar import Router, get, post
from litestar.response import Redirect, Template

from services.kernel.refusals import BadInput
from services.kernel.table import Login
from services.kernel.work import Work
from services.portal.accounts import sign_ins, towns
from services.portal.fields import FormData, Page, identifier, page_number, word
from services.portal.forms import Form
from services.portal.frame import page, says
from services.portal.signing_in.visits import AnyRequest
from services.tenancy import accounts, townships
from services.tenancy.door import CurrentWork, master_of, needs
from services.tenancy.roles import HELD, Role

says(
    account_locked="账号已停用，本人已退出登录",
    account_unlocked="账号已恢复",
    second_factor_reset="第二重验证已重置，本人下次登录时重新设置",
)
RESETS = needs("account:reset", login=Login.IDENTITY)
LOCKS = needs("account:lock", login=Login.IDENTITY)


@get("/accounts", opt=needs("account:read", login=Login.IDENTITY))
async def ledger(request: AnyRequest, work: CurrentWork) -> Template:
    """账号台账."""
    query = request.query_params
    asked = accounts.AccountFilter(
        q=word(query, "q").strip()[:60],
        role=word(query, "role"),
        state=word(query, "state"),
        tenant=identifier(query, "tenant"),
        page=page_number(query),
    )
    rows, total = await accounts.accounts(work, asked)
    return page(
        request,
        "accounts/ledger.html",
        rows=rows,
        states=accounts.STATES,
        roles=[(role.value, role.label) for role in HELD],
        at=Page(number=asked.page, total=total, size=accounts.PAGE),
    )


@get("/accounts/new", opt=needs("account:grant", login=Login.IDENTITY))
async def new_account(request: AnyRequest, work: CurrentWork) -> Template:
    """授予账号."""
    chosen = {"tenant": word(request.query_params, "tenant")}
    return page(request, "accounts/new.html", form=Form(chosen), **await _choices(work))


@post("/accounts/new", opt=needs("account:grant", login=Login.IDENTITY))
async def grant(request: AnyRequest, work: CurrentWork, data: FormData) -> Template:
    """The first account of a town or district; its activation code is shown once."""
    try:
        role, tenant = _role(word(data, "role")), _tenant(data)
        place = await townships.place(work, tenant)
        # Free this connection before another of the same few is taken.
        await work.session.commit()
        async with accounts.within(request.app.state.sessions, request.user, place.id) as inside:
            granted = await accounts.grant(
                inside,
                login=word(data, "login"),
                name=word(data, "name"),
                role=role,
                post=word(data, "post"),
                phone=word(data, "phone"),
                master=master_of(request),
            )
    except BadInput as refusal:
        form = Form({name: word(data, name) for name in data}, refusal.fields)
        return page(request, "accounts/new.html", status=422, form=form, **await _choices(work))
    return page(
        request, "accounts/activation.html", activation=granted.activation, back="/accounts", name=granted.user.name
    )


@get("/accounts/{user_id:uuid}", opt=needs("account:read", login=Login.IDENTITY))
async def one_account(request: AnyRequest, work: CurrentWork, user_id: UUID) -> Template:
    """One account and where it acts."""
    row = await accounts.account(work, user_id)
    return page(request, "accounts/one.html", user=row.user, places=row.places, states=accounts.STATES)


@post("/accounts/{user_id:uuid}/activation", opt=RESETS)
async def new_activation(request: AnyRequest, work: CurrentWork, user_id: UUID) -> Template:
    """A new activation code, shown once."""
    activation = await accounts.new_activation(work, user_id)
    return page(request, "accounts/activation.html", activation=activation, back="/accounts", name=activation.name)


@post("/accounts/{user_id:uuid}/second-factor/reset", opt=RESETS)
async def reset_second_factor(request: AnyRequest, work: CurrentWork, user_id: UUID) -> Redirect:
    """Phone and recovery codes are lost: set it up anew."""
    await accounts.reset_second_factor(work, user_id)
    request.app.state.remembered.forget()
    return Redirect(f"/accounts/{user_id}?done=second-factor-reset", status_code=303)


@post("/accounts/{user_id:uuid}/lock", opt=LOCKS)
async def lock(request: AnyRequest, work: CurrentWork, user_id: UUID) -> Redirect:
    """停用账号."""
    await accounts.lock(work, user_id)
    request.app.state.remembered.forget()
    return Redirect(f"/accounts/{user_id}?done=account-locked", status_code=303)


@post("/accounts/{user_id:uuid}/unlock", opt=LOCKS)
async def unlock(work: CurrentWork, user_id: UUID) -> Redirect:
    """恢复账号."""
    await accounts.unlock(work, user_id)
    return Redirect(f"/accounts/{user_id}?done=account-unlocked", status_code=303)


def _role(typed: str) -> Role:
    role = next((role for role in accounts.GRANTED if role.value == typed), None)
    if role is None:
        raise BadInput(fields={"role": "请选择岗位"})
    return role


def _tenant(data: dict[str, Any]) -> UUID:
    tenant = identifier(data, "tenant")
    if tenant is None:
        raise BadInput(fields={"tenant": "请选择单位"})
    return tenant


async def _choices(work: Work) -> dict[str, Any]:
    places = [*await townships.districts(work), *await townships.townships(work)]
    return {
        "places": [(str(place.id), place.full_name) for place in places],
        "roles": [(role.value, role.label) for role in accounts.GRANTED],
    }


ROUTES: list[Any] = [
    ledger,
    new_account,
    grant,
    one_account,
    new_activation,
    reset_second_factor,
    lock,
    unlock,
    *towns.ROUTES,
    *sign_ins.ROUTES,
]
router = Router("/", route_handlers=ROUTES, include_in_schema=False)
