"""backup: the whole installation in one file, and whether a file is whole."""

import asyncio
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import URL, NullPool, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from services.commands.choices import settings_or_exit
from services.kernel import backups, clock
from services.kernel.attachments import Attachment
from services.kernel.backups.archive import DUMP, Writer
from services.kernel.backups.figures import PLAIN
from services.kernel.database import OUTAGES, login_urls
from services.kernel.files import FileAltered, FileMissing, FileStore
from services.kernel.installation import role_secret
from services.kernel.keys import MasterKey, WrongKey, master_key, unwrap, wrapped_by
from services.kernel.refusals import Refusal
from services.kernel.settings import Settings
from services.kernel.table import Login
from services.launcher import CannotStart, client_programs, say, stores
from services.migrations.migrate import head
from services.tenancy.tenant_keys.models import TenantKeyRow

NAME = "anzhen-*.tar"
EVERY_ATTACHMENTS = 200
INCOMPLETE = 2
WITH_TLS = frozenset({"require", "verify-ca", "verify-full"})


@click.command("backup", help="把数据库和附件备份到一个文件；FILE 是已有的文件夹时，自动按时间取名。")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--verify", is_flag=True, help="不做备份，只检查 FILE 这份备份是否完整、未被改动。")
@click.option("--keep", type=click.IntRange(1, 10_000), help="FILE 是文件夹时，只保留最新的若干份。")
def backup_command(file: Path, *, verify: bool, keep: int | None) -> None:
    """Make a backup or check one; exit 2 when attachments were missing, 1 for everything else that went wrong."""
    settings = settings_or_exit()
    with told():
        if verify:
            _verify(settings, file)
            return
        target = _target(file)
        with stores(settings) as found:
            manifest = asyncio.run(make_backup(settings, found.admin_url, target))
        if keep and file.is_dir():
            _keep_newest(file, keep)
    click.echo(f"✓ 已备份到 {target}（{target.stat().st_size / 1e6:.1f} MB）：{in_words(manifest)}")
    click.echo(f"主密钥不在备份里，请另存一份：{settings.master_key_file or settings.home / 'keys' / 'master'}")
    if manifest.missing:
        for kept in manifest.missing:
            click.echo(f"✗ 附件的文件缺失或已损坏：{kept.tenant}/{kept.sha256}", err=True)
        raise SystemExit(INCOMPLETE)


async def make_backup(settings: Settings, admin_url: str, target: Path) -> backups.Manifest:
    """Write the database and the attachments of one instant into a new file; raises a Refusal and leaves nothing."""
    master = master_key(settings.home, settings.master_key_file)
    url = login_urls(admin_url, role_secret(settings), settings.role_urls)[Login.BACKUP]
    files = FileStore.of(settings.home, settings.files_url)
    at = clock.now()
    async with as_backup(url) as connection:
        with backups.writing(target, at) as writer:
            tables = await _require_whole(connection, master)
            dumped = writer.folder / DUMP
            say("正在导出数据库……")
            await asyncio.to_thread(backups.dump, programs_for(url), url, await _snapshot(connection), dumped)
            say("正在核对导出的数据……")
            require_equal(tables, await asyncio.to_thread(backups.rows_in, programs_for(url), dumped))
            size, digest = dumped.stat().st_size, writer.add_file(DUMP, dumped)
            dumped.unlink()
            kept, missing = await _add_attachments(writer, files, await _attachments(connection))
            manifest = backups.Manifest(
                format=1,
                recovery_point=at,
                revision=head(),
                server=str(await connection.scalar(text("SHOW server_version"))),
                master_key=master.fingerprint.hex(),
                dump_bytes=size,
                dump_sha256=digest,
                tables=tables,
                attachments=kept,
                missing=missing,
            )
            writer.finish(manifest, master)
    return manifest


def as_backup(url: URL) -> "_Connected":
    """A connection as the backup's login that shows one instant until it ends."""
    return _Connected(url)


class _Connected:
    def __init__(self, url: URL) -> None:
        self._engine = create_async_engine(
            url,
            poolclass=NullPool,
            isolation_level="REPEATABLE READ",
            execution_options={"postgresql_readonly": True},
            connect_args={"server_settings": PLAIN},
        )
        self._connection = self._engine.connect()

    async def __aenter__(self) -> AsyncConnection:
        return await self._connection.start()

    async def __aexit__(self, *_: object) -> None:
        await self._connection.close()
        await self._engine.dispose()


async def _require_whole(connection: AsyncConnection, master: MasterKey) -> dict[str, backups.Figures]:
    """The figures of every table, of a database that this program and this key fit; raises a Refusal."""
    await backups.require_sight(connection)
    at = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    if at != head():
        raise backups.BackupBlind(f"数据库结构是 {at}，程序是 {head()}：请先运行 anzhen migrate，再备份")
    await require_own_keys(connection, master)
    return await backups.figures(connection)


async def require_own_keys(connection: AsyncConnection, master: MasterKey) -> None:
    """Every tenant's keys open with this very master key; raises WrongKey or SealBroken."""
    for row in await connection.execute(select(TenantKeyRow.tenant_id, TenantKeyRow.wrapped)):
        if wrapped_by(row.wrapped) != master.fingerprint:
            raise WrongKey(
                "有的数据密钥不是用这把主密钥保管的：请用 anzhen doctor 检查；更换主密钥没有做完时，请先做完"
            )
        unwrap(master, row.wrapped, tenant=row.tenant_id)


