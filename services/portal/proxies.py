"""From where a request really comes when our own proxy stands before us; what anybody else says of it counts nothing."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

from litestar.types import ASGIApp, Receive, Scope, Send

from services.kernel.settings import Network

Address = IPv4Address | IPv6Address


def behind_proxies(app: ASGIApp) -> ASGIApp:
    """Put the client's address in the place of a proxy's, as the proxies of the installation's settings hand it on."""

    async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
        trusted = scope["litestar_app"].state.settings.trusted_proxies
        if trusted and (client := scope.get("client")):
            scope["client"] = (client_of(client[0], _handed_on(scope), trusted), client[1])
        await app(scope, receive, send)

    return middleware


def client_of(peer: str, handed_on: Sequence[str], trusted: Sequence[Network]) -> str:
    """The nearest address that is none of our proxies; what stands left of it in X-Forwarded-For anybody could have written."""
    found = peer
    for hop in reversed(handed_on):
        if not _is_ours(found, trusted) or _address(hop) is None:
            break
        found = hop
    return str(_address(found) or peer)


def _handed_on(scope: Scope) -> list[str]:
    return [
        hop.strip()
        for name, value in scope["headers"]
        if name == b"x-forwarded-for"
        for hop in value.decode("latin-1").split(",")
    ]


def _is_ours(address: str, trusted: Sequence[Network]) -> bool:
    found = _address(address)
    return found is not None and any(found in network for network in trusted)


def _address(words: str) -> Address | None:
    """An address, IPv4 also where a socket for both writes it as IPv6; None for anything else."""
    try:
        found = ip_address(words)
    except ValueError:
        return None
    return (isinstance(found, IPv6Address) and found.ipv4_mapped) or found
