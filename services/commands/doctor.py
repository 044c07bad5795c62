"""doctor: what is wrong here, and how to mend it."""

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import click
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from services.commands.running import settings_or_exit
from services.kernel.database import async_url
from services.kernel.settings import Settings
from services.launcher import CannotStart, Stores, stores
from services.migrations.migrate import head
from services.portal.assets_manifest import AssetsNotBuiltError, manifest

LITTLE_SPACE = 1_000_000_000


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
    try:
        with stores(settings) as found:
            yield asyncio.run(_database(found))
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
    if file.stat().st_mode & 0o077:
        return Finding("主密钥", fine=False, words=f"{file} 其他用户也能读，请执行 chmod 600")
    return Finding("主密钥", fine=True, words=f"{file} 已生成；请确认另存了一份，丢失后加密的电话等信息无法恢复")


async def _database(found: Stores) -> Finding:
    engine = create_async_engine(async_url(found.admin_url))
    try:
        async with engine.connect() as connection:
            version = await connection.scalar(text("SHOW server_version"))
            known = await connection.scalar(text("SELECT to_regclass('alembic_version')"))
            at = await connection.scalar(text("SELECT version_num FROM alembic_version")) if known else None
    except Exception as error:  # noqa: BLE001 - the doctor reports whatever it is
        return Finding("数据库", fine=False, words=f"连不上（{type(error).__name__}）；请检查 ANZHEN_DATABASE_URL")
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
