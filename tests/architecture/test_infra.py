"""What an operator is given fits the program: commands, settings, paths and limits are those that exist."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from services.__main__ import main
from services.app import create_app
from services.kernel import settings as kernel_settings
from services.kernel.settings import Settings
from services.kernel.table import Login

INFRA = Path(__file__).parents[2] / "infra"
UNITS = sorted((INFRA / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
GIVEN = [INFRA / "Dockerfile", INFRA / "compose.yaml", INFRA / "README.md", INFRA / "nginx/anzhen.conf", *UNITS]
SETTING = re.compile(r"ANZHEN_[A-Z_]*[A-Z]")
TOLD = re.compile(r"(?<![\w/-])(?:\S*/)?anzhen ([a-z][a-z]*(?: [a-z][a-z]*)*)((?: +--[a-z-]+)*)")
PROSE = {"ANZHEN_BACKUPS"}
"""Read by compose itself: where the backups go on the host."""


def compose() -> dict[str, Any]:
    """The composed services."""
    found: dict[str, Any] = yaml.safe_load((INFRA / "compose.yaml").read_text("utf-8"))
    return found


def known_settings() -> set[str]:
    """Every variable that Settings reads, with the files of secrets."""
    words = Path(kernel_settings.__file__).read_text("utf-8")
    named = set(re.findall(r'"(ANZHEN_[A-Z_]*[A-Z])"', words))
    secret = set(re.findall(r'_secret\(environ, "(ANZHEN_[A-Z_]+)"\)', words))
    logins = {f"ANZHEN_DATABASE_URL_{login.removeprefix('anzhen_').upper()}" for login in Login}
    return named | {f"{name}_FILE" for name in secret} | logins


def accepted(words: list[str]) -> click.Command | None:
    """The command that these words lead to."""
    command: click.Command = main
    for word in words:
        if not isinstance(command, click.Group):
            return command
        found = command.get_command(click.Context(command), word)
        if found is None:
            return None
        command = found
    return command


def commands_in(words: str) -> Iterator[tuple[str, str]]:
    """Each `anzhen …` and its options, outside of addresses and prose."""
    for code in re.findall(r"`([^`]+)`|^(?:ExecStart=|\s*(?:sudo )?)(.*anzhen .*)$", words, re.MULTILINE):
        for found in TOLD.finditer("".join(code)):
            yield found[1], found[2]


def options_of(command: click.Command) -> set[str]:
    """What it takes."""
    return {option for parameter in command.params for option in parameter.opts}


@pytest.mark.parametrize("file", GIVEN, ids=lambda file: file.name)
def test_only_settings_that_exist_are_named(file: Path) -> None:
    """A variable that nothing reads would be a promise that nothing keeps."""
    named = set(SETTING.findall(file.read_text("utf-8"))) - PROSE
    assert named <= known_settings() | {"ANZHEN_OIDC"}, named - known_settings()


def test_every_setting_is_told_to_operators() -> None:
    """The table in the runbook has all of them, tests' own apart."""
    told = (INFRA / "README.md").read_text("utf-8")
    for field in fields(Settings):
        name = f"ANZHEN_{field.name.upper()}"
        assert name in told or field.name in {"clock_file", "testing", "provider", "role_urls"}, name


@pytest.mark.parametrize("file", [INFRA / "README.md", *SERVICES], ids=lambda file: file.name)
def test_only_commands_that_exist_are_told(file: Path) -> None:
    """Each `anzhen …` in the runbook and in the units is taken by the command line, with its options."""
    found = list(commands_in(file.read_text("utf-8")))
    assert found
    for words, options in found:
        command = accepted(words.split())
        assert command is not None, words
        assert set(options.split()) <= options_of(command), (words, options)


def test_the_composed_services_run_commands_that_exist() -> None:
    """Web, worker, scheduler, migrate and backup with their options; everything they lean on is there and healthy first."""
    found = compose()
    ours = {name: service for name, service in found["services"].items() if service["image"] == "anzhen"}
    assert {"web", "worker", "scheduler", "migrate", "backup"} == set(ours)
    for service in ours.values():
        words = service["command"]
        command = accepted([words[0]])
        assert command is not None, words
        assert {word for word in words if word.startswith("--")} <= options_of(command)
        assert set(service["secrets"]) <= set(found["secrets"])
        assert set(service["depends_on"]) <= set(found["services"])
        assert set(service["networks"]) <= set(found["networks"])
    assert all("healthcheck" in found["services"][store] for store in ("postgres", "redis"))


