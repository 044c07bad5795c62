"""A small town for these tests: the real tree and stores, with stand-ins for web, worker and scheduler."""

import asyncio
import os
import sys
from pathlib import Path

from services.kernel.settings import Settings
from services.launcher import CannotStart, Child, Stores, say, up

LIVES = "import signal, time; signal.signal(signal.SIGTERM, lambda *_: exit(0)); print('lives', flush=True); time.sleep(600)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.signal(signal.SIGINT, signal.SIG_IGN); print('lives', flush=True); time.sleep(600)"


def stand_in(name: str, code: str = LIVES) -> Child:
    return Child(
        name=name,
        title=name,
        command=[sys.executable, "-c", code, f"stand-in-{name}"],
        environment={},
        grace_seconds=30,
    )


async def note_addresses(stores: Stores) -> None:
    say(f"before: {stores.admin_url}")
    await asyncio.sleep(float(os.environ.get("BEFORE_SECONDS", "0")))


if __name__ == "__main__":
    codes = {"stubborn": STUBBORN, "broken": "raise SystemExit('no such town')"}
    chosen = [stand_in("web", codes.get(sys.argv[3], LIVES)), stand_in("worker")]
    try:
        up(Settings(home=Path(sys.argv[1]), port=int(sys.argv[2])), services=chosen, before=note_addresses)
    except CannotStart as problem:
        sys.exit(str(problem))
