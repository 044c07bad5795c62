# ruff: noqa: INP001 - a script, not a package
"""The second lane: isolation and faults once more, on Debian's PostgreSQL and Redis instead of the embedded ones.

Installs both packages as root when they are missing, starts private instances (never the system's services), runs the
tests, and stops them. Exit status: that of pytest; 75 when the lane cannot run here, with the reason.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from services.launcher.accounts import account_for
from services.launcher.children import Child, Running
from services.launcher.homes import Home, write_private
from services.launcher.places import BARE, owned, socket_folder
from services.launcher.postgres import ADMINISTRATOR, Cluster
from services.launcher.problems import CannotStart, say
from services.launcher.redis import redis_child

ROOT = Path(__file__).parents[2]
FOLDERS = ("architecture", "tenancy", "faults", "migrations")
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": 200}
OLDEST = 15
CANNOT_RUN = 75


class CannotRunError(Exception):
    """Neither are there Debian servers on the machine, nor can it get them."""


def main() -> int:
    """Run the lane; pytest's exit status."""
    try:
        programs, redis = debian_programs()
        with tempfile.TemporaryDirectory(prefix="anzhen-debian-") as folder:
            Path(folder).chmod(0o711)
            with servers(Home(Path(folder) / "home"), programs, redis) as addresses:
                for program in (programs / "postgres", redis):
                    subprocess.run([program, "--version"], check=True)  # noqa: S603 - Debian's own
                return run_tests(addresses)
    except (CannotRunError, CannotStart) as problem:
        say(f"第二车道没有运行 / the Debian lane did not run: {problem}")
        return CANNOT_RUN


def debian_programs() -> tuple[Path, Path]:
    """PostgreSQL's folder bin and redis-server, installed if need be."""
    if not (postgres_folder() and shutil.which("redis-server")):
        install()
    programs, redis = postgres_folder(), shutil.which("redis-server")
    if not programs or not redis:
        raise CannotRunError(f"apt brought no PostgreSQL {OLDEST} or newer, or no redis-server")
    return programs, Path(redis)


def postgres_folder() -> Path | None:
    """The oldest version that the project supports, of those installed."""
    versions = sorted(int(path.name) for path in Path("/usr/lib/postgresql").glob("[0-9]*") if path.name.isdigit())
    found = [Path(f"/usr/lib/postgresql/{version}/bin") for version in versions if version >= OLDEST]
    return next((path for path in found if (path / "initdb").exists()), None)


def install() -> None:
    """Both packages by apt, without their services being started."""
    if os.geteuid() or not shutil.which("apt-get"):
        raise CannotRunError("postgresql and redis-server are not installed, and apt needs root")
    say("安装 Debian 的 PostgreSQL 和 Redis / installing Debian's servers")
    apt("update")
    with services_stay_down():
        apt("install", "--yes", "--no-install-recommends", "postgresql", "redis-server")


def apt(*words: str) -> None:
    """One quiet apt-get command."""
    command = ["/usr/bin/apt-get", "-qq", *words]
    done = subprocess.run(  # noqa: S603 - fixed words
        command, check=False, capture_output=True, text=True, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    )
    if done.returncode:
        raise CannotRunError(f"{' '.join(command)}: {done.stderr.strip()[-500:]}")


@contextlib.contextmanager
def services_stay_down() -> Iterator[None]:
    """Debian asks this file before it starts a service; one that the machine has already is left alone."""
    policy = Path("/usr/sbin/policy-rc.d")
    if policy.exists():
        yield
        return
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink()


@contextlib.contextmanager
def servers(home: Home, programs: Path, redis: Path) -> Iterator[dict[str, str]]:
    """Private instances below `home`; yields what the tests read."""
    account = account_for()
    cluster = Cluster(home.folder, programs, account, home.secret("database-admin"))
    initialise(cluster)
    sockets = socket_folder(home.folder, account)
    messages = redis_child(redis, owned(home.folder / "redis", account), sockets / "redis.sock", account)
    with home.locked("command") as lock, running(home, lock, cluster.child(sockets, FAST), messages):
        login = f"{ADMINISTRATOR}:{cluster.password.read_text()}"
        yield {
            "ANZHEN_TEST_DATABASE_URL": f"postgresql+asyncpg://{login}@/postgres?host={sockets}",
            "ANZHEN_TEST_REDIS_URL": f"unix://{sockets}/redis.sock",
        }
    sockets.rmdir()


@contextlib.contextmanager
def running(home: Home, lock: int, *children: Child) -> Iterator[None]:
    """All of them serve inside the block."""
    started: list[Running] = []
    try:
        for child in children:
            started.append(Running(child, home.log(child.name), lock))
            while not started[-1].is_ready():
                time.sleep(0.02)
        yield
    finally:
        for one in reversed(started):
            one.stop(threading.Event())


def initialise(cluster: Cluster) -> None:
    """An empty cluster by that version's own initdb; it knows no builtin locale before 17."""
    data = owned(cluster.data, cluster.account)
    word = cluster.place / "password"
    write_private(word, cluster.password.read_text())
    if cluster.account:
        cluster.account.takes(word)
    options = ["-U", ADMINISTRATOR, f"--pwfile={word}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]
    user = cluster.account.popen() if cluster.account else {}
    done = subprocess.run(  # noqa: S603 - Debian's own program
        [cluster.programs / "initdb", "-D", data, *options],
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
        env=BARE,
        **user,
    )
    if done.returncode:
        raise CannotRunError(f"initdb: {done.stderr.strip()}")


def run_tests(addresses: dict[str, str]) -> int:
    """Those of the lane's folders that exist; pytest's exit status."""
    folders = [f"tests/{name}" for name in FOLDERS if (ROOT / "tests" / name).is_dir()]
    command = [sys.executable, "-m", "pytest", "-n", "2", *folders]
    return subprocess.run(command, check=False, cwd=ROOT, env=os.environ | addresses).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