async def _snapshot(connection: AsyncConnection) -> str:
    return str(await connection.scalar(text("SELECT pg_export_snapshot()")))


def require_equal(tables: Mapping[str, backups.Figures], rows: Mapping[str, int]) -> None:
    """Raise BackupDamaged where the dump holds other numbers of rows than the tables."""
    wrong = [name for name, figures in tables.items() if rows.get(name) != figures.rows]
    if wrong or not sum(rows.values()):
        raise backups.BackupDamaged(
            f"导出的数据不完整（{'、'.join(wrong) or '一行也没有'}），没有留下备份文件：请查看数据库日志"
        )


async def _attachments(connection: AsyncConnection) -> Sequence[backups.Kept]:
    columns = (Attachment.tenant_id, Attachment.sha256, Attachment.bytes)
    found = await connection.execute(select(*columns).distinct().order_by(*columns))
    return [backups.Kept(*row) for row in found]


async def _add_attachments(
    writer: Writer, files: FileStore, named: Sequence[backups.Kept]
) -> tuple[list[backups.Kept], list[backups.Kept]]:
    """Those that went into the archive, and those whose bytes are not what was attached."""
    kept: list[backups.Kept] = []
    missing: list[backups.Kept] = []
    for number, one in enumerate(named, 1):
        try:
            data = b"".join([piece async for piece in await files.get(one.tenant, one.sha256)])
        except (FileMissing, FileAltered):
            missing.append(one)
            continue
        writer.add(one.name, data)
        kept.append(one)
        if number % EVERY_ATTACHMENTS == 0 or number == len(named):
            say(f"附件 {number}/{len(named)}")
    return kept, missing


def programs_for(url: URL) -> Path:
    """The folder of PostgreSQL's programs: the wheel's, whose newest version reads every server; with TLS the system's, since the wheel's have none."""
    if (url.query.get("ssl") or url.query.get("sslmode")) in WITH_TLS:
        return Path("/usr/bin")
    return client_programs()


def _verify(settings: Settings, file: Path) -> None:
    with backups.Archive(file) as archive, tempfile.TemporaryDirectory(prefix="anzhen-verify-") as folder:
        archive.check(show_attachments)
        dumped = Path(folder) / DUMP
        archive.extract_dump(dumped)
        require_equal(archive.manifest.tables, backups.rows_in(client_programs(), dumped))
        sealed = _is_sealed_here(settings, archive)
    click.echo(f"✓ 备份完整：{in_words(archive.manifest)}")
    click.echo("✓ 封签与本机的主密钥相符" if sealed else "本机没有备份时所用的主密钥，封签留到恢复时核对")
    if archive.manifest.missing:
        click.echo(f"注意：备份时有 {len(archive.manifest.missing)} 个附件的文件已经缺失或损坏")


def _is_sealed_here(settings: Settings, archive: backups.Archive) -> bool:
    """False where the key is elsewhere; raises BackupDamaged where it is here and the seal is not by it."""
    place = settings.master_key_file or settings.home / "keys" / "master"
    if not place.exists():
        return False
    try:
        archive.require_seal(master_key(settings.home, settings.master_key_file))
    except backups.NotThisKey:
        return False
    return True


def show_attachments(done: int, of: int) -> None:
    """A line every now and then."""
    if done % EVERY_ATTACHMENTS == 0 or done == of:
        say(f"已核对附件 {done}/{of}")


def in_words(manifest: backups.Manifest) -> str:
    """What a backup holds, in one line."""
    return (
        f"恢复点 {beijing(manifest.recovery_point)}，结构 {manifest.revision}，"
        f"{len(manifest.tables)} 张表 {manifest.rows} 行，{len(manifest.attachments)} 个附件"
    )


def beijing(instant: datetime) -> str:
    """An instant as officials write it."""
    local = instant.astimezone(clock.SHANGHAI)
    return f"{clock.in_words(local.date())} {local:%H:%M:%S}（北京时间）"


@contextmanager
def told() -> Iterator[None]:
    """What goes wrong inside ends the command with one sentence."""
    try:
        yield
    except (Refusal, CannotStart) as refused:
        raise click.ClickException(str(refused)) from refused
    except OUTAGES as error:
        if isinstance(error, OSError) and error.filename:
            raise click.ClickException(f"{error.filename}：{_REASONS.get(type(error), error.strerror)}") from error
        if isinstance(error, OSError) and error.errno:
            raise click.ClickException(
                f"磁盘或网络出错（{os.strerror(error.errno)}），没有完成，请检查后再试"
            ) from error
        raise click.ClickException(
            f"数据库没有应答（{type(error).__name__}），没有完成：请用 anzhen doctor 检查"
        ) from error


_REASONS: Mapping[type[OSError], str] = {
    FileNotFoundError: "没有这个文件或文件夹",
    FileExistsError: "已经存在，不会覆盖：请换一个文件名",
    PermissionError: "没有权限读写，请换一个位置，或用运行安镇的账户执行",
    IsADirectoryError: "这是文件夹，请写备份文件的名字",
}


def _target(file: Path) -> Path:
    if file.is_dir():
        return file / f"anzhen-{clock.now().astimezone(clock.SHANGHAI):%Y%m%d-%H%M%S}.tar"
    if file.exists():
        raise click.ClickException(f"{file}：{_REASONS[FileExistsError]}")
    return file


def _keep_newest(folder: Path, keep: int) -> None:
    for old in sorted(folder.glob(NAME), reverse=True)[keep:]:
        old.unlink()
        click.echo(f"已删除旧备份 {old}")


COMMANDS = (backup_command,)
