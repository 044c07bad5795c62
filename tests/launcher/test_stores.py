"""The stores' own troubles: what a killed run left, unreachable and unusable folders, full disks."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.kernel.settings import Settings
from services.launcher import CannotStart, Home, Stores, stores
from services.launcher.accounts import account_for
from services.launcher.children import LOG_LIMIT_BYTES, keep_small
from services.launcher.homes import HomeInUse
from services.launcher.places import Programs, _copy_programs, _packages, data_place
from services.launcher.problems import from_log

AS_ROOT = os.geteuid() == 0


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may pass through; pytest's own is closed."""
    folder = Path(tempfile.mkdtemp(prefix="anzhen-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def settled() -> Iterator[tuple[Settings, Stores]]:
    """A deep home where the first start was killed in the middle, and the next went well."""
    folder = Path(tempfile.mkdtemp(prefix="anzhen-"))
    folder.chmod(0o711)
    home = folder / "/".join(["很长的目录名"] * 30)
    (home / "postgres.new-1").mkdir(parents=True)
    (home / "postgres.new-1.word").write_text("half")
    with stores(Settings(home=home)) as found:
        pass
    yield Settings(home=home), found
    shutil.rmtree(folder)


def test_a_half_made_cluster_is_thrown_away(settled: tuple[Settings, Stores]) -> None:
    """A first start that was killed in the middle is simply begun again."""
    home = settled[0].home
    assert (home / "postgres/PG_VERSION").read_text() == "18\n"
    assert not list(home.glob("postgres.new-*"))


def test_a_deep_home_has_a_short_socket(settled: tuple[Settings, Stores]) -> None:
    """A socket's path holds 107 bytes, a home's many more."""
    settings, found = settled
    assert len(os.fsencode(settings.home)) > 500
    assert len(found.redis_url.removeprefix("unix://")) < 107


def test_a_pid_file_that_names_a_stranger_does_not_keep_the_database_shut(settled: tuple[Settings, Stores]) -> None:
    """After a reboot the recorded pid may belong to any process of the same user; data and login are as before."""
    settings, first = settled
    account = account_for(settings.home / "postgres")
    stranger = subprocess.Popen(["/bin/sleep", "60"], cwd="/", **(account.popen() if account else {}))
    pid_file = settings.home / "postgres/postmaster.pid"
    pid_file.write_text(f"{stranger.pid}\n{settings.home}/postgres\n1\n5432\n/nowhere\n\n0 0\nready\n")
    try:
        with stores(settings) as second:
            assert second == first
    finally:
        stranger.kill()
        stranger.wait()


def test_a_home_below_a_closed_folder_works_and_opens_no_folder_of_others(tmp_path: Path) -> None:
    """As root below such a folder the data lie in a place of our own, to which the home has a link; a removed home loses nothing."""
    tmp_path.chmod(0o700)
    home = tmp_path / "home"
    with stores(Settings(home=home)):
        pass
    data = (home / "place").readlink() if AS_ROOT else home
    assert (data / "postgres/PG_VERSION").exists()
    assert tmp_path.stat().st_mode & 0o777 == 0o700
    if AS_ROOT:
        shutil.rmtree(home)
        data_place(Home(home), account_for())
        (kept,) = data.parent.glob(f"{data.name}.*")
        assert (kept / "postgres/PG_VERSION").exists()
        shutil.rmtree(kept)
        shutil.rmtree(data)


def test_the_copied_programs_run_for_the_user_of_the_stores(open_folder: Path) -> None:
    """Where the installed programs cannot be reached, a copy serves, libraries included."""
    copy = open_folder / "programs-1"
    _copy_programs(_packages(), copy)
    account = account_for()
    programs = Programs.below(copy)
    for command in ([programs.postgres / "initdb", "--version"], [programs.redis, "--version"]):
        subprocess.run(command, check=True, cwd="/", **(account.popen() if account else {}))


def test_a_folder_that_cannot_be_written_is_told(open_folder: Path) -> None:
    """The sentence names the folder and the variable that chooses another."""
    closed = Path("/sys/anzhen")  # nobody makes a folder there, root included
    if not AS_ROOT:
        closed = open_folder / "closed" / "home"
        closed.parent.mkdir(mode=0o500)
    with pytest.raises(CannotStart, match=f"{closed}.*ANZHEN_HOME"), stores(Settings(home=closed)):
        pass


def test_a_home_that_is_a_file_is_told(open_folder: Path) -> None:
    """A name already taken by a file is no home."""
    (open_folder / "home").write_text("")
    with pytest.raises(CannotStart, match="同名文件"):
        Home(open_folder / "home")


@pytest.mark.parametrize("name", ["a\nb", "深" * 300], ids=["newline", "too long"])
def test_a_path_that_postgresql_could_not_hold_is_refused(open_folder: Path, name: str) -> None:
    """PostgreSQL writes its path as one line, and holds 1024 bytes."""
    with pytest.raises(CannotStart, match="ANZHEN_HOME"):
        Home(open_folder / name)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("FATAL: could not write lock file: No space left on device", "磁盘已满"),
        ("FATAL: could not create file: Read-only file system", "只读"),
        ("nothing known", "nothing known"),
    ],
)
def test_a_log_is_told_in_chinese_or_quoted(tmp_path: Path, words: str, sentence: str) -> None:
    """Only what this start wrote counts."""
    log = tmp_path / "postgres.log"
    log.write_text(f"Permission denied, long ago\n{words}\n")
    problem = str(from_log("数据库", log, len("Permission denied, long ago\n")))
    assert sentence in problem
    assert "权限" not in problem


def test_a_log_beyond_its_limit_begins_anew(tmp_path: Path) -> None:
    """One earlier log is kept; at the limit exactly nothing moves."""
    log = tmp_path / "web.log"
    log.touch()
    os.truncate(log, LOG_LIMIT_BYTES)
    keep_small(log)
    assert log.stat().st_size == LOG_LIMIT_BYTES
    os.truncate(log, LOG_LIMIT_BYTES + 1)
    keep_small(log)
    assert log.stat().st_size == 0
    assert (tmp_path / "web.log.1").stat().st_size == LOG_LIMIT_BYTES + 1


def test_one_command_at_a_time_holds_a_home(open_folder: Path) -> None:
    """The lock names its holder, and is free after it."""
    home = Home(open_folder / "home")
    with home.locked("command"):
        with pytest.raises(HomeInUse) as refusal, home.locked("up"):
            pass
        assert (refusal.value.pid, refusal.value.kind) == (os.getpid(), "command")
    with home.locked("up"):
        assert home.holder() == (os.getpid(), "up")


def test_given_addresses_start_nothing(open_folder: Path) -> None:
    """With both addresses from the operator no home is made."""
    settings = Settings(home=open_folder / "home", database_url="postgresql://a", redis_url="redis://b")
    with stores(settings) as found:
        assert (found.admin_url, found.redis_url) == ("postgresql://a", "redis://b")
    assert not settings.home.exists()
