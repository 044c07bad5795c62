"""Other systems that a town lets in (接口授权): the ledger, letting in, changing, a new secret, shutting out."""

from typing import Any
from uuid import UUID

from litestar import Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from services.kernel.refusals import BadInput
from services.kernel.table import Login
from services.portal.clients import everywhere
from services.portal.fields import FormData, word, words
from services.portal.forms import Form
from services.portal.frame import page, says
from services.portal.signing_in.visits import AnyRequest, address_of
from services.tenancy import clients
from services.tenancy.clients import ClientFacts
from services.tenancy.door import CurrentWork, needs
from services.tenancy.policy.scopes import scopes

says(client_saved="接口授权已保存", client_stopped="已停用，该系统立即不能再访问")
OFFICE = needs("client:manage", login=Login.IDENTITY)
HERE = "/members/clients"
ShownId = FromPath[UUID]


@get(HERE, opt=OFFICE)
async def ledger(request: AnyRequest, work: CurrentWork) -> Template:
    """本镇的对接系统."""
    return page(request, "clients/ledger.html", rows=await clients.clients(work), scopes=scopes())


@get(f"{HERE}/new", opt=OFFICE)
async def new_page(request: AnyRequest) -> Template:
    """新建接口授权."""
    return _form_page(request, Form({"scopes": []}))


@post(f"{HERE}/new", opt=OFFICE)
async def let_in(request: AnyRequest, work: CurrentWork, data: FormData) -> Template:
    """A system is let in; its secret is shown once."""
    try:
        return _secret_page(request, await clients.make(work, _facts(data)))
    except BadInput as refusal:
        return _form_page(request, _typed(data, refusal), status=422)


@get(f"{HERE}/{{client_id:uuid}}", opt=OFFICE)
async def one_client(request: AnyRequest, work: CurrentWork, client_id: ShownId) -> Template:
    """一个对接系统."""
    row = await clients.client(work, client_id)
    form = Form(
        {
            "name": row.name,
            "purpose": row.purpose,
            "scopes": row.scopes,
            "addresses": "\n".join(row.addresses),
            "version": str(row.version),
        }
    )
    return _form_page(request, form, row=row)


@post(f"{HERE}/{{client_id:uuid}}", opt=OFFICE)
async def change(request: AnyRequest, work: CurrentWork, client_id: ShownId, data: FormData) -> Template | Redirect:
    """Allow it more or less."""
    version = word(data, "version")
    seen = int(version) if version.isascii() and version.isdigit() and len(version) < len("1000000000") else 0
    try:
        await clients.change(work, client_id, _facts(data), version=seen)
    except BadInput as refusal:
        row = await clients.client(work, client_id)
        return _form_page(request, _typed(data, refusal), row=row, status=422)
    request.app.state.remembered.forget()
    return Redirect(f"{HERE}?done=client-saved", status_code=303)


@post(f"{HERE}/{{client_id:uuid}}/secret", opt=OFFICE)
async def rotate(request: AnyRequest, work: CurrentWork, client_id: ShownId) -> Template:
    """A new secret, shown once."""
    issued = await clients.rotate(work, client_id)
    request.app.state.remembered.forget()
    return _secret_page(request, issued)


@post(f"{HERE}/{{client_id:uuid}}/revoke", opt=OFFICE)
async def revoke(request: AnyRequest, work: CurrentWork, client_id: ShownId) -> Redirect:
    """停用."""
    await clients.revoke(work, client_id)
    request.app.state.remembered.forget()
    return Redirect(f"{HERE}?done=client-stopped", status_code=303)


def _form_page(request: AnyRequest, form: Form, *, row: Any = None, status: int = 200) -> Template:
    allowances = [(one.name, one.label, one.name) for one in scopes().values()]
    return page(request, "clients/form.html", status=status, form=form, row=row, allowances=allowances, here_is=HERE)


def _secret_page(request: AnyRequest, issued: clients.Issued) -> Template:
    return page(
        request,
        "clients/secret.html",
        client=issued.client,
        secret=issued.secret,
        token_address=address_of(request, "/oauth/token"),
        minutes=int(clients.LASTS.total_seconds() // 60),
        scopes=scopes(),
        back=HERE,
    )


def _facts(data: dict[str, Any]) -> ClientFacts:
    return ClientFacts(
        name=word(data, "name"),
        purpose=word(data, "purpose"),
        scopes=words(data, "scopes"),
        addresses=[line for line in word(data, "addresses").splitlines() if line.strip()],
    )


def _typed(data: dict[str, Any], refusal: BadInput) -> Form:
    typed: dict[str, Any] = {name: word(data, name) for name in ("name", "purpose", "addresses", "version")}
    return Form(typed | {"scopes": words(data, "scopes")}, refusal.fields)


ROUTES: list[Any] = [ledger, new_page, let_in, one_client, change, rotate, revoke, *everywhere.ROUTES]
router = Router("/", route_handlers=ROUTES, include_in_schema=False)
