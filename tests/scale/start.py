"""From the command to the first answer, when the demo has been there before."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.scale.clients import Client
from tests.scale.figures import Asked, spread, three, told

LIMIT_SECONDS = 6.0
PATIENCE_SECONDS = 240
STARTS = 3


async def measure(asked: Asked) -> None:
    """A second start answers in at most six seconds."""
    home = Path(tempfile.mkdtemp(prefix="anzhen-scale-start-"))
    home.chmod(0o711)
    try:
        first = await _answered(home)
        later = [await _answered(home) for _ in range(STARTS)]
    finally:
        shutil.rmtree((home / "place").resolve(), ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)
    told(
        asked,
        "start",
        {"second start ≤ 6 s": median(later) <= LIMIT_SECONDS},
        unit="s",
        first=three(first),
        second=spread(later),
        ratio_to_limit=spread([value / LIMIT_SECONDS for value in later]),
    )


async def _answered(home: Path) -> float:
    """Seconds from `anzhen demo` until it is ready; it is stopped afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {**os.environ, "ANZHEN_HOME": str(home), "ANZHEN_PORT": str(port)}
    environment["PYTHONPYCACHEPREFIX"] = str(home / "bytecode")  # the first start writes it, as everywhere
    for name in ("ANZHEN_TESTING", "ANZHEN_DATABASE_URL", "ANZHEN_REDIS_URL", "PYTHONDONTWRITEBYTECODE"):
        environment.pop(name, None)
    begun = time.perf_counter()
    with (home / "start.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: ASYNC220 - starting waits for nothing
            [sys.executable, "-m", "services", "demo"], env=environment, stdout=log, stderr=log
        )
    try:
        await _ready(process, port, begun)
        return time.perf_counter() - begun
    finally:
        process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(process.wait, 60)


async def _ready(process: subprocess.Popen[bytes], port: int, begun: float) -> None:
    while time.perf_counter() < begun + PATIENCE_SECONDS and process.poll() is None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            async with Client.at(port) as client:
                if (await client.get("/ready")).status == 200:
                    return
        await asyncio.sleep(0.02)
    raise RuntimeError("the demo did not start")
