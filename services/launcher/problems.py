"""What keeps a town from starting, told in Chinese with what to do about it."""

import contextlib
import errno
import sys
from collections.abc import Iterator
from pathlib import Path

_BY_NUMBER = {
    errno.ENOSPC: "磁盘已满，请清理出空间后再启动",
    errno.EDQUOT: "磁盘配额已用完，请清理或申请扩大配额后再启动",
    errno.EROFS: "所在的文件系统是只读的，请改为可写，或用 ANZHEN_HOME 指定另一个目录",
    errno.EACCES: "当前用户没有权限，请授予读写权限，或用 ANZHEN_HOME 指定另一个目录",
    errno.EPERM: "操作系统不允许，请检查目录的所有者和权限，或用 ANZHEN_HOME 指定另一个目录",
    errno.ENOTDIR: "路径中有一段不是目录，请用 ANZHEN_HOME 指定另一个目录",
    errno.EEXIST: "这里已有一个同名文件，请用 ANZHEN_HOME 指定另一个目录",
    errno.ENAMETOOLONG: "路径太长，请用 ANZHEN_HOME 指定一个较短的目录",
}
_BY_LOG_WORDS = {
    "No space left on device": _BY_NUMBER[errno.ENOSPC],
    "Disk quota exceeded": _BY_NUMBER[errno.EDQUOT],
    "Read-only file system": _BY_NUMBER[errno.EROFS],
    "Permission denied": _BY_NUMBER[errno.EACCES],
    "Cannot allocate memory": "内存不足，请关闭其他程序后再启动",
    "pre-existing shared memory block": "上一次运行的数据库进程仍在收尾，请稍候片刻再启动",
    "incompatible with server": "数据目录由另一个版本的数据库建立，请用原来的版本打开，或从备份恢复",
}


class CannotStart(Exception):  # noqa: N818 - a state of the town, told to a person
    """The stores or services cannot start; the sentence says why and what to do."""


def say(line: str) -> None:
    """One line of progress; a terminal that has gone, or that cannot show Chinese, stops nothing."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    with contextlib.suppress(OSError, ValueError):
        print(line.encode(encoding, "replace").decode(encoding), flush=True)  # noqa: T201 - for the terminal


@contextlib.contextmanager
def told(place: Path) -> Iterator[None]:
    """What the operating system refuses inside becomes a sentence about that place."""
    try:
        yield
    except OSError as error:
        reason = _BY_NUMBER.get(error.errno or 0, f"操作系统报告：{error.strerror or error}")
        raise CannotStart(f"无法使用 {error.filename or place}：{reason}。") from error


def from_log(name: str, log: Path, start: int) -> CannotStart:
    """Why a child gave up, from what it wrote to its log since byte `start`."""
    try:
        with log.open("rb") as file:
            file.seek(start)
            text = file.read().decode("utf-8", "replace")
    except OSError as error:
        text = str(error)
    for words, reason in _BY_LOG_WORDS.items():
        if words in text:
            return CannotStart(f"{name}没有启动：{reason}。日志：{log}")
    tail = "\n".join(text.strip().splitlines()[-8:])
    return CannotStart(f"{name}没有启动，日志 {log} 的最后几行：\n{tail}")
