"""restore: the installation as it was at a backup's recovery point, or exactly as it is now when anything is wrong."""

import asyncio
import base64
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy import URL, NullPool, delete, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from services import background
from services.commands.backup import (
    beijing,
    in_words,
    programs_for,
    require_equal,
    require_own_keys,
    show_attachments,
    told,
)
from services.commands.choices import settings_or_exit
from services.kernel import backups, clock
from services.kernel.backups.archive import DUMP
from services.kernel.backups.figures import PLAIN
from services.kernel.database import Database, async_url, login_urls
from services.kernel.files import FileStore
from services.kernel.installation import role_secret
from services.kernel.keys import MasterKey, master_key
from services.kernel.refusals import Refusal
from services.kernel.settings import Settings
from services.kernel.table import Login
from services.kernel.verifying import verify
from services.launcher import say, stores
from services.launcher.homes import write_private
from services.migrations.migrate import as_owner, knows, migrate
from services.tenancy.clients.models import ApiToken
from services.tenancy.received_roots import held_by_districts
from services.tenancy.signing_in.models import UserSession
from services.tenancy.signing_in.oidc.models import OidcState, ProvenIdentity
from services.tenancy.townships import PLATFORM_TENANT

BIG_TABLE_ROWS = 1000
DOORS_LEFT_OPEN = (UserSession, ApiToken, OidcState, ProvenIdentity)
"""What was ended after the recovery point would open again: whoever was in signs in once more."""


class NotEmpty(Refusal):
    """The database holds a town already, or something that is not ours."""


class InUse(Refusal):
    """Somebody works in the database that is to be replaced."""


class NotAsBackedUp(Refusal):
    """What was loaded is not what the backup's manifest says."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore came to."""

    acts: int
    aside: str | None
    """The name under which the former database was kept."""


@click.command("restore", help="从备份文件恢复；数据库须是空的。")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--master-key", "key_file", type=click.Path(path_type=Path), help="备份时所用主密钥的文件。")
@click.option("--replace", is_flag=True, help="数据库不空时，把现有的改名保留，换上备份里的。")
@click.option("--yes", is_flag=True, help="不再询问。")
def restore_command(file: Path, *, key_file: Path | None, replace: bool, yes: bool) -> None:
    """Restore, and print the recovery point and how long it took."""
    settings, begun = settings_or_exit(), time.monotonic()
    with told(), backups.Archive(file) as archive:
        click.echo(f"备份：{in_words(archive.manifest)}")
        master = _key(settings, key_file)
        archive.require_seal(master)
        if replace and not yes:
            click.confirm("现有的数据库将改名保留，换成备份里的数据。确定吗？", abort=True)
        with stores(settings) as found:
            done = asyncio.run(restore(settings, found.admin_url, archive, master, replace=replace))
        kept_key = install_key(settings, master)
    click.echo(f"✓ 已恢复到 {beijing(archive.manifest.recovery_point)}的状态，用时 {time.monotonic() - begun:.1f} 秒")
    click.echo(f"✓ {len(archive.manifest.tables)} 张表逐表核对相符，{len(archive.manifest.attachments)} 个附件")
    click.echo(f"✓ 审计链核对相符（{done.acts} 条已封存），全部数据密钥都能打开")
    if done.aside:
        click.echo(f"原来的数据库改名为 {done.aside}，确认不再需要后由数据库管理员删除")
    if kept_key:
        click.echo(f"原来的主密钥改名为 {kept_key}")
    click.echo("所有人和接入的系统都须重新登录。恢复点之后办理的事项不在其中；之后已发出的邮件，可能会再发一次。")


def _key(settings: Settings, chosen: Path | None) -> MasterKey:
    own = settings.home / "keys" / "master"
    place = chosen or settings.master_key_file or (own if own.exists() else None)
    if place is None and sys.stdin.isatty():
        place = click.prompt("主密钥文件的路径（备份时另存的那一份）", type=click.Path(path_type=Path))
    if place is None:
        raise click.ClickException("恢复需要备份时所用的主密钥，它不在备份里：请用 --master-key 指定另存的文件")
    return master_key(settings.home, place)


