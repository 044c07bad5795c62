"""PostgreSQL refuses to run as root: which other user then runs the stores, and what that user can reach."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from services.launcher.problems import CannotStart

_NAMES = ("anzhen", "postgres", "nobody")


class PopenUser(TypedDict, total=False):
    """What subprocess calls a user."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """An existing user of the operating system."""

    uid: int
    gid: int

    def popen(self) -> PopenUser:
        """Run as this user, with no other group."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def reaches(self, path: Path) -> bool:
        """The kernel lets this user through every folder to `path` and into it; asked as that user, so that any ACL counts."""
        return subprocess.run(["/usr/bin/test", "-x", path], check=False, cwd="/", **self.popen()).returncode == 0  # noqa: S603

    def takes(self, path: Path) -> None:
        """A file or folder that we just made is this user's."""
        os.chown(path, self.uid, self.gid)


def account_for(*data: Path) -> Account | None:
    """Whoever owns the data already, else the first account that exists; None when we are not root."""
    if os.geteuid():
        return None
    for folder in data:
        if folder.exists() and (owner := folder.stat()).st_uid:
            return Account(owner.st_uid, owner.st_gid)
    for name in _NAMES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise CannotStart("以 root 运行时，数据库要用一个普通账户，但系统里没有。请先执行：useradd --system anzhen")
