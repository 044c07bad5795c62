"""The restore drill: what was backed up stands again elsewhere, and what is not whole changes nothing."""

import shutil
import tarfile
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from click.testing import CliRunner
from sqlalchemy import URL, NullPool, make_url, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine

from services.__main__ import main
from services.commands.backup import make_backup, require_equal
from services.commands.restore import DOORS_LEFT_OPEN, InUse, NotAsBackedUp, NotEmpty, install_key, restore
from services.kernel import backups, clock
from services.kernel.attachments import Attachment
from services.kernel.backups import Archive, BackupBlind, BackupDamaged, NotThisKey
from services.kernel.backups.figures import PLAIN
from services.kernel.bench import system
from services.kernel.database import Database, login_urls
from services.kernel.files import FileStore
from services.kernel.keys import MasterKey, master_key
from services.kernel.sealer import Sealer
from services.kernel.settings import Settings
from services.kernel.table import Login
from services.kernel.trail import AuditEntry
from services.kernel.work import open_work
from services.launcher import client_programs, stores
from services.supervision.registry.models import Enterprise
from services.tenancy import members
from services.tenancy.members.models import Member
from services.tenancy.operators import operator_work
from services.tenancy.roles import Role
from tests.conftest import SECRET, cloned
from tests.factories import Town, a_district, a_town
from tests.tenancy.doors import sign_in
from tests.web import browser, running

pytestmark = pytest.mark.anyio
PHONE, NOTE = "13812345678", "整改前照片说明"
POLICIES = """
SELECT tablename, policyname, permissive, roles::text, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2
"""
PRIVILEGES = """
SELECT table_name, grantee, privilege_type FROM information_schema.role_table_grants
WHERE table_schema = 'public' ORDER BY 1, 2, 3
"""


@dataclass
class House:
    """An installation with three towns, and a backup of it."""

    settings: Settings
    admin: URL
    towns: list[Town]
    file: Path

    @property
    def master(self) -> MasterKey:
        """Its key."""
        return master_key(self.settings.home)


@asynccontextmanager
async def asking(admin: URL, **server_settings: str) -> AsyncIterator[AsyncConnection]:
    """The administrator's eye."""
    told = {"server_settings": server_settings}
    engine = create_async_engine(admin.set(drivername="postgresql+asyncpg"), poolclass=NullPool, connect_args=told)
    async with engine.begin() as connection:
        yield connection
    await engine.dispose()


async def asked(admin: URL, query: str) -> list[Any]:
    """Rows as they stand."""
    async with asking(admin) as connection:
        return list((await connection.execute(text(query))).all())


async def logical(admin: URL) -> dict[str, backups.Figures]:
    """The figures of every table, as somebody sees them whom no policy binds."""
    async with asking(admin, **PLAIN) as connection:
        return await backups.figures(connection)


async def _inhabit(admin: URL, settings: Settings) -> list[Town]:
    """Three towns with members, sealed phones, sealed acts and two attachments each."""
    async with asking(admin) as connection, AsyncSession(connection, expire_on_commit=False) as session:
        district = await a_district(session)
        towns = [
            await a_town(session, name, district_id=district) for name in ("珍溪示例镇", "李渡示例街道", "白涛示例街道")
        ]
        files = FileStore.of(settings.home)
        for town in towns:
            for data in (b"same in every town", f"{NOTE}{town.name}".encode()):
                session.add(_attachment(town, await files.put(town.id, data), len(data)))
        await session.commit()
    database = Database(login_urls(admin, SECRET))
    for town in towns:
        async with operator_work(database, tenant_id=town.id) as work:
            member = await work.get(Member, town[Role.TOWN_LEADER].member_id)
            await members.keep_phone(work, member, PHONE, master=master_key(settings.home))
        async with open_work(database, system(town.id), frozenset()) as work:
            for hours in (0.1, 1e30):
                work.record("hazard:closed_out", AuditEntry(id=clock.new_id()), hours=hours, note="换行\n和\\.反斜杠")
    async with running(settings, database) as app, browser(app) as door:
        assert (await sign_in(door, towns[0][Role.TOWN_LEADER].person)).status_code == 303
    await Sealer(database).sweep([town.id for town in towns])
    await database.close()
    return towns


def _attachment(town: Town, digest: str, size: int) -> Attachment:
    facts = {"owner_kind": "plan", "media_type": "text/plain", "name": "说明.txt", "added_by_name": "示例"}
    whose = {"tenant_id": town.id, "id": clock.new_id(), "owner_id": clock.new_id(), "added_by": clock.new_id()}
    return Attachment(**whose, **facts, sha256=digest, bytes=size, created_at=clock.now())


