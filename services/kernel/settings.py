"""What an operator decides: one frozen class, read once from ANZHEN_* variables, with defaults that run."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Self

Network = IPv4Network | IPv6Network


class SettingsError(ValueError):
    """A variable has a value that cannot be used; the sentence says which and what to write instead."""


PROVIDERS = ("standard", "wecom", "dingtalk")
"""The kinds of ANZHEN_OIDC_KIND; the last two were never run against a real one (未经实测)."""
LOOPBACK = re.compile(r"http://(localhost|127\.0\.0\.1)(:\d+)?(/.*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """Where people may sign in besides with a password here."""

    kind: str
    """ANZHEN_OIDC_KIND: standard (OpenID Connect), wecom (企业微信) or dingtalk (钉钉)."""
    issuer: str
    """ANZHEN_OIDC_ISSUER: the provider's issuer, exactly as it names itself; standard only."""
    client_id: str
    """ANZHEN_OIDC_CLIENT_ID: for 企业微信 the CorpID, for 钉钉 the AppKey."""
    client_secret: str
    """ANZHEN_OIDC_CLIENT_SECRET, or its file in ANZHEN_OIDC_CLIENT_SECRET_FILE."""
    label: str
    """ANZHEN_OIDC_NAME: the name on the button."""
    scopes: str
    """ANZHEN_OIDC_SCOPES: openid and what else the provider needs for a name."""
    agent_id: str
    """ANZHEN_OIDC_AGENT_ID: 企业微信's AgentId of the app."""
    second_factor: frozenset[str]
    """ANZHEN_OIDC_SECOND_FACTOR: the acr or amr words that count as second factor; none where empty."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self | None:
        """The provider, None where ANZHEN_OIDC_CLIENT_ID is not set; raises SettingsError."""
        client_id = environ.get("ANZHEN_OIDC_CLIENT_ID", "").strip()
        if not client_id:
            return None
        kind = environ.get("ANZHEN_OIDC_KIND") or "standard"
        if kind not in PROVIDERS:
            raise SettingsError(f"ANZHEN_OIDC_KIND 应是 {'、'.join(PROVIDERS)} 之一，现在是“{kind}”")
        issuer = environ.get("ANZHEN_OIDC_ISSUER", "").strip()
        if kind == "standard" and not (issuer.startswith("https://") or LOOPBACK.fullmatch(issuer)):
            raise SettingsError("ANZHEN_OIDC_ISSUER 应是以 https:// 开头的地址，和身份提供方自己写的一字不差")
        return cls(
            kind=kind,
            issuer=issuer,
            client_id=client_id,
            client_secret=_secret(environ, "ANZHEN_OIDC_CLIENT_SECRET") or "",
            label=environ.get("ANZHEN_OIDC_NAME")
            or {"wecom": "企业微信", "dingtalk": "钉钉"}.get(kind, "统一身份认证"),
            scopes=environ.get("ANZHEN_OIDC_SCOPES") or "openid profile",
            agent_id=environ.get("ANZHEN_OIDC_AGENT_ID", ""),
            second_factor=frozenset(environ.get("ANZHEN_OIDC_SECOND_FACTOR", "").split()),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every choice of an installation; nothing else reads the environment."""

    home: Path
    """ANZHEN_HOME: data, keys, logs and attachments of this installation; made absolute."""
    host: str = "127.0.0.1"
    """ANZHEN_HOST: loopback unless a reverse proxy stands in front."""
    port: int = 8000
    """ANZHEN_PORT."""
    database_url: str | None = None
    """ANZHEN_DATABASE_URL: an administrator with CREATEROLE, used by `anzhen migrate` alone; None starts the embedded server."""
    redis_url: str | None = None
    """ANZHEN_REDIS_URL; None starts the embedded one."""
    role_secret: str | None = None
    """ANZHEN_ROLE_SECRET: the logins' passwords are derived from it; None reads or makes `home/keys/role-secret`."""
    role_urls: Mapping[str, str] | None = None
    """ANZHEN_DATABASE_URL_TOWN, …_WORKER …: one address per login where a DBA made them."""
    master_key_file: Path | None = None
    """ANZHEN_MASTER_KEY_FILE: wraps the tenants' data keys; None uses `home/keys/master`."""
    files_url: str | None = None
    """ANZHEN_FILES_URL: where attachments lie; None is `home/files`."""
    smtp_url: str | None = None
    """ANZHEN_SMTP_URL (smtp://user:word@host:port?from=…); None leaves e-mail undelivered and says so."""
    public_url: str = ""
    """ANZHEN_PUBLIC_URL: the address that links in messages begin with."""
    provider: ProviderSettings | None = None
    """ANZHEN_OIDC_…: where people may also sign in."""
    demo: bool = False
    """ANZHEN_DEMO: the second factor is off and every page says so."""
    secure_cookies: bool = True
    """ANZHEN_SECURE_COOKIES: off only for plain http on loopback."""
    workers: int = 2
    """ANZHEN_WORKERS: web processes."""
    trusted_proxies: tuple[Network, ...] = ()
    """ANZHEN_TRUSTED_PROXIES: addresses or networks of our own reverse proxies; only what these say of a client's address counts."""
    clock_file: Path | None = None
    """ANZHEN_CLOCK_FILE: a moved clock for tests; refused unless ANZHEN_TESTING is set."""
    testing: bool = False
    """ANZHEN_TESTING."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """The settings of this process; raises SettingsError in Chinese naming the variable."""
        demo = _flag(environ, "ANZHEN_DEMO", default=False)
        testing = _flag(environ, "ANZHEN_TESTING", default=False)
        clock_file = _path(environ, "ANZHEN_CLOCK_FILE")
        if clock_file and not testing:
            message = "ANZHEN_CLOCK_FILE 只能在测试中使用，请去掉这个变量"
            raise SettingsError(message)
        return cls(
            home=Path(environ.get("ANZHEN_HOME") or ".anzhen").expanduser().absolute(),
            host=environ.get("ANZHEN_HOST") or "127.0.0.1",
            port=_number(environ, "ANZHEN_PORT", default=8000, low=1, high=65535),
            database_url=_secret(environ, "ANZHEN_DATABASE_URL"),
            redis_url=_secret(environ, "ANZHEN_REDIS_URL"),
            role_secret=_secret(environ, "ANZHEN_ROLE_SECRET"),
            role_urls=_role_urls(environ) or None,
            master_key_file=_path(environ, "ANZHEN_MASTER_KEY_FILE"),
            files_url=environ.get("ANZHEN_FILES_URL") or None,
            smtp_url=_secret(environ, "ANZHEN_SMTP_URL"),
            public_url=environ.get("ANZHEN_PUBLIC_URL", "").rstrip("/"),
            provider=ProviderSettings.from_environment(environ),
            demo=demo,
            secure_cookies=_flag(environ, "ANZHEN_SECURE_COOKIES", default=not demo),
            workers=_number(environ, "ANZHEN_WORKERS", default=2, low=1, high=64),
            trusted_proxies=_networks(environ, "ANZHEN_TRUSTED_PROXIES"),
            clock_file=clock_file,
            testing=testing,
        )


def _secret(environ: Mapping[str, str], name: str) -> str | None:
    """The value, or the content of the file that NAME_FILE points to."""
    if file := environ.get(f"{name}_FILE"):
        try:
            return Path(file).read_text(encoding="utf-8").strip() or None
        except OSError as error:
            message = f"{name}_FILE 指向的文件读不到：{file}（{error.strerror}）"
            raise SettingsError(message) from error
    return environ.get(name) or None


def _role_urls(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The addresses of single logins, by short name; ANZHEN_DATABASE_URL_FILE is the administrator's."""
    first = "ANZHEN_DATABASE_URL_"
    names = {name.removesuffix("_FILE") for name in environ if name.startswith(first) and name != f"{first}FILE"}
    found = {name.removeprefix(first).lower(): _secret(environ, name) for name in names}
    return {login: url for login, url in found.items() if url}


def _flag(environ: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = environ.get(name, "").strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    if not value:
        return default
    message = f"{name} 应写 1 或 0，现在是“{value}”"
    raise SettingsError(message)


def _number(environ: Mapping[str, str], name: str, *, default: int, low: int, high: int) -> int:
    value = environ.get(name, "").strip()
    if not value:
        return default
    if value.isascii() and value.isdigit() and low <= int(value) <= high:
        return int(value)
    message = f"{name} 应是 {low} 到 {high} 之间的整数，现在是“{value}”"
    raise SettingsError(message)


def _networks(environ: Mapping[str, str], name: str) -> tuple[Network, ...]:
    try:
        return tuple(map(ip_network, environ.get(name, "").replace(",", " ").split()))
    except ValueError as error:
        message = f"{name} 应是反向代理的地址或网段，用逗号分开，例如 127.0.0.1,10.1.0.0/16；有一个写得不对：{error}"
        raise SettingsError(message) from error


def _path(environ: Mapping[str, str], name: str) -> Path | None:
    return Path(value).expanduser().absolute() if (value := environ.get(name)) else None
