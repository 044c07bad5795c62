"""doctor: what is wrong here, and how to mend it."""

import asyncio
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import click
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from services.commands.choices import settings_or_exit
from services.kernel import clock, keys
from services.kernel.database import OUTAGES, Database, async_url, login_urls
from services.kernel.installation import role_secret
from services.kernel.keys import MasterKey, master_key
from services.kernel.refusals import Refusal
from services.kernel.settings import Settings
from services.kernel.table import Login
from services.launcher import CannotStart, Stores, stores
from services.migrations.migrate import head
from services.portal.assets_manifest import AssetsNotBuiltError, manifest
from services.tenancy import tenant_keys
from services.tenancy.signing_in import oidc

LITTLE_SPACE = 1_000_000_000
YEAR_DAYS = 365


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    thing: str
    fine: bool
    words: str


@click.command("doctor", help="检查安装是否正常，并说明怎样修复。")
def doctor() -> None:
    """Print what was found; exit 1 when something needs mending."""
    findings = list(examine(settings_or_exit()))
    for finding in findings:
        click.echo(f"{'✓' if finding.fine else '✗'} {finding.thing}：{finding.words}")
    if not all(finding.fine for finding in findings):
        raise SystemExit(1)


def examine(settings: Settings) -> Iterator[Finding]:
    """Everything an operator would look at, in the order in which it breaks."""
    yield _home(settings)
    yield _pages()
    yield _master_key(settings)
    if settings.provider:
        yield provider_finding(settings)
    try:
        with stores(settings) as found:
            database = asyncio.run(_database(settings, found))
            yield database
            if database.fine:
                yield asyncio.run(_stored_keys(settings, found))
            yield _redis(found)
    except CannotStart as reason:
        yield Finding("数据库和消息队列", fine=False, words=str(reason))


def _home(settings: Settings) -> Finding:
    place = next(p for p in (settings.home, *settings.home.parents) if p.exists())
    free = shutil.disk_usage(place).free
    return Finding(
        "磁盘空间",
        free > LITTLE_SPACE,
        f"{place} 可用 {free / 1e9:.1f} GB" + ("" if free > LITTLE_SPACE else "，请清理"),
    )


def _pages() -> Finding:
    try:
        return Finding("页面资源", fine=True, words=f"{len(manifest())} 个文件")
    except AssetsNotBuiltError as missing:
        return Finding("页面资源", fine=False, words=str(missing))


def _master_key(settings: Settings) -> Finding:
    file = settings.master_key_file or settings.home / "keys" / "master"
    if not file.exists():
        return Finding("主密钥", fine=True, words="尚未生成，首次使用时自动生成")
    if file.stat().st_mode & 0o077 and not settings.master_key_file:
        return Finding("主密钥", fine=False, words=f"{file} 其他用户也能读，请执行 chmod 600")
    days = int(clock.now().timestamp() - file.stat().st_mtime) // 86_400
    advice = "，已满一年，建议执行 anzhen keys rotate 更换" if days >= YEAR_DAYS else ""
    return Finding(
        "主密钥", fine=True, words=f"{file} 已用 {days} 天{advice}；请确认另存了一份，丢失后加密的电话等信息无法恢复"
    )


def provider_finding(settings: Settings) -> Finding:
    """Whether the provider of identities can be reached; the adapters that never saw a real one say so."""
    provider = oidc.provider_of(settings)
    assert provider
    thing = f"身份提供方（{provider.label}）"
    if not provider.is_tried:
        return Finding(thing, fine=True, words="已按其公开文档接入，未经实测：启用前请用一个账号试登录")
    asked = oidc.Asked(state="doctor", nonce="doctor", verifier="doctor" * 8, redirect_uri=settings.public_url)
    try:
        asyncio.run(provider.address(asked))
    except Refusal as refused:
        return Finding(thing, fine=False, words=f"{refused.sentence}；请检查 ANZHEN_OIDC_ISSUER 和网络")
    return Finding(thing, fine=True, words="可以连上")


async def _stored_keys(settings: Settings, found: Stores) -> Finding:
    """Whether every stored key opens; a replacement of the master key that was cut off is brought to its end."""
    database = Database(login_urls(found.admin_url, role_secret(settings), settings.role_urls))
    said: list[str] = []
    try:
        master = master_key(settings.home, settings.master_key_file)
        await tenant_keys.finish(database, master, said.append)
        stored = await tenant_keys.stored(database)
        return _keys_told(master_key(settings.home, settings.master_key_file), stored, said)
    except Refusal as refused:
        return Finding("数据密钥", fine=False, words=str(refused))
    except OUTAGES as error:
        return Finding("数据密钥", fine=False, words=f"读不到（{type(error).__name__}）；请运行 anzhen migrate 后再试")
    finally:
        await database.close()


def _keys_told(master: MasterKey, stored: Mapping[bytes, int], said: Sequence[str]) -> Finding:
    assert master.file
    count, strange = stored.get(master.fingerprint, 0), sum(n for by, n in stored.items() if master.called(by) is None)
    if strange:
        return Finding(
            "数据密钥", fine=False, words=f"{strange} 把不是用现有主密钥保管的，打不开：请把原来的主密钥文件放回去"
        )
    if keys.following(master.file):
        return Finding(
            "数据密钥",
            fine=False,
            words=f"更换主密钥没有做完：请再执行 anzhen keys rotate；不再更换就删除 {master.file}.next",
        )
    old = [str(file) for file in keys.earlier(master.file)]
    may_go = f"；旧主密钥 {'、'.join(old)} 已不再使用，不需要恢复以前的备份时可以删除" if old else ""
    return Finding("数据密钥", fine=True, words="；".join([*said, f"{count} 把，都由现在的主密钥保管"]) + may_go)


async def _database(settings: Settings, found: Stores) -> Finding:
    """As the administrator; where only `migrate` is given one, as the login that may read everything."""
    url = async_url(found.admin_url)
    if url.username is None:
        url = login_urls(url, role_secret(settings), settings.role_urls)[Login.BACKUP]
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            version = await connection.scalar(text("SHOW server_version"))
            known = await connection.scalar(text("SELECT to_regclass('alembic_version')"))
            at = await connection.scalar(text("SELECT version_num FROM alembic_version")) if known else None
    except Exception as error:  # noqa: BLE001 - the doctor reports whatever it is
        return Finding(
            "数据库",
            fine=False,
            words=f"连不上（{type(error).__name__}）；请检查 ANZHEN_DATABASE_URL；第一次安装请先运行 anzhen migrate",
        )
    finally:
        await engine.dispose()
    if at != head():
        return Finding("数据库", fine=False, words=f"结构是 {at or '空的'}，程序需要 {head()}，请运行 anzhen migrate")
    return Finding("数据库", fine=True, words=f"PostgreSQL {version}，结构 {at}")


def _redis(found: Stores) -> Finding:
    try:
        version = Redis.from_url(found.redis_url, socket_timeout=2).info("server")["redis_version"]
    except RedisError:
        return Finding("消息队列", fine=False, words="连不上；页面照常使用，通知会延迟。请检查 ANZHEN_REDIS_URL")
    return Finding("消息队列", fine=True, words=f"Redis {version}")


COMMANDS = (doctor,)
