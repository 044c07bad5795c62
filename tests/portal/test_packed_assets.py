"""Styles and scripts travel small and are fetched once."""

from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import Litestar

from services.portal.assets_manifest import DIST, asset, manifest
from services.portal.packed_assets import packed_asset

pytestmark = pytest.mark.anyio


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """A browser in front of the assets alone."""
    transport = httpx.ASGITransport(app=Litestar([packed_asset]))
    async with httpx.AsyncClient(transport=transport, base_url="http://anzhen.test") as client:
        yield client


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip, br", "br"), ("gzip", "gzip"), ("identity", None)])
async def test_an_asset_is_as_small_as_the_browser_can_read(
    client: httpx.AsyncClient, accepted: str, encoding: str | None
) -> None:
    """Packed or plain, the same content arrives, and no shared cache mixes them up."""
    answer = await client.get(asset("app.css"), headers={"accept-encoding": accepted})
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["cache-control"].endswith("immutable")
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.content == (DIST / manifest()["app.css"]).read_bytes()


@pytest.mark.parametrize("name", ["manifest.json", "nothing.css", "..%2f..%2fforms.py", "%2e%2e/app.css", "%00.css"])
async def test_only_what_was_built_is_served(client: httpx.AsyncClient, name: str) -> None:
    """No path leads out of the folder, and the manifest is nobody's business."""
    assert (await client.get(f"/static/dist/{name}")).status_code == 404
