"""Signing in through the provider of this installation, and tying its subject to one's own account."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from services.kernel.refusals import NotFound, Refusal
from services.portal.frame import page, says
from services.portal.signing_in.visits import (
    AnyRequest,
    address_of,
    go_in,
    inside,
    keep_in,
    kept_in,
    refused_at_the_door,
    settings_of,
    token_of,
    visit_of,
)
from services.tenancy.door import needs
from services.tenancy.signing_in import oidc
from services.tenancy.signing_in.person import NOBODY

BACK = "/sign-in/provider/back"
BROWSER, PROVEN = "provider", "proven"
BROWSER_SECONDS, PROVEN_SECONDS = 600, 900
says(tied="已关联，以后可以用它登录", untied="已解除关联")


def at_the_door(request: AnyRequest, target: str) -> dict[str, Any]:
    """What the sign-in page shows besides its form."""
    provider = oidc.provider_of(settings_of(request))
    return {"target": target, "provider": provider.label if provider else None}


@get("/sign-in/provider", opt=needs("sign_in:use"))
async def begin(request: AnyRequest) -> Redirect | Template:
    """To the provider, to sign in or to accept an invitation."""
    target = inside(request.query_params.get("next", "/"))
    purpose = "invitation" if target == "/invitation" else "sign_in"
    try:
        begun = await _begun(request, purpose, target)
    except oidc.ProviderAway as refusal:
        return _refused(request, refusal, target)
    answer = Redirect(begun.address, status_code=303)
    keep_in(request, answer, BROWSER, begun.browser, BROWSER_SECONDS)
    return answer


@get(BACK, opt=needs("sign_in:use"))
async def back(request: AnyRequest) -> Redirect | Template:
    """From the provider, with an answer that is believed once and by this browser alone."""
    provider = _provider(request)
    try:
        returned = await oidc.come_back(
            request.app.state.sessions,
            provider,
            dict(request.query_params),
            browser=kept_in(request, BROWSER),
            redirect_uri=address_of(request, BACK),
        )
        return await ENTRANCES[returned.purpose](request, returned)
    except Refusal as refusal:
        if request.user is not NOBODY:
            raise
        return _refused(request, refusal, "/")


@post("/profile/identities", opt=needs("session:manage"))
async def tie(request: AnyRequest) -> Template:
    """The way to the provider as a link: a form may not lead to another host."""
    begun = await _begun(request, "link", "/profile")
    answer = page(request, "signing_in/to_provider.html", provider=_provider(request).label, address=begun.address)
    keep_in(request, answer, BROWSER, begun.browser, BROWSER_SECONDS)
    return answer


@post("/profile/identities/{identity_id:uuid}/end", opt=needs("session:manage"))
async def untie(request: AnyRequest, identity_id: FromPath[UUID]) -> Redirect:
    """The provider's subject opens the account no longer."""
    await oidc.unlink(request.app.state.sessions, request.user, identity_id, visit_of(request))
    return Redirect("/profile?done=untied", status_code=303)


async def _begun(request: AnyRequest, purpose: str, target: str) -> oidc.Begun:
    return await oidc.begin(
        request.app.state.sessions,
        _provider(request),
        purpose=purpose,
        target=target,
        redirect_uri=address_of(request, BACK),
        browser=kept_in(request, BROWSER),
        user_id=request.user.user_id if purpose == "link" else None,
    )


def _provider(request: AnyRequest) -> oidc.IdentityProvider:
    provider = oidc.provider_of(settings_of(request))
    if provider is None:
        raise NotFound
    return provider


async def _sign_in(request: AnyRequest, returned: oidc.Returned) -> Redirect | Template:
    entered = await oidc.sign_in_as(
        request.app.state.sessions,
        returned.proven,
        visit=visit_of(request),
        demo=settings_of(request).demo,
        instead_of=token_of(request),
    )
    return go_in(request, entered, returned.target)


async def _link(request: AnyRequest, returned: oidc.Returned) -> Redirect | Template:
    """Only the person who began it, still signed in, ties anything."""
    if request.user.user_id is None or request.user.user_id != returned.user_id:
        raise oidc.ProviderRefused
    await oidc.link(request.app.state.sessions, request.user, returned.proven, visit_of(request))
    return Redirect("/profile?done=tied", status_code=303)


async def _invitation(request: AnyRequest, returned: oidc.Returned) -> Redirect | Template:
    """Who has an account signs in with it; anybody else goes on with what was proven and makes one."""
    if await oidc.is_tied(request.app.state.sessions, returned.proven):
        return await _sign_in(request, returned)
    answer = Redirect(returned.target, status_code=303)
    token = await oidc.keep_proven(request.app.state.sessions, returned.proven)
    keep_in(request, answer, PROVEN, token, PROVEN_SECONDS)
    return answer


def _refused(request: AnyRequest, refusal: Refusal, target: str) -> Template:
    shown = at_the_door(request, target)
    return refused_at_the_door(request, "signing_in/sign_in.html", refusal, "login", {}, **shown)


ENTRANCES = {"sign_in": _sign_in, "link": _link, "invitation": _invitation}
ROUTES: list[Any] = [begin, back, tie, untie]
