"""A PostgreSQL and a Redis of one's own, to be killed and started again."""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from services.launcher.children import Child, Running
from services.launcher.embedded import Embedded
from services.launcher.homes import Home, Stores


@dataclass
class Own:
    """A PostgreSQL and a Redis that may be killed."""

    home: Home
    lock: int
    embedded: Embedded
    running: dict[str, Running] = field(default_factory=dict)

    @property
    def addresses(self) -> Stores:
        """Where they answer."""
        return self.embedded.stores

    def start(self, child: Child) -> None:
        """Start one of them, as the launcher does, again and again until it is ready."""
        running = Running(child, self.home.log(child.name), self.lock)
        while not running.is_ready():
            time.sleep(0.01)
        self.running[child.name] = running

    def kill(self, name: str) -> None:
        """One is gone without a word."""
        os.kill(self.running[name].process.pid, signal.SIGKILL)
        self.running.pop(name).sweep()


@contextmanager
def own_stores() -> Iterator[Own]:
    """Both run until the end of the block, in a folder that is gone afterwards; enter it in the main thread."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="anzhen-own-"))
        folder.chmod(0o711)
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        home = Home(folder)
        own = Own(home, stack.enter_context(home.locked("command")), Embedded(home, {"max_connections": 120}))
        stack.callback(own.embedded.clear)
        for child in (own.embedded.postgres, own.embedded.redis):
            own.start(child)
        yield own
        for name in list(own.running):
            own.kill(name)
