"""PostgreSQL 18 out of its wheel, as a plain foreground child: no pg_ctl, no daemon, no TCP port."""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.launcher.accounts import Account
from services.launcher.children import Child
from services.launcher.homes import write_private
from services.launcher.places import BARE, clear_sockets, owned
from services.launcher.problems import CannotStart

ADMINISTRATOR = "anzhen_admin"
DATABASE = "anzhen"
_MAJOR_VERSION = "18"
_FIRST_START_BYTES = 200 * 1024 * 1024
_PID_LINE, _STATUS_LINE = 0, 7  # of postmaster.pid


@dataclass(frozen=True, slots=True)
class Cluster:
    """One database cluster, `postgres` below `place`, made when it is missing."""

    place: Path
    programs: Path
    """The folder bin."""
    account: Account | None
    password: Path
    """The file with the administrator's password."""

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.place / "postgres"

    def make(self) -> None:
        """The cluster exists; a half-made one never becomes `postgres`: it is made beside and renamed. Raises CannotStart."""
        for half in self.place.glob("postgres.new-*"):
            shutil.rmtree(half, ignore_errors=True) if half.is_dir() else half.unlink()
        if (version := self.data / "PG_VERSION").exists():
            if (found := version.read_text().strip()) != _MAJOR_VERSION:
                raise CannotStart(
                    f"{self.data} 由 PostgreSQL {found} 建立，内置的是 {_MAJOR_VERSION}。请用原来的版本备份，再恢复到新目录。"
                )
            return
        if shutil.disk_usage(self.place).free < _FIRST_START_BYTES:
            raise CannotStart(
                f"{self.place} 所在磁盘的可用空间不足 200 MB，无法建立数据库。请清理出空间，或用 ANZHEN_HOME 指定另一个目录。"
            )
        fresh = owned(self.place / f"postgres.new-{os.getpid()}", self.account)
        self._initialise(fresh)
        fresh.rename(self.data)

    def _initialise(self, fresh: Path) -> None:
        word = fresh.with_name(f"{fresh.name}.word")
        write_private(word, self.password.read_text("ascii"))
        if self.account:
            self.account.takes(word)
        login = ("-U", ADMINISTRATOR, f"--pwfile={word}", "--auth=scram-sha-256")
        locale = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        self._run("initdb", "-D", fresh, *login, *locale, "--no-instructions")
        word.unlink()
        create = f"CREATE DATABASE {DATABASE}\n"
        self._run("postgres", "--single", "-c", "exit_on_error=on", "-D", fresh, "postgres", stdin=create)

    def _run(self, program: str, *words: str | Path, stdin: str = "") -> None:
        done = subprocess.run(  # noqa: S603 - out of the wheel
            [self.programs / program, *words],
            check=False,
            input=stdin.encode(),
            capture_output=True,
            cwd="/",
            env=BARE,
            **(self.account.popen() if self.account else {}),
        )
        if done.returncode:
            raise CannotStart(f"建立数据库失败：\n{done.stderr.decode('utf-8', 'replace').strip()}")

    def child(self, sockets: Path, settings: Mapping[str, object]) -> Child:
        """The server on a private socket."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": f'"{sockets}"',
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "jit": "off",
            "dynamic_shared_memory_type": "mmap",  # containers give a small /dev/shm, or one that only root may write
            # statements and the DETAIL of a broken key would put personal values and passwords into the log
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
            **settings,
        }
        words = [f"--{key}={value}" for key, value in settings.items()]
        return Child(
            name="postgres",
            title="数据库",
            command=[self.programs / "postgres", "-D", self.data, *words],
            environment=BARE,
            account=self.account,
            cwd=Path("/"),
            stop_signal=signal.SIGINT,  # SIGTERM would wait for every client
            orphan_signal=signal.SIGINT,
            hurry_signal=signal.SIGQUIT,  # PostgreSQL recovers at the next start
            grace_seconds=60,
            prepare=lambda: self._clear(sockets),
            is_ready=self._is_ready,
        )

    def _is_ready(self, pid: int) -> bool:
        """Our own child says so in its pid file; pg_isready would believe a stranger on the same socket."""
        lines = self._pid_file()
        ready = len(lines) > _STATUS_LINE and lines[_STATUS_LINE].strip() == b"ready"
        return ready and lines[_PID_LINE] == str(pid).encode()

    def _clear(self, sockets: Path) -> None:
        """After a kill the pid in postmaster.pid may be a zombie or another process by now, and PostgreSQL would refuse for ever.

        Backends that still run are no danger: PostgreSQL finds their shared memory by the data folder and waits.
        """
        clear_sockets(sockets, ".s.PGSQL.*")
        pid = self._pid_file()[_PID_LINE]
        if not pid.isdigit():
            return
        if _works_in(int(pid), self.data):
            raise CannotStart(f"数据目录 {self.data} 正由进程 {int(pid)} 使用，请先停止它。")
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _pid_file(self) -> list[bytes]:
        """Bytes: one line is the path, in whatever encoding."""
        try:
            return (self.data / "postmaster.pid").read_bytes().split(b"\n")
        except FileNotFoundError:
            return [b""]


def _works_in(pid: int, folder: Path) -> bool:
    """A living process whose current folder is this one; false for a zombie and for another user's process."""
    try:
        return Path(f"/proc/{pid}/cwd").samefile(folder)
    except OSError:
        return False