async def restore(
    settings: Settings, admin_url: str, archive: backups.Archive, master: MasterKey, *, replace: bool = False
) -> Restored:
    """Load a backup beside the database, hold it against its manifest, and only then put it in the database's place.

    Raises a Refusal; whatever goes wrong, the database and the attachments are as they were.
    """
    admin = async_url(admin_url)
    _require_known(archive.manifest)
    occupied = await _require_place(admin, replace=replace)
    say("正在检查备份文件……")
    archive.check(show_attachments)
    beside = admin.set(database=f"{admin.database}_restoring")
    await _on_server(admin, f'DROP DATABASE IF EXISTS "{beside.database}" WITH (FORCE)')
    try:
        await _load(settings, beside, archive, master)
        acts = await _require_whole_trail(settings, beside)
        async with _attachments_of(settings, archive):
            aside = await _put_in_place(admin, beside, keep=occupied)
    finally:
        await _on_server(admin, f'DROP DATABASE IF EXISTS "{beside.database}" WITH (FORCE)')
    return Restored(acts, aside)


def _require_known(manifest: backups.Manifest) -> None:
    if not knows(manifest.revision):
        raise NotEmpty(f"备份的数据库结构 {manifest.revision} 比本机的程序新：请先升级程序，再恢复")


async def _require_place(admin: URL, *, replace: bool) -> bool:
    """Whether a town's database is in the place already; raises NotEmpty and InUse."""
    if not await _exists(admin):
        return False
    async with _connected(admin.set(database="postgres")) as connection:
        counted = text("SELECT count(*) FROM pg_stat_activity WHERE datname = :name")
        busy = await connection.scalar(counted, {"name": admin.database})
    if busy:
        raise InUse(f"还有 {busy} 个连接正在使用数据库 {admin.database}：请先停止安镇的全部进程，再恢复")
    occupied = await _occupied(admin)
    if occupied and not replace:
        raise NotEmpty(
            f"数据库 {admin.database} 不是空的，没有恢复：请换一个空的数据库或 ANZHEN_HOME；"
            "确要替换时，加上 --replace（现有的数据库改名保留）"
        )
    return occupied


async def _exists(admin: URL) -> bool:
    async with _connected(admin.set(database="postgres")) as connection:
        named = text("SELECT EXISTS (SELECT FROM pg_database WHERE datname = :name)")
        return bool(await connection.scalar(named, {"name": admin.database}))


async def _occupied(admin: URL) -> bool:
    """Tables, and in ours a place or an account: an empty town's schema alone is nothing to lose."""
    async with _connected(admin) as connection:
        tables = set(
            (await connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))).all()
        )
        if not {"tenant", "user_account"} <= tables:
            return bool(tables)
        held = "SELECT EXISTS (SELECT FROM tenant WHERE id <> :platform) OR EXISTS (SELECT FROM user_account)"
        return bool(await connection.scalar(text(held), {"platform": PLATFORM_TENANT}))


async def _load(settings: Settings, beside: URL, archive: backups.Archive, master: MasterKey) -> None:
    """The database of the backup, compared and brought to this program's schema."""
    secret = role_secret(settings)
    with tempfile.TemporaryDirectory(prefix="restore-", dir=settings.home) as folder:
        dumped = Path(folder) / DUMP
        archive.extract_dump(dumped)
        programs = programs_for(beside)
        require_equal(archive.manifest.tables, await asyncio.to_thread(backups.rows_in, programs, dumped))
        say("正在建立数据库账户并装入数据……")
        async with as_owner(beside, secret):
            pass
        await asyncio.to_thread(backups.load, programs, beside, dumped, _show_table)
    say("正在逐表核对……")
    async with as_owner(beside, secret) as connection:
        for name, value in PLAIN.items():
            await connection.exec_driver_sql(f"SET LOCAL {name} = '{value}'")
        found = await backups.figures(connection)
        wrong = [name for name, figures in archive.manifest.tables.items() if found.get(name) != figures]
        if wrong or found.keys() != archive.manifest.tables.keys():
            raise NotAsBackedUp(f"装入的数据与备份的清单不符（{'、'.join(wrong)}），没有恢复：请换一份备份")
        await require_own_keys(connection, master)
    await migrate(beside, secret)
    async with as_owner(beside, secret) as connection:
        for opens in DOORS_LEFT_OPEN:
            await connection.execute(delete(opens))


