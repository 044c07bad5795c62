"""The folder in which one installation lives: one run at a time, its secrets, its logs, and where it serves."""

import contextlib
import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from services.launcher.problems import CannotStart, told

_LONGEST_PATH_BYTES = 800  # PostgreSQL's own paths below it must stay under 1024


@dataclass(frozen=True, slots=True)
class Stores:
    """Where PostgreSQL and Redis of a run answer."""

    admin_url: str
    """An administrator's login, for `migrate` alone."""
    redis_url: str


class HomeInUse(CannotStart):
    """Another living process holds the home."""

    def __init__(self, folder: Path, pid: int, kind: str) -> None:
        self.pid, self.kind = pid, kind
        town = (
            f"安镇已在运行：进程号 {pid}，目录 {folder}。要停止它，请在它的终端按 Ctrl-C，或执行 kill {pid}；"
            "要另起一套，请用 ANZHEN_HOME 指定另一个目录，用 ANZHEN_PORT 指定另一个端口。"
        )
        command = f"另一个安镇命令（进程号 {pid}）正在使用 {folder}，请等它结束后再试。"
        super().__init__(town if kind == "up" else command)


class Home:
    """ANZHEN_HOME, made if it is missing; raises CannotStart when it cannot be used."""

    def __init__(self, folder: Path) -> None:
        name = os.fsencode(folder)
        if len(name) > _LONGEST_PATH_BYTES or any(byte < ord(" ") for byte in name):
            raise CannotStart("ANZHEN_HOME 的路径太长，或含有换行等控制字符，请换一个目录。")
        with told(folder):
            if not folder.is_dir():
                folder.mkdir(parents=True)
                # root lets the stores' own user pass through; what lies inside is closed to others
                folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
            self.folder = folder.resolve()
            self.keys, self.logs = (private(self.folder / "keys"), private(self.folder / "logs"))

    @contextlib.contextmanager
    def locked(self, kind: str) -> Iterator[int]:
        """Hold the home (`kind`: up or command) as the only run; yields the lock's descriptor; raises HomeInUse."""
        with told(self.folder):
            lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._take(lock)
            os.ftruncate(lock, 0)
            os.pwrite(lock, f"{os.getpid()} {kind}".encode(), 0)
            self._run_file.unlink(missing_ok=True)
            try:
                yield lock
            finally:
                self._run_file.unlink(missing_ok=True)
        finally:
            os.close(lock)

    def _take(self, lock: int, seconds: float = 15) -> None:
        """A holder that is dead leaves children which end by themselves within seconds: wait for those."""
        end = time.monotonic() + seconds
        while not self._is_free(lock):
            pid, kind = self.holder()
            if is_alive(pid):
                raise HomeInUse(self.folder, pid, kind)
            if time.monotonic() > end:
                raise CannotStart(f"目录 {self.folder} 仍被上一次运行留下的进程占用，请稍候再启动，或重新启动本机。")
            time.sleep(0.05)

    def _is_free(self, lock: int) -> bool:
        with told(self.folder):
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

    def holder(self) -> tuple[int, str]:
        """Process id and kind of the run that last took the lock; (0, "") when there was none."""
        pid, _, kind = (self.folder / "lock").read_text("ascii", "replace").partition(" ")
        return (int(pid), kind) if pid.isdigit() else (0, "")

    def secret(self, name: str) -> Path:
        """The file `keys/NAME`, 0600, made once with 192 random bits."""
        file = self.keys / name
        with told(file):
            if not file.exists():
                write_private(file, secrets.token_urlsafe(24))
        return file

    def log(self, name: str) -> Path:
        """Where a child writes."""
        return self.logs / f"{name}.log"

    def publish(self, stores: Stores) -> None:
        """Let other commands of the same person find this run's stores."""
        with told(self._run_file):
            write_private(self._run_file, json.dumps({"pid": os.getpid(), **asdict(stores)}))

    def published(self, pid: int) -> Stores | None:
        """The stores of the run with this process id, once they serve."""
        try:
            run: Mapping[str, object] = json.loads(self._run_file.read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        if run.get("pid") != pid:
            return None
        return Stores(str(run["admin_url"]), str(run["redis_url"]))

    @property
    def _run_file(self) -> Path:
        return self.folder / "run.json"


def is_alive(pid: int) -> bool:
    """A process with this id runs; a zombie, which waits for a parent that will never ask, does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except OSError:
        return False
    return state not in {b"Z", b"X"}


def private(folder: Path) -> Path:
    """A folder of ours that only we may enter."""
    if not folder.is_dir():
        folder.mkdir(mode=0o700)
    return folder


def write_private(file: Path, text: str) -> None:
    """All or nothing, readable by us alone."""
    fresh = file.with_name(f"{file.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as output:
        output.write(text)
        output.flush()
        os.fsync(output.fileno())
    fresh.rename(file)
