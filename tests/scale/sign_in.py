"""Signing in, against the bare password hash; and what everybody else notices of a storm at the door."""

import asyncio
import contextlib
import time
from urllib.parse import urlencode

from services.tenancy.signing_in.passwords import HASHER, THREADS
from tests.factories import PASSWORD, PASSWORD_HASH
from tests.scale.answers import TARGETS, prepared
from tests.scale.clients import Answer, Client, request
from tests.scale.figures import Asked, median_ratio, percentile, ratios, spread, three, told
from tests.scale.house import House
from tests.scale.servers import Server, serving

SECONDS = 2.0
DOOR = "/sign-in"
TOKEN = "ab" * 48
READ = "/api/v1/enterprises/{row}"
EAGER = 4
"""So many times what the hash allows come to the door in a storm."""
READERS = 4
CROWD = 96
"""Connections of the storm: more than the door has places."""


async def measure(house: House, asked: Asked) -> None:
    """At least 0.8 of the hash; in a storm reads wait at most three times as long, and the excess is sent away at once."""
    rounds = max(3, asked.rounds // 2)
    ours, bare, refused = list[float](), list[float](), list[Answer]()
    calm, stormy = list[float](), list[float]()
    async with serving(TARGETS["ours"], house.environment(), house.settings.home / "web.log") as server:
        doors = await _knocks(server, house)
        await _entered(server, doors, 0.5)
        for _ in range(rounds):
            bare.append(await asyncio.to_thread(_hashes))
            ours.append(await _entered(server, doors, SECONDS))
            calm.append(percentile(await _reads(server, house), 0.99))
            storm = asyncio.create_task(_storm(server, doors, EAGER * bare[-1]))
            stormy.append(percentile(await _reads(server, house), 0.99))
            refused += [answer for answer in await storm if answer.status == 503]
    away = percentile([answer.whole for answer in refused], 0.99) if refused else 0.0
    told(
        asked,
        "sign_in",
        {
            "≥ 0.8 × the hash": median_ratio(ours, bare) >= 0.8,
            "reads in a storm: p99 ≤ 3 × idle": median_ratio(stormy, calm) <= 3,
            "the excess refused in ≤ 50 ms (p99)": bool(refused) and away <= 0.05,
            "with Retry-After": bool(refused) and all(b"retry-after" in answer.head.lower() for answer in refused),
        },
        unit="sign-ins a second",
        ours=spread(ours),
        limit=spread(bare),
        ratio_to_limit=ratios(ours, bare),
        read_p99_in_storm_to_idle=ratios(stormy, calm),
        read_p99_idle_ms=spread([value * 1e3 for value in calm]),
        refused=len(refused),
        refused_p99_ms=three(away * 1e3),
    )


async def _knocks(server: Server, house: House) -> list[bytes]:
    """The sign-in of one person of each town, with the token that the door's page gave."""
    async with Client.at(server.port) as client:
        page = await client.get(DOOR, "accept: text/html")
    head = page.head.decode("latin-1")
    token = head.partition("anzhen_csrf=")[2].partition(";")[0]
    found = []
    for person in house.people:
        words = {"login": person.person.lower(), "password": PASSWORD, "_csrf_token": token}
        kind = "content-type: application/x-www-form-urlencoded"
        headers = (kind, f"cookie: anzhen_csrf={token}", "accept: text/html", f"x-csrf-token: {token}")
        found.append(request("POST", DOOR, *headers, body=urlencode(words).encode()))
    return found


async def _entered(server: Server, doors: list[bytes], seconds: float) -> float:
    """Sign-ins a second, everybody beginning again as soon as they are in."""
    end, count = time.perf_counter() + seconds, 0

    async def enter(words: bytes) -> None:
        nonlocal count
        async with Client.at(server.port) as client:
            while time.perf_counter() < end:
                answer = await client.send(words)
                if answer.status != 303:
                    raise RuntimeError(f"{answer.status}: {answer.body[-400:].decode('utf-8', 'replace')}")
                count += 1

    begun = time.perf_counter()
    await asyncio.gather(*map(enter, doors))
    return count / (time.perf_counter() - begun)


def _hashes() -> float:
    """Bare verifications a second on the door's own threads."""
    begun = time.perf_counter()
    done = sum(THREADS.map(_verify_until, [begun + SECONDS] * 2))
    return done / (time.perf_counter() - begun)


def _verify_until(end: float) -> int:
    count = 0
    while time.perf_counter() < end:
        HASHER.verify(PASSWORD_HASH, PASSWORD)
        count += 1
    return count


async def _reads(server: Server, house: House) -> list[float]:
    """How long ordinary reads of a few people take, in seconds."""
    end, waits = time.perf_counter() + SECONDS, list[float]()

    async def read(words: bytes) -> None:
        async with Client.at(server.port) as client:
            while time.perf_counter() < end:
                waits.append((await client.send(words)).whole)
                await asyncio.sleep(0.01)

    await asyncio.gather(*map(read, prepared(house, READ, "accept: application/json")[:READERS]))
    return waits


async def _storm(server: Server, doors: list[bytes], rate: float) -> list[Answer]:
    """People who come at a steady rate, whether or not those before them are in."""
    end, found, begun = time.perf_counter() + SECONDS, list[Answer](), time.perf_counter()
    sent = 0

    async def come() -> None:
        nonlocal sent
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            async with Client.at(server.port) as client:
                while time.perf_counter() < end:
                    at = begun + sent / rate
                    sent += 1
                    await asyncio.sleep(max(0.0, at - time.perf_counter()))
                    found.append(await client.send(doors[sent % len(doors)]))

    await asyncio.gather(*(come() for _ in range(CROWD)))
    return found
