"""PostgreSQL's own programs write the database down and read it back; what they complain about is told in Chinese."""

import os
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sqlalchemy import URL

from services.kernel.refusals import Refusal
from services.kernel.schema import OWNER

COPY = re.compile(rb'COPY public\."?([^" ]+)"? .*FROM stdin;\n')
END = b"\\.\n"
NEWER_ONLY = b"SET transaction_timeout = 0;\n"
"""The one line that servers before PostgreSQL 17 do not know; it changes nothing."""
MISSING = ("no encryption", "no ssl", "server does not support ssl", "ssl support")

Progress = Callable[[str, int], None]


class ToolFailed(Refusal):
    """pg_dump, pg_restore or psql gave up."""


def dump(programs: Path, url: URL, snapshot: str, file: Path) -> None:
    """Write what this login sees at that snapshot, compressed; raises ToolFailed.

    Without --enable-row-security a login bound by policies is refused, and the owner would get tables without rows.
    """
    words = ["--enable-row-security", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
    with _told("pg_dump") as complaints:
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own program
            [programs / "pg_dump", *words, f"--file={file}"],
            check=False,
            env=_environment(url),
            stdin=subprocess.DEVNULL,
            stderr=complaints,
        )
        _require(done.returncode == 0, "pg_dump", complaints)


def rows_in(programs: Path, file: Path, progress: Progress = lambda _table, _rows: None) -> Mapping[str, int]:
    """How many rows of each table really lie in a dump, by reading all of it; raises ToolFailed for a damaged one."""
    seen = _Seen(progress)
    for line in _statements(programs, file, "--data-only"):
        seen.look(line)
    return seen.rows


def load(programs: Path, url: URL, file: Path, progress: Progress = lambda _table, _rows: None) -> None:
    """Read a dump into an empty database as the owner of all tables, in one transaction; raises ToolFailed."""
    seen = _Seen(progress)
    with _told("psql") as complaints:
        command: list[str | Path] = [
            programs / "psql",
            "-X",
            "-q",
            "--single-transaction",
            "-v",
            "ON_ERROR_STOP=1",
            "-o",
            os.devnull,
        ]
        with subprocess.Popen(command, env=_environment(url), stdin=subprocess.PIPE, stderr=complaints) as psql:  # noqa: S603
            assert psql.stdin is not None
            try:
                for line in _statements(programs, file, "--no-owner", "--no-privileges", f"--role={OWNER}"):
                    if seen.look(line) or line != NEWER_ONLY:
                        psql.stdin.write(line)
                psql.stdin.close()
            except BrokenPipeError:
                pass  # its complaint follows
            except BaseException:
                psql.kill()  # an end of its input would make it commit what it has
                raise
        _require(psql.returncode == 0, "psql", complaints)


class _Seen:
    """Follows a dump's statements and counts rows."""

    def __init__(self, progress: Progress) -> None:
        self.rows: Counter[str] = Counter()
        self._table = ""
        self._progress = progress

    def look(self, line: bytes) -> bool:
        """Whether the line is a row, or the end of rows."""
        if self._table:
            if line == END:
                self._progress(self._table, self.rows[self._table])
                self._table = ""
            else:
                self.rows[self._table] += 1
            return True
        if found := COPY.fullmatch(line):
            self._table = found[1].decode()
            self.rows[self._table] += 0
        return False


def _statements(programs: Path, file: Path, *words: str) -> Iterator[bytes]:
    with _told("pg_restore") as complaints:
        command: list[str | Path] = [programs / "pg_restore", "--file=-", *words, file]
        environment = {"LC_ALL": "C", "PATH": os.defpath}
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=complaints) as restore:  # noqa: S603
            assert restore.stdout is not None
            yield from restore.stdout
        _require(restore.returncode == 0, "pg_restore", complaints)


def _environment(url: URL) -> dict[str, str]:
    """How libpq is told an address; a password among the arguments could be read by everybody on the machine."""
    given = {
        "PGHOST": url.host or url.query.get("host"),
        "PGPORT": url.port or url.query.get("port"),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": url.query.get("ssl") or url.query.get("sslmode"),
    }
    return {"LC_ALL": "C", "PATH": os.defpath, "HOME": os.devnull} | {
        name: str(value) for name, value in given.items() if value
    }


@contextmanager
def _told(program: str) -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile() as complaints:
        try:
            yield complaints
        except FileNotFoundError as error:
            raise ToolFailed(f"没有找到 {program}，请安装 PostgreSQL 客户端程序（postgresql-client）") from error


def _require(went_well: bool, program: str, complaints: IO[bytes]) -> None:  # noqa: FBT001
    if went_well:
        return
    complaints.seek(0)
    reason = _first_reason(complaints.read(65536).decode("utf-8", "replace").splitlines())
    advice = ""
    if any(word in reason.lower() for word in MISSING):
        advice = (
            "；服务器要求 TLS 时，请在数据库地址后写上 ?ssl=require，并安装 PostgreSQL 客户端程序（postgresql-client）"
        )
    raise ToolFailed(f"{program} 没有完成：{reason}{advice}")


def _first_reason(lines: Iterable[str]) -> str:
    """The complaint itself; what follows it may quote a row."""
    told = [line for line in lines if "error" in line.lower() or "fatal" in line.lower()]
    return (told or ["没有说明原因"])[0].partition("DETAIL:")[0].strip()
