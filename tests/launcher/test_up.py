"""A town on one machine: it starts, heals, refuses to start twice, and leaves nothing behind."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import asyncpg
import pytest
from redis import Redis
from sqlalchemy import make_url

from services.kernel.settings import Settings
from services.launcher import stores
from services.launcher.homes import is_alive

ROOT = Path(__file__).parents[2]
STARTED = "安镇已启动"


class Town:
    """`up` with stand-in services, in a process of its own."""

    born: ClassVar[list["Town"]] = []

    def __init__(self, home: Path, *, port: int | None = None, web: str = "lives", **environment: str) -> None:
        self.home, self.output = home, Path(tempfile.mkstemp(suffix=".out", dir=home.parent)[1])
        command = [sys.executable, Path(__file__).with_name("town.py"), home, str(port or free_port()), web]
        self.born.append(self)
        environment = {"PYTHONPATH": str(ROOT), "LANG": "zh_CN.GB2312", "PYTHONUTF8": "1"} | environment
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                command, stdout=output, stderr=output, env=os.environ | environment, process_group=0
            )

    def said(self) -> str:
        """Everything on its terminal until now."""
        return self.output.read_text("utf-8")

    def started(self) -> "Town":
        """Itself, once it serves."""
        until(lambda: STARTED in self.said() or self.process.poll() is not None)
        assert STARTED in self.said(), self.said()
        return self

    def stop(self, *signals: signal.Signals) -> int:
        """Its exit status after these signals."""
        for number in signals:
            self.process.send_signal(number)
            time.sleep(0.3)
        return self.process.wait(20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(holds: Callable[[], object], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def descendants(pid: int) -> dict[int, str]:
    """Process ids below this one, with their command lines."""
    parents, commands = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_bytes().rpartition(b")")[2].split()[1])
            commands[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
    found, fresh = {}, {pid}
    while fresh:
        fresh = {child for child, parent in parents.items() if parent in fresh}
        found |= {child: commands[child] for child in fresh}
    return found


def child(town: Town, words: str) -> int:
    """The direct child with these words in its command line; 0 when there is none now."""
    pids = [pid for pid, command in descendants(town.process.pid).items() if words in command]
    return min(pids, default=0)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A path with a blank and Chinese in it, that the stores' own user reaches."""
    folder = Path(tempfile.mkdtemp(prefix="anzhen 安镇 "))
    folder.chmod(0o711)
    yield folder
    for town in Town.born:
        town.process.terminate()
        town.process.wait(20)
    shutil.rmtree(folder)


@pytest.fixture
def home(folder: Path) -> Path:
    """One home for one town after the other, so that its database is made once."""
    return folder / "home"


@pytest.fixture(scope="module")
def town(folder: Path) -> Town:
    """A town that several tests look at."""
    return Town(folder / "shared").started()


async def asked(url: str) -> str:
    address = make_url(url)
    connection = await asyncpg.connect(
        host=address.query["host"], user=address.username, password=address.password, database=address.database
    )
    try:
        return str(await connection.fetchval("SELECT current_user || '@' || current_database()"))
    finally:
        await connection.close()


def answers(url: str) -> bool:
    try:
        return asyncio.run(asked(url)) == "anzhen_admin@anzhen"
    except (OSError, asyncpg.PostgresError):
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_town_stops_on_request_and_leaves_neither_process_nor_socket(home: Path, number: signal.Signals) -> None:
    """Ctrl-C, SIGTERM and a closed terminal end everything, and say so."""
    town = Town(home).started()
    family = descendants(town.process.pid)
    sockets = Path(make_url(town.said().split()[town.said().split().index("before:") + 1]).query["host"])
    assert len(family) >= 4
    assert sockets.is_dir()
    assert town.stop(number) == 0
    assert not [command for pid, command in family.items() if is_alive(pid)]
    assert not sockets.exists()
    assert town.said().endswith("已停止。\n")


def test_a_killed_parent_leaves_nothing_within_five_seconds_and_the_town_starts_again(home: Path) -> None:
    """SIGKILL gives no chance to clean up: the kernel and the children do it, stubborn ones too."""
    town = Town(home, web="stubborn").started()
    family = descendants(town.process.pid)
    town.stop(signal.SIGKILL)
    again = Town(home)  # at once: it waits for what is still ending
    until(lambda: not [pid for pid in family if is_alive(pid)], seconds=5)
    again.started().stop(signal.SIGTERM)


def test_each_killed_child_comes_back(town: Town) -> None:
    """Whatever is killed is started again, and the stores answer as before."""
    with stores(Settings(home=town.home)) as found:
        for words in ("bin/postgres -D", "redis-server", "stand-in-web", "stand-in-worker"):
            before = child(town, words)
            os.kill(before, signal.SIGKILL)
            until(lambda words=words, before=before: child(town, words) not in {0, before})
        until(lambda: answers(found.admin_url))
        until(lambda: Redis.from_url(found.redis_url).ping())
    assert town.said().count("意外退出") == 4


def test_a_command_uses_the_stores_of_the_running_town(town: Town) -> None:
    """A command beside a running town neither starts a second database nor stops the first."""
    with stores(Settings(home=town.home)) as found:
        assert found.admin_url in town.said()
    assert answers(found.admin_url)
    assert (town.home / "run.json").stat().st_mode & 0o777 == 0o600


def test_a_second_town_in_the_same_home_is_refused(town: Town) -> None:
    """The refusal names the process and the folder that are in the way."""
    second = Town(town.home)
    assert second.process.wait(10) == 1
    assert f"进程号 {town.process.pid}" in second.said()
    assert str(town.home) in second.said()


def test_a_taken_port_is_told_before_anything_starts(folder: Path) -> None:
    """The refusal names the port and how to choose another; no database was made."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        town = Town(folder / "fresh", port=port)
        assert town.process.wait(10) == 1
    assert f"端口 {port} 已被其他程序占用" in town.said()
    assert "ANZHEN_PORT=" in town.said()
    assert not (town.home / "postgres").exists()


def test_a_second_request_to_stop_waits_no_longer(home: Path) -> None:
    """A service that does not listen has thirty seconds, unless the person presses Ctrl-C again."""
    town = Town(home, web="stubborn").started()
    began = time.monotonic()
    assert town.stop(signal.SIGINT, signal.SIGINT) == 0
    assert time.monotonic() - began < 5


def test_a_service_that_never_gets_ready_ends_the_start_and_shows_why(home: Path) -> None:
    """After three attempts the town gives up, tells the log's last words, and leaves nothing."""
    town = Town(home, web="broken")
    assert town.process.wait(15) == 1
    assert "no such town" in town.said()
    assert not descendants(town.process.pid)


def test_a_stop_is_heard_while_the_town_is_still_preparing(home: Path) -> None:
    """Migrating and loading can be interrupted."""
    town = Town(home, BEFORE_SECONDS="60")
    until(lambda: "before:" in town.said())
    assert town.stop(signal.SIGINT) == 0
    assert STARTED not in town.said()
