"""What an operator types first: the words of the runbook are taken, and what is wrong is told in one sentence."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import URL

from services.__main__ import main
from services.commands.accounts import grant
from services.kernel.settings import Settings
from services.tenancy.accounts import GRANTED
from services.tenancy.roles import PLATFORM_ROLES
from tests.conftest import SECRET


@pytest.mark.parametrize("role", sorted({*GRANTED, *PLATFORM_ROLES}))
def test_an_account_is_granted_by_the_roles_own_word(role: str) -> None:
    """`town_office` as the runbook writes it, and no other word."""
    (parameter,) = [one for one in grant.params if one.name == "role"]
    context = click.Context(grant)
    assert parameter.type.convert(str(role), parameter, context) == role
    with pytest.raises(click.BadParameter):
        parameter.type.convert(f"{role}s", parameter, context)


@pytest.mark.parametrize("words", [["migrate"], ["township", "list"]], ids=" ".join)
def test_a_database_that_does_not_answer_is_told_in_one_sentence(words: list[str], tmp_path: Path) -> None:
    """No traceback before an operator: what is wrong, and which setting to look at."""
    away = {"ANZHEN_DATABASE_URL": f"postgresql:///town?host={tmp_path}", "ANZHEN_REDIS_URL": "redis://127.0.0.1:1"}
    done = CliRunner().invoke(main, words, env={"ANZHEN_HOME": str(tmp_path), **away})
    assert (done.exit_code, "ANZHEN_DATABASE_URL" in done.output, done.output.count("\n")) == (1, True, 1)
    done = CliRunner().invoke(main, words, env={"ANZHEN_HOME": str(tmp_path), "ANZHEN_PORT": "eighty"})
    assert (done.exit_code, "ANZHEN_PORT" in done.output) == (1, True)


def test_the_address_of_a_single_login_may_lie_in_a_file(tmp_path: Path) -> None:
    """As every secret may; the administrator's own file is no login called FILE."""
    (tmp_path / "town").write_text("postgresql://town@db/anzhen\n")
    (tmp_path / "admin").write_text("postgresql://admin@db/anzhen\n")
    settings = Settings.from_environment(
        {
            "ANZHEN_DATABASE_URL_FILE": str(tmp_path / "admin"),
            "ANZHEN_DATABASE_URL_TOWN_FILE": str(tmp_path / "town"),
            "ANZHEN_DATABASE_URL_WORKER": "postgresql://worker@db/anzhen",
            "ANZHEN_DATABASE_URL_RELAY": "",
        }
    )
    assert settings.database_url == "postgresql://admin@db/anzhen"
    assert settings.role_urls == {"town": "postgresql://town@db/anzhen", "worker": "postgresql://worker@db/anzhen"}


@pytest.mark.parametrize("word", ["serve", "work", "schedule"])
def test_a_process_without_stores_says_what_to_set(word: str, tmp_path: Path) -> None:
    """Alone it has no database of its own, and starting again and again would not give it one."""
    for given, missing in (({}, "ANZHEN_DATABASE_URL"), ({"ANZHEN_DATABASE_URL": "x"}, "ANZHEN_REDIS_URL")):
        done = CliRunner().invoke(main, [word], env={"ANZHEN_HOME": str(tmp_path), **given})
        assert (done.exit_code, f"没有设置 {missing}" in done.output, done.output.count("\n")) == (1, True, 1)


def test_the_doctor_needs_no_administrator(own_database: URL, redis_url: str, tmp_path: Path) -> None:
    """Where only `migrate` knows the administrator, the address alone suffices; with another role secret it does not."""
    address = own_database._replace(username=None, password=None).render_as_string()
    told = {"ANZHEN_HOME": str(tmp_path), "ANZHEN_DATABASE_URL": address, "ANZHEN_REDIS_URL": redis_url}
    for secret, found in ((SECRET, "✓ 数据库：PostgreSQL"), ("另一个", "✗ 数据库：连不上")):
        assert found in CliRunner().invoke(main, ["doctor"], env={**told, "ANZHEN_ROLE_SECRET": secret}).output
