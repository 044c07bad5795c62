"""Foreground children that never outlive the process which started them."""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.launcher.accounts import Account
from services.launcher.problems import CannotStart, from_log, told

LOG_LIMIT_BYTES = 20 * 1024 * 1024
_SETTLED_SECONDS = 1
_PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None).prctl  # looked up here: after a fork only what is already loaded is safe


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """What to run and how to end it; the same description serves every restart."""

    name: str
    """Latin: names the log file."""
    title: str
    """Chinese: names it to people."""
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    account: Account | None = None
    """The operating system's user to run as; None is our own."""
    cwd: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGKILL
    """Sent by the kernel when we are gone without having stopped it: whatever it does then must end within five seconds."""
    hurry_signal: signal.Signals = signal.SIGKILL
    """Sent when the person will wait no longer."""
    grace_seconds: float = 10
    ready_seconds: float = 60
    prepare: Callable[[], None] = lambda: None
    """Runs before each start."""
    is_ready: Callable[[int], bool] | None = None
    """Asked with the child's process id until it holds; without it, a child that lives for a second is ready."""


class Running:
    """One life of a child; must be begun in the main thread, since the kernel ties the child to the starting thread."""

    def __init__(self, child: Child, log: Path, lock: int) -> None:
        self.child, self.log = child, log
        keep_small(log)
        child.prepare()
        with told(log), log.open("ab") as output:
            self._log_start = output.tell()
            self.process = subprocess.Popen(  # noqa: S603 - our own programs
                list(child.command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=child.cwd,
                env=dict(child.environment),
                start_new_session=True,  # Ctrl-C reaches the parent only, which stops children in order
                preexec_fn=_tied_to_parent(child.orphan_signal),  # noqa: PLW1509 - runs only what is loaded
                pass_fds=(lock,),  # the home stays locked until the last of them is gone, whatever becomes of us
                **(child.account.popen() if child.account else {}),
            )
        self.started = time.monotonic()

    def has_ended(self) -> bool:
        """The process is gone (and reaped)."""
        return self.process.poll() is not None

    def is_ready(self) -> bool:
        """It serves; raises CannotStart once it ended or its time is over."""
        if self.has_ended():
            raise self.failure()
        lived = time.monotonic() - self.started
        if self.child.is_ready(self.process.pid) if self.child.is_ready else lived > _SETTLED_SECONDS:
            return True
        if lived > self.child.ready_seconds:
            raise CannotStart(f"{self.child.title}在 {self.child.ready_seconds:g} 秒内没有就绪，请查看日志 {self.log}")
        return False

    def failure(self) -> CannotStart:
        """Why it ended, as far as its log tells."""
        return from_log(self.child.title, self.log, self._log_start)

    def stop(self, hurry: threading.Event) -> None:
        """End it gently, or at once when `hurry` is set meanwhile; nothing of its group remains."""
        if not self._ended_after(self.child.stop_signal, self.child.grace_seconds, hurry):
            self._ended_after(self.child.hurry_signal, 5, threading.Event())
        self.sweep()

    def sweep(self) -> None:
        """Kill what is left of its process group (a web server's workers outlive their killed master and hold the port)."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _ended_after(self, number: signal.Signals, seconds: float, hurry: threading.Event) -> bool:
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)
        end = time.monotonic() + seconds
        while not self.has_ended() and not hurry.is_set() and time.monotonic() < end:
            time.sleep(0.02)
        return self.has_ended()


def keep_small(log: Path) -> None:
    """A log above the limit moves to `NAME.log.1` and begins anew; writers append, so they carry on at its start."""
    with told(log), contextlib.suppress(FileNotFoundError):
        if log.stat().st_size > LOG_LIMIT_BYTES:
            shutil.copyfile(log, log.with_name(f"{log.name}.1"))
            os.truncate(log, 0)


def _tied_to_parent(number: signal.Signals) -> Callable[[], None]:
    """For after the fork and the change of user (which would clear it): the kernel sends `number` when our thread ends."""
    parent = os.getpid()

    def tie() -> None:
        _prctl(_PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:
            os._exit(1)

    return tie