async def _require_whole_trail(settings: Settings, beside: URL) -> int:
    """How many acts are sealed; raises NotAsBackedUp where the trail is not what was sealed."""
    say("正在核对审计链……")
    urls = {
        login: url.set(database=beside.database)
        for login, url in login_urls(beside, role_secret(settings), settings.role_urls).items()
    }
    database = Database(urls)
    try:
        await database.refuse_unsafe_logins(*Login)
        held = await held_by_districts(database)
        verdict = await verify(database, list(await background.tenants(database)), held=held)
    finally:
        await database.close()
    if not verdict.is_whole:
        raise NotAsBackedUp("备份里的审计链不完整，没有恢复：请在备份所在的系统上运行 anzhen audit verify 查明原因")
    return sum(chain.sealed for chain in verdict.chains)


@asynccontextmanager
async def _attachments_of(settings: Settings, archive: backups.Archive) -> AsyncIterator[None]:
    """The attachments lie in their place while the block runs, and stay when it ends well."""
    files = FileStore.of(settings.home, settings.files_url)
    put: list[tuple[UUID, str]] = []
    try:
        for done, kept in enumerate(archive.manifest.attachments, 1):
            if not await files.holds(kept.tenant, kept.sha256):
                put.append((kept.tenant, await files.put(kept.tenant, archive.attachment(kept))))
            show_attachments(done, len(archive.manifest.attachments))
        yield
    except BaseException:
        await _take_back(files, put)
        raise


async def _take_back(files: FileStore, put: Sequence[tuple[UUID, str]]) -> None:
    for tenant, digest in put:
        with suppress(OSError):
            await files.remove(tenant, digest)


async def _put_in_place(admin: URL, beside: URL, *, keep: bool) -> str | None:
    """Two renames; says the name under which the former database was kept."""
    aside = f"{admin.database}_before_{clock.now():%Y%m%d%H%M%S}"
    stood = await _exists(admin)
    if stood:
        await _on_server(admin, f'ALTER DATABASE "{admin.database}" RENAME TO "{aside}"')
    try:
        await _on_server(admin, f'ALTER DATABASE "{beside.database}" RENAME TO "{admin.database}"')
    except BaseException:
        if stood:
            await _on_server(admin, f'ALTER DATABASE "{aside}" RENAME TO "{admin.database}"')
        raise
    if keep:
        return aside
    await _on_server(admin, f'DROP DATABASE IF EXISTS "{aside}" WITH (FORCE)')
    return None


@asynccontextmanager
async def _connected(url: URL) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()


async def _on_server(admin: URL, statement: str) -> None:
    async with _connected(admin.set(database="postgres")) as connection:
        await connection.exec_driver_sql(statement)


def _show_table(table: str, rows: int) -> None:
    if rows >= BIG_TABLE_ROWS:
        say(f"{table}：{rows} 行")


def install_key(settings: Settings, master: MasterKey) -> Path | None:
    """The key lies where the installation looks for it; says where another one that lay there was kept."""
    place, aside = settings.home / "keys" / "master", None
    if settings.master_key_file:
        return None
    if place.exists():
        here = master_key(settings.home)
        if here == master:
            return None
        aside = place.with_name(f"master.before-{clock.now():%Y%m%d%H%M%S}")
        place.rename(aside)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(place, base64.b64encode(master.secret).decode() + "\n")
    return aside


COMMANDS = (restore_command,)