@pytest.fixture(scope="module")
async def house(
    admin_url: URL, anyio_backend: object, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """Made once: the tests only read it."""
    home = tmp_path_factory.mktemp("house")
    settings = Settings(home=home, demo=True, secure_cookies=False, role_secret=SECRET, testing=True)
    async with cloned(admin_url, f"house_{clock.new_id().hex[-8:]}") as url:
        towns = await _inhabit(url, settings)
        file = home / "anzhen.tar"
        await make_backup(settings, str(url.render_as_string(hide_password=False)), file)
        yield House(settings, url, towns, file)


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[URL]:
    """The administrator's address on another machine's embedded PostgreSQL."""
    home = Path(tempfile.mkdtemp(prefix="anzhen-elsewhere-"))
    home.chmod(0o711)
    with stores(Settings(home=home), fsync="off") as found:
        yield make_url(found.admin_url)
    shutil.rmtree(home)


@pytest.fixture
def other(elsewhere: URL, tmp_path: Path) -> tuple[Settings, URL]:
    """A new home there with secrets of its own, and a database that does not exist yet."""
    settings = Settings(home=tmp_path / "home", demo=True, secure_cookies=False, role_secret="其他机器", testing=True)
    settings.home.mkdir()
    return settings, elsewhere.set(database=f"town_{clock.new_id().hex[-8:]}")


async def put_back(
    place: tuple[Settings, URL], file: Path, master: MasterKey, *, replace: bool = False
) -> tuple[int, str | None]:
    """Restore a file."""
    settings, admin = place
    with Archive(file) as archive:
        archive.require_seal(master)
        done = await restore(settings, admin.render_as_string(hide_password=False), archive, master, replace=replace)
    return done.acts, done.aside


async def databases(admin: URL) -> set[str]:
    """What stands on the server."""
    return {row[0] for row in await asked(admin.set(database="postgres"), "SELECT datname FROM pg_database")}


def attachments_in(settings: Settings) -> dict[str, str]:
    """Each attachment's place and the hash of its bytes."""
    folder = settings.home / "files"
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


async def test_a_restored_house_is_the_house_that_was_backed_up(house: House, other: tuple[Settings, URL]) -> None:
    """Equal rows and hashes, every attachment, the same policies and privileges, sealed phones open; who was in signs in anew."""
    settings, admin = other
    assert await put_back(other, house.file, house.master) == (6, None)
    install_key(settings, house.master)
    there, was = await logical(admin), await logical(house.admin)
    assert (was["user_session"].rows, {name for name in was if there[name] != was[name]}) == (1, {"user_session"})
    assert all(there[opens.__tablename__].rows == 0 for opens in DOORS_LEFT_OPEN)
    assert attachments_in(settings) == attachments_in(house.settings)
    assert len(attachments_in(settings)) == 6
    for query in (POLICIES, PRIVILEGES):
        assert await asked(admin, query) == await asked(house.admin, query)
    database = Database(login_urls(admin, "其他机器"))
    await database.refuse_unsafe_logins(*Login)
    ours, theirs, _ = house.towns
    office = ours[Role.TOWN_OFFICE]
    async with open_work(database, office, office.rights) as work:
        assert {row.id for row in await work.all(select(Enterprise))} == set(ours.enterprises)
    async with operator_work(database, tenant_id=theirs.id) as work:
        member = await work.get(Member, theirs[Role.TOWN_LEADER].member_id)
        assert await members.phone_of(work, member, master=master_key(settings.home)) == PHONE
    async with running(settings, database) as app, browser(app) as door:
        assert (await sign_in(door, office.person)).status_code == 303
    await database.close()


async def test_a_backup_holds_no_key_and_no_personal_data(house: House, tmp_path: Path) -> None:
    """Neither the master key nor a phone is in the file, packed or unpacked; nobody else may read it."""
    assert house.file.stat().st_mode & 0o777 == 0o600
    with Archive(house.file) as archive:
        archive.extract_dump(tmp_path / "dump")
    statements = b"".join(backups.dumps._statements(client_programs(), tmp_path / "dump"))
    assert house.towns[0].name.encode() in statements
    key = (house.settings.home / "keys/master").read_bytes().strip()
    for words in (house.file.read_bytes(), statements):
        for secret in (PHONE.encode(), key, house.master.secret, house.master.secret.hex().encode(), SECRET.encode()):
            assert secret not in words


def changed(file: Path, target: Path, name: str, change: Any) -> Path:
    """The same archive with one member's bytes changed; None takes it out."""
    with tarfile.open(file) as old, tarfile.open(target, "w") as new:
        for member in old.getmembers():
            stream = old.extractfile(member)
            assert stream
            data = stream.read()
            if member.name == name or member.name.startswith(name):
                data = change(data)
            if data is not None:
                member.size = len(data)
                new.addfile(member, BytesIO(data))
    return target


def flipped(data: bytes) -> bytes:
    """One bit in the middle is another."""
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


async def test_a_damaged_backup_is_refused_and_leaves_nothing(
    house: House, other: tuple[Settings, URL], tmp_path: Path
) -> None:
    """Torn off anywhere, or any part changed, taken out or added: one sentence, no database, no attachment."""
    whole, broken = house.file.read_bytes(), []
    for number, size in enumerate((0, 100, 700, len(whole) // 3, len(whole) * 9 // 10, len(whole) - 12_000)):
        broken.append(tmp_path / f"torn{number}.tar")
        broken[-1].write_bytes(whole[:size])
    for number, (name, change) in enumerate(
        (
            ("database.dump", flipped),
            ("attachments/", flipped),
            ("manifest.json", flipped),
            ("manifest.json", lambda data: data.replace(b'"revision": "', b'"revision": "9')),
            ("manifest.json", lambda data: data.replace(b'"format": 1', b'"format": 2')),
            ("manifest.seal", flipped),
            ("attachments/", lambda _: None),
            ("manifest.seal", lambda _: None),
        )
    ):
        broken.append(changed(house.file, tmp_path / f"changed{number}.tar", name, change))
    stood = await databases(other[1])
    for file in broken:
        with pytest.raises(BackupDamaged):
            await put_back(other, file, house.master)
    assert await databases(other[1]) == stood
    assert not (other[0].home / "files").exists() or attachments_in(other[0]) == {}


async def test_what_goes_wrong_at_the_end_is_taken_back(
    house: House, other: tuple[Settings, URL], tmp_path: Path
) -> None:
    """Rows that differ from a well sealed manifest, and an act that differs from its seal, keep the database away."""

    def with_one_row_less(data: bytes) -> bytes:
        manifest = backups.manifest.msgspec.json.decode(data)
        manifest["tables"]["enterprise"]["digest"] = "00" * 32
        return backups.manifest.msgspec.json.encode(manifest)

    file = changed(house.file, tmp_path / "digest.tar", "manifest.json", with_one_row_less)
    with Archive(file) as archive:
        words = archive._words
    sealed = changed(
        file, tmp_path / "sealed.tar", "manifest.seal", lambda _: backups.seal(house.master, words).encode()
    )
    stood = await databases(other[1])
    with pytest.raises(NotAsBackedUp, match="enterprise"):
        await put_back(other, sealed, house.master)
    assert await databases(other[1]) == stood


async def test_another_master_key_is_refused_before_anything(house: House, other: tuple[Settings, URL]) -> None:
    """The key of the new home opens nothing of the old one."""
    stood = await databases(other[1])
    with pytest.raises(NotThisKey, match="--master-key"):
        await put_back(other, house.file, master_key(other[0].home))
    assert await databases(other[1]) == stood


async def test_a_town_that_stands_is_replaced_only_when_asked_and_kept_aside(
    house: House, other: tuple[Settings, URL]
) -> None:
    """An inhabited database is refused; with --replace it keeps its rows under another name; in use it is never touched."""
    await put_back(other, house.file, house.master)
    admin = other[1]
    async with asking(admin) as connection:
        await connection.execute(text("UPDATE enterprise SET name = '后来改的名'"))
    with pytest.raises(NotEmpty, match="--replace"):
        await put_back(other, house.file, house.master)
    async with asking(admin):
        with pytest.raises(InUse):
            await put_back(other, house.file, house.master, replace=True)
    _, aside = await put_back(other, house.file, house.master, replace=True)
    assert aside is not None
    assert ("后来改的名",) in await asked(admin.set(database=aside), "SELECT DISTINCT name FROM enterprise")
    assert ("后来改的名",) not in await asked(admin, "SELECT DISTINCT name FROM enterprise")
    assert not any(name.endswith("_restoring") for name in await databases(admin))


async def test_a_backup_that_cannot_see_everything_is_none(house: House, own_database: URL, tmp_path: Path) -> None:
    """A dropped policy would give an empty table without any error: the backup refuses, and an empty dump is found out."""
    address = own_database.render_as_string(hide_password=False)
    with pytest.raises(BackupDamaged, match="不完整"), Archive(house.file) as archive:
        require_equal(archive.manifest.tables, dict.fromkeys(archive.manifest.tables, 0))
    with pytest.raises(BackupDamaged, match="一行也没有"):
        require_equal({}, {})
    settings = replace(house.settings, home=tmp_path)
    async with asking(own_database) as connection:
        await connection.execute(text("DROP POLICY backup ON enterprise"))
    with pytest.raises(BackupBlind, match="enterprise"):
        await make_backup(settings, address, tmp_path / "blind.tar")
    async with asking(own_database) as connection:
        await connection.execute(text("CREATE POLICY backup ON enterprise TO anzhen_backup USING (true)"))
        await connection.execute(text("REVOKE SELECT ON plan FROM anzhen_backup"))
    with pytest.raises(BackupBlind, match="plan"):
        await make_backup(settings, address, tmp_path / "blind.tar")
    assert not list(tmp_path.glob("*.tar"))
    assert not list(tmp_path.glob(".anzhen-backup-*"))


async def test_the_dump_really_reads_as_the_backup_login(house: House) -> None:
    """That login sees every town and can change nothing."""
    url = login_urls(house.admin, SECRET)[Login.BACKUP].set(drivername="postgresql")
    connection = await asyncpg.connect(url.render_as_string(hide_password=False))
    try:
        assert await connection.fetchval("SELECT count(*) FROM enterprise") == 2 * len(house.towns)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("DELETE FROM enterprise")
    finally:
        await connection.close()


def test_the_commands_say_what_they_did(house: House, redis_url: str, tmp_path: Path) -> None:
    """A dated file in a folder, the oldest swept, an existing file never overwritten, a lost attachment named with exit 2."""
    home = tmp_path / "home"
    shutil.copytree(house.settings.home / "keys", home / "keys")
    shutil.copytree(house.settings.home / "files", home / "files")
    lost = next((home / "files").rglob(sha256(b"same in every town").hexdigest()))
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "anzhen-20200101-000000.tar").write_text("old")
    environment = {
        "ANZHEN_HOME": str(home),
        "ANZHEN_DATABASE_URL": house.admin.render_as_string(hide_password=False),
        "ANZHEN_REDIS_URL": redis_url,
        "ANZHEN_ROLE_SECRET": SECRET,
    }

    def told(*words: str | Path) -> tuple[int, str]:
        done = CliRunner().invoke(main, [str(word) for word in words], env=environment)
        return done.exit_code, done.output

    code, words = told("backup", folder, "--keep", "1")
    assert (code, "6 个附件" in words, "主密钥不在备份里" in words) == (0, True, True)
    (made,) = folder.iterdir()
    assert told("backup", made)[0] == 1
    code, words = told("backup", "--verify", made)
    assert (code, "✓ 备份完整" in words, "✓ 封签" in words) == (0, True, True)
    lost.unlink()
    code, words = told("backup", folder / "two.tar")
    assert (code, str(lost.relative_to(home / "files")) in words) == (2, True)
    code, words = told("restore", made)
    assert (code, "不是空的" in words) == (1, True)
    (home / "keys/master").unlink()
    code, words = told("restore", made)
    assert (code, "--master-key" in words) == (1, True)
    (folder / "torn.tar").write_bytes(made.read_bytes()[:5000])
    for file in (folder / "torn.tar", folder / "none.tar", folder):
        code, words = told("backup", "--verify", file)
        assert (code, words.startswith("Error: ")) == (1, True), words


def test_an_embedded_town_backs_itself_up_with_nothing_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A first home, one command, then a second home, one command: no address, no PATH, no program of the system."""
    first, second = [Path(tempfile.mkdtemp(prefix="anzhen-")) for _ in range(2)]
    monkeypatch.setenv("PATH", "")

    def told(home: Path, *words: str | Path) -> str:
        home.chmod(0o711)
        done = CliRunner().invoke(main, [str(word) for word in words], env={"ANZHEN_HOME": str(home)})
        assert done.exit_code == 0, done.output
        return done.output

    told(first, "migrate")
    told(first, "district", "create", "500102", "涪陵区", "fuling")
    told(first, "backup", tmp_path / "one.tar")
    words = told(second, "restore", tmp_path / "one.tar", "--master-key", first / "keys/master")
    assert "✓ 已恢复到" in words
    assert (second / "keys/master").read_bytes() == (first / "keys/master").read_bytes()
    for home in (first, second):
        shutil.rmtree(home)
