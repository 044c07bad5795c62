"""Clients light enough to leave the machine to the server: HTTP/1.1 on kept connections, one request after the other."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import msgspec


class Answer(msgspec.Struct, frozen=True):
    """What came back, and how long its first byte and its last took in seconds."""

    status: int
    head: bytes
    body: bytes
    first: float
    whole: float


@dataclass(slots=True)
class Client:
    """One kept connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    @contextlib.asynccontextmanager
    async def at(cls, port: int) -> "AsyncIterator[Client]":
        """A connection to a port of this machine."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            yield cls(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def get(self, path: str, *headers: str) -> Answer:
        """Ask for a page."""
        return await self.send(request("GET", path, *headers))

    async def send(self, words: bytes) -> Answer:
        """Send a prepared request and read its answer."""
        begun = time.perf_counter()
        self.writer.write(words)
        head = await self.reader.readuntil(b"\r\n\r\n")
        first = time.perf_counter() - begun
        length = _length(head)
        body = await self.reader.readexactly(length) if length is not None else await self._chunks()
        return Answer(int(head[9:12]), head, body, first, time.perf_counter() - begun)

    async def _chunks(self) -> bytes:
        found = b""
        while size := int(await self.reader.readline(), 16):
            found += await self.reader.readexactly(size)
            await self.reader.readline()
        await self.reader.readline()
        return found


def request(method: str, path: str, *headers: str, body: bytes = b"") -> bytes:
    """A request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", f"content-length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def _length(head: bytes) -> int | None:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return None


async def drive(port: int, prepared: Sequence[bytes], each: int) -> list[Answer]:
    """As many clients as there are prepared requests, each sending its own `each` times; raises where one is refused."""

    async def ride(words: bytes) -> list[Answer]:
        async with Client.at(port) as client:
            return [await client.send(words) for _ in range(each)]

    answers = [answer for ride_ in await asyncio.gather(*map(ride, prepared)) for answer in ride_]
    if bad := next((answer for answer in answers if answer.status != 200), None):
        raise RuntimeError(f"{bad.status}: {bad.body[:500].decode('utf-8', 'replace')}")
    return answers
