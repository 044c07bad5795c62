"""Server processes under measurement: one worker each, and the processor time that it has used so far."""

import asyncio
import contextlib
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.scale.clients import Client

PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Server:
    """One web server with one worker."""

    port: int
    pid: int

    def used(self) -> float:
        """Seconds of processor, user and system, of all threads of all its processes."""
        return sum(_used(pid) for pid in _tree(self.pid))


def _tree(pid: int) -> list[int]:
    children = [int(child) for task in _tasks(pid) for child in _words(task / "children")]
    return [pid, *(below for child in children for below in _tree(child))]


def _used(pid: int) -> float:
    """From the scheduler, in nanoseconds: the ticks of /proc/PID/stat are too coarse for a short round."""
    return sum(int(next(iter(_words(task / "schedstat")), 0)) for task in _tasks(pid)) / 1e9


def _tasks(pid: int) -> list[Path]:
    with contextlib.suppress(FileNotFoundError):
        return list(Path(f"/proc/{pid}/task").iterdir())
    return []


def _words(file: Path) -> list[str]:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return file.read_text("ascii").split()
    return []


@contextlib.asynccontextmanager
async def serving(target: str, environment: Mapping[str, str], log: Path) -> AsyncIterator[Server]:
    """An application factory behind granian, as the house runs it, ended with all its processes."""
    port = _free_port()
    command = [sys.executable, "-m", "granian", target, "--factory", "--interface", "asgi", "--loop", "uvloop"]
    command += ["--port", str(port), "--workers", "1", "--no-ws"]
    with log.open("ab") as output:
        process = subprocess.Popen(command, env=dict(environment), stdout=output, stderr=output, start_new_session=True)  # noqa: ASYNC220 - starting waits for nothing
    try:
        await _answers(process, port, log)
        yield Server(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.to_thread(process.wait, 10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _answers(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(PATIENCE_SECONDS * 20):
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            async with Client.at(port) as client:
                await client.get("/health")
                return
        if process.poll() is not None:
            break
        await asyncio.sleep(0.05)
    raise RuntimeError(f"no server: {log.read_text('utf-8', 'replace')[-2000:]}")