def test_no_password_stands_in_what_we_give() -> None:
    """Secrets come from files; only `migrate` is given the administrator's address."""
    for name, service in compose()["services"].items():
        environment = service.get("environment", {})
        assert not re.search(r"://[^/]*:[^/]*@", str(environment)), name
        assert ("ANZHEN_DATABASE_URL_FILE" in environment) == (name == "migrate")
        assert ("database-url" in service.get("secrets", ())) == (name == "migrate")
    for unit in SERVICES:
        assert ("admin.env" in unit.read_text("utf-8")) == (unit.name == "anzhen-migrate.service")


def test_the_image_runs_without_rights_and_names_no_place() -> None:
    """Its last stage has a user of its own and a health check at a route that is there; nothing says where things are fetched."""
    words = (INFRA / "Dockerfile").read_text("utf-8")
    last = words[words.rindex("\nFROM ") :]
    assert re.search(r"^USER anzhen$", last, re.MULTILINE)
    assert not set(re.findall(r"https?://([^:/'\"]+)", words)) - {"127.0.0.1"}
    (path,) = re.findall(r"127\.0\.0\.1:8000(/\w+)", last)
    assert path in {route.path for route in create_app(Settings(home=Path("/nowhere"), role_secret="x")).routes}
    for source in re.findall(r"^COPY (?!--from)(.+) \S+$", words, re.MULTILINE):
        assert all((INFRA.parent / name).exists() for name in source.split()), source


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_each_unit_is_closed_in(unit: Path) -> None:
    """No root, no new rights, nothing to write but its own folder."""
    words = unit.read_text("utf-8")
    for line in ("User=anzhen", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=", "UMask=0077"):
        assert f"\n{line}\n" in words, line


def test_the_units_are_units(tmp_path: Path) -> None:
    """Where systemd is there it reads them itself, with a program in the place of ours."""
    for unit in UNITS:
        words = unit.read_text("utf-8").replace("/opt/anzhen/venv/bin/anzhen", shutil.which("true") or "/bin/true")
        assert words.startswith("[Unit]\nDescription=")
        (tmp_path / unit.name).write_text(words, "utf-8")
    if program := shutil.which("systemd-analyze"):
        files = [tmp_path / unit.name for unit in UNITS]
        done = subprocess.run([program, "verify", "--man=no", *files], check=False, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")


def test_the_proxy_lets_through_what_the_application_takes(tmp_path: Path) -> None:
    """The same limit of a request's size, one forwarded address, and, where nginx is there, its own word on the syntax."""
    words = (INFRA / "nginx/anzhen.conf").read_text("utf-8")
    app = create_app(Settings(home=tmp_path, role_secret="x"))
    (limit,) = re.findall(r"client_max_body_size (\d+)m;", words)
    assert int(limit) * 1_000_000 == app.request_max_body_size
    assert "X-Forwarded-For $remote_addr;" in words
    assert words.count("{") == words.count("}")
    program = shutil.which("nginx")
    if program is None:
        return
    for name in ("certificate", "key"):
        words = words.replace(f"/etc/anzhen/tls/{name}.pem", str(tmp_path / f"{name}.pem"))
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=anzhen.example.test"]
    subprocess.run(
        [*request, "-keyout", tmp_path / "key.pem", "-out", tmp_path / "certificate.pem"],
        check=True,
        capture_output=True,
    )
    words = words.replace("/var/lib/nginx/anzhen", str(tmp_path / "cache")).replace("/var/log/nginx", str(tmp_path))
    own = "".join(
        f"{kind}_temp_path {tmp_path}/{kind}; " for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; events {{}} http {{ access_log off; {own} {words} }}", "utf-8"
    )
    done = subprocess.run(
        [program, "-t", "-e", tmp_path / "errors", "-c", tmp_path / "nginx.conf"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
