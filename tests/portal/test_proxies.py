"""Whose address counts: our proxy's word about a client, and nobody else's."""

from dataclasses import replace
from ipaddress import ip_network

import httpx
import pytest
from sqlalchemy import select

from services.kernel.database import Scope
from services.kernel.settings import Settings, SettingsError
from services.portal.proxies import client_of
from services.tenancy.roles import Role
from services.tenancy.signing_in.models import UserSession
from tests.conftest import OneConnection
from tests.factories import Town
from tests.tenancy.doors import sign_in, town_of
from tests.web import Browser, running

pytestmark = pytest.mark.anyio
OURS = (ip_network("127.0.0.1"), ip_network("10.1.0.0/16"), ip_network("fd00::/8"))
CLIENT, SPOOFED = "203.0.113.9", "198.51.100.7"


@pytest.mark.parametrize(
    ("peer", "handed_on", "client"),
    [
        ("127.0.0.1", [CLIENT], CLIENT),
        ("::ffff:127.0.0.1", [CLIENT], CLIENT),
        ("127.0.0.1", [SPOOFED, CLIENT], CLIENT),
        ("127.0.0.1", [SPOOFED, CLIENT, "10.1.255.255"], CLIENT),
        ("127.0.0.1", [CLIENT, "10.2.0.0"], "10.2.0.0"),
        ("127.0.0.1", ["2001:db8::1"], "2001:db8::1"),
        ("fd00::2", [f"::ffff:{CLIENT}"], CLIENT),
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["10.1.0.7"], "10.1.0.7"),
        ("127.0.0.1", ["unknown"], "127.0.0.1"),
        ("127.0.0.1", [CLIENT, ""], "127.0.0.1"),
        ("127.0.0.1", ["'; DROP TABLE throttle"], "127.0.0.1"),
        (SPOOFED, [CLIENT], SPOOFED),
        ("10.2.0.0", ["127.0.0.1"], "10.2.0.0"),
    ],
)
def test_the_nearest_stranger_is_the_client(peer: str, handed_on: list[str], client: str) -> None:
    """Hops are read from our side, and only as far as our own proxies vouch for them."""
    assert client_of(peer, handed_on, OURS) == client


async def address_seen(settings: Settings, sessions: OneConnection, town: Town, peer: str) -> str:
    """What the session's row says of where a person signed in, who sent a header along."""
    async with running(settings, sessions) as app:
        transport = httpx.ASGITransport(app=app, client=(peer, 4711))
        headers = {"x-forwarded-for": f"{SPOOFED}, {CLIENT}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://anzhen.test", headers=headers) as client:
            assert (await sign_in(Browser(client), town[Role.TOWN_OFFICE].person)).status_code == 303
    async with sessions.session(None, Scope()) as session:
        newest = select(UserSession.address).order_by(UserSession.created_at.desc()).limit(1)
        return str(await session.scalar(newest))


async def test_a_header_counts_from_our_proxy_alone(settings: Settings, sessions: OneConnection) -> None:
    """Throttles and sessions know the client behind the named proxy; from any other peer, and by default, the peer itself."""
    town = await town_of(sessions)
    ours = replace(settings, trusted_proxies=OURS)
    assert await address_seen(ours, sessions, town, "10.1.2.3") == CLIENT
    assert await address_seen(ours, sessions, town, "192.0.2.1") == "192.0.2.1"
    assert await address_seen(settings, sessions, town, "10.1.2.3") == "10.1.2.3"


def test_the_list_is_read_from_the_environment() -> None:
    """Addresses and networks with commas or blanks; a wrong one is named, and nobody is trusted by default."""
    assert Settings.from_environment({}).trusted_proxies == ()
    given = Settings.from_environment({"ANZHEN_TRUSTED_PROXIES": "127.0.0.1, 10.1.0.0/16 fd00::/8"})
    assert given.trusted_proxies == OURS
    for wrong in ("nginx", "10.1.0.1/16", "*"):
        with pytest.raises(SettingsError, match="ANZHEN_TRUSTED_PROXIES"):
            Settings.from_environment({"ANZHEN_TRUSTED_PROXIES": wrong})
