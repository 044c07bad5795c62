"""The ledger of enterprises with fifty rows: session, rights, row security and template, against itself as a constant."""

from statistics import median

from tests.scale.answers import TARGETS, compared, facts, prepared
from tests.scale.clients import drive
from tests.scale.figures import Asked, percentile, spread, three, told
from tests.scale.house import House
from tests.scale.servers import serving

PATH = "/enterprises"
CLIENTS = 32
EACH = 6


async def measure(house: House, asked: Asked) -> None:
    """The first byte of the slowest in a hundred comes within five times the usual; the rest is told without a goal."""
    constant = house.settings.home / "page.html"
    log = house.settings.home / "web.log"
    requests = prepared(house, PATH, "accept: text/html")
    waits: list[list[float]] = []
    async with serving(TARGETS["ours"], house.environment(), log) as server:
        constant.write_bytes((await drive(server.port, requests[:1], 1))[0].body)
        crowd = [words for words in requests for _ in range(CLIENTS // len(requests))]
        await drive(server.port, crowd, 3)
        waits.extend([[answer.first for answer in await drive(server.port, crowd, EACH)] for _ in range(3)])
    found = await compared(
        house, asked, {"ours": PATH, "limit": "/page"}, each=EACH, environment={"SCALE_PAGE": str(constant)}
    )
    tails = [percentile(each, 0.99) / median(each) for each in waits]
    told(
        asked,
        "page",
        {"first byte p99 ≤ 5 × p50 under 32 clients": median(tails) <= 5},
        **facts(found),
        bytes=constant.stat().st_size,
        first_byte_p50_ms=three(median(median(each) for each in waits) * 1e3),
        first_byte_p99_to_p50=spread(tails),
        peer="Django is not installed: no peer was measured",
    )
