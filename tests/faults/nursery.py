"""Where workers are born: the program is loaded once, and each worker is a fork of it, so that killing many costs little.

`python -m tests.faults.nursery` reads one order a line: {"start": {…}} answers the process id, {"wait": pid} how it ended.
"""

import gc
import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from typing import Any

from services.kernel import sweeping, worker
from services.kernel.logs import configure_logs
from services.kernel.outbox import Pace
from services.kernel.settings import Settings
from services.notifications.channels.chosen import use
from services.supervision.imports import jobs as imports
from tests.faults import jobs


class Nursery:
    """The nursery as the tests see it."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.faults.nursery"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def start(self, **order: Any) -> int:
        """A worker's process id."""
        return self._ask(start=order)

    def wait(self, pid: int) -> int:
        """How a worker ended: its exit code, or minus the signal."""
        return self._ask(wait=pid)

    def end(self) -> None:
        """No more workers."""
        self._process.communicate()

    def _ask(self, **order: Any) -> int:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def main() -> None:
    """Obey until the orders end."""
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        answer = _start(**order["start"]) if "start" in order else _wait(order["wait"])
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


def _start(*, environment: dict[str, str], namespace: str, lease: float, log: str) -> int:
    if pid := os.fork():
        return pid
    signal.signal(signal.SIGINT, signal.default_int_handler)
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.environ.update(environment)
    code = 1
    try:
        code = _work(namespace, lease)
    finally:
        os._exit(code)


def _work(namespace: str, lease: float) -> int:
    assert (jobs.tell.queue, imports.save.queue) == ("messages", "imports")
    configure_logs()
    settings = Settings.from_environment()
    use(settings)
    sweeping.use(settings)
    pace = Pace(lease=timedelta(seconds=lease), first_delay=timedelta(milliseconds=100))
    return worker.run(settings, namespace=namespace, pace=pace)


def _wait(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    main()
