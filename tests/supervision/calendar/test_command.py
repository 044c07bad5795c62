"""Whoever runs the installation brings a year at its command line."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import URL

from services.commands.calendar import calendar
from tests.conftest import SECRET
from tests.supervision.calendar.notices import PAPER, a_notice


@pytest.fixture
def environment(own_database: URL, redis_url: str, tmp_path: Path) -> dict[str, str]:
    """An installation on a database of its own."""
    return {
        "ANZHEN_HOME": str(tmp_path),
        "ANZHEN_DATABASE_URL": own_database.render_as_string(hide_password=False),
        "ANZHEN_REDIS_URL": redis_url,
        "ANZHEN_ROLE_SECRET": SECRET,
    }


async def anzhen(environment: dict[str, str], *words: str) -> Result:
    """One command; in a thread, since it runs a loop of its own."""
    return await asyncio.to_thread(CliRunner().invoke, calendar, words, env=environment)


@pytest.mark.anyio
async def test_a_year_is_brought_at_the_command_line(environment: dict[str, str], tmp_path: Path) -> None:
    """What changes is printed, and the year stands in the list."""
    file = tmp_path / "2027.csv"
    file.write_bytes(a_notice().encode("gb18030"))
    done = await anzhen(environment, "import", str(file))
    assert done.exit_code == 0, done.output
    assert "2027-01-09 上班 元旦调休上班" in done.output
    listed = (await anzhen(environment, "list")).output
    assert f"2027 正式 244 个工作日 {PAPER}" in listed
    assert "2026 正式 248 个工作日" in listed


def test_a_mistake_ends_with_one_sentence(tmp_path: Path) -> None:
    """It names the line, and no database is asked."""
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(a_notice("2027-02-30,0,春节,示例,official"), encoding="utf-8")
    done = CliRunner().invoke(calendar, ["import", str(wrong)])
    assert (done.exit_code, "行无法识别" in done.output, "Traceback" in done.output) == (1, True, False)
