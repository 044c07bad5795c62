"""The house that is measured: servers of its own in a folder of its own, and a thousand towns of a thousand enterprises."""

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import URL, make_url
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from services.kernel.database import Database, login_urls
from services.kernel.settings import Settings
from services.kernel.table import Login
from services.launcher.stores import stores
from services.migrations.migrate import migrate
from services.tenancy.roles import Role
from services.tenancy.signing_in.person import Person
from tests.factories import a_district, a_town
from tests.scale.figures import Asked
from tests.web import signed_in

SECRET = "the secret of the figures"
DOORS = 8
"""Towns with people in them: as many as there are clients at once."""

TOWNS = """
INSERT INTO tenant (id, kind, district_id, code, name, full_name, slug, state, created_at, local_papers)
SELECT uuidv7(), 'township', $1, '500102119', '示例镇' || n, '示例区示例镇' || n, 'scale-' || n, 'active', $3,
  '{"NOTICE": {"from": "2021-03-15", "until": null}}'
FROM generate_series(1, $2::int) n
"""
ENTERPRISES = """
INSERT INTO enterprise (tenant_id, id, name, no_code_reason, industry_code, sector, size, headcount, village_code, address,
  production_state, is_above_scale, is_peri_urban, is_smelter, is_state_owned, tags, created_at, version,
  headcount_own, headcount_dispatched, headcount_temporary, ownership, credit_class, circumstances, has_safety_office, registered_on)
SELECT tenant, uuidv7(), '示例' || n || '号砖瓦厂', '示例企业不登记代码', '3031',
  (ARRAY['冶金', '有色', '建材', '机械', '轻工', '纺织', '烟草', '商贸'])[1 + n % 8], (ARRAY['大', '中', '小', '微'])[1 + n % 4],
  (hashint8(n * 7919 + $3::bigint) & 511), '500102119' || lpad((200 + n % 20)::text, 3, '0'), '示例路' || n || '号', '正常',
  n % 9 = 0, n % 7 = 0, false, false, CASE WHEN n % 5 = 0 THEN ARRAY['dust'] ELSE ARRAY[]::text[] END, $4, 1,
  (hashint8(n * 7919 + $3::bigint) & 511), 0, 0,
  '民营', 'B', ARRAY[]::text[], false, DATE '2020-01-06'
FROM unnest($1::uuid[]) tenant, generate_series(1, $2::int) n
"""


@dataclass(slots=True)
class House:
    """Where the servers are, and who lives in the towns that are asked."""

    settings: Settings
    admin: URL
    people: list[Person] = field(default_factory=list)
    """The town office's person of each of the first towns."""
    tokens: list[str] = field(default_factory=list)
    """An open session of each of them."""
    enterprises: list[UUID] = field(default_factory=list)
    """One enterprise of each of these towns."""

    def dsn(self, login: Login | None = None) -> str:
        """The driver's address of a login; of the administrator, whom no policy binds, without one."""
        url = login_urls(self.admin, SECRET)[login] if login else self.admin
        return url.set(drivername="postgresql").render_as_string(hide_password=False)

    def database(self) -> Database:
        """The real logins."""
        return Database(login_urls(self.admin, SECRET))

    @contextlib.asynccontextmanager
    async def everything(self) -> AsyncIterator[AsyncSession]:
        """A session that looks past row security, committed at its end."""
        engine = create_async_engine(self.admin)
        async with AsyncSession(engine, expire_on_commit=False) as session:
            yield session
            await session.commit()
        await engine.dispose()

    def environment(self) -> dict[str, str]:
        """What a server process is told."""
        return {
            **os.environ,
            "ANZHEN_HOME": str(self.settings.home),
            "ANZHEN_DATABASE_URL": self.admin.render_as_string(hide_password=False),
            "ANZHEN_REDIS_URL": self.settings.redis_url or "",
            "ANZHEN_ROLE_SECRET": SECRET,
            "ANZHEN_DEMO": "1",
            "SCALE_DSN": self.dsn(),
        }


@contextlib.contextmanager
def a_house() -> Iterator[House]:
    """Servers in a temporary folder, with the settings of every embedded installation, gone at the end."""
    home = Path(tempfile.mkdtemp(prefix="anzhen-scale-"))
    home.chmod(0o711)
    try:
        with stores(Settings(home=home)) as found:
            admin = make_url(found.admin_url).set(drivername="postgresql+asyncpg")
            asyncio.run(migrate(admin, SECRET))
            settings = Settings(
                home=home,
                database_url=found.admin_url,
                redis_url=found.redis_url,
                role_secret=SECRET,
                demo=True,
                secure_cookies=False,
                testing=True,
            )
            yield House(settings, admin)
    finally:
        shutil.rmtree((home / "place").resolve(), ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


async def populate(house: House, asked: Asked) -> None:
    """Fill the towns; every check of every table holds, and the planner knows what lies there."""
    async with house.everything() as session:
        district = await a_district(session)
        towns = [await a_town(session, f"示例{n}镇", district_id=district) for n in range(DOORS)]
        house.people = [town[Role.TOWN_OFFICE] for town in towns]
        house.enterprises = [town.enterprises[0] for town in towns]
    connection = await asyncpg.connect(house.dsn())
    try:
        await _fill(connection, district, asked)
    finally:
        await connection.close()
    database = house.database()
    house.tokens = [await signed_in(database, person) for person in house.people]
    await database.close()


async def _fill(connection: asyncpg.Connection, district: UUID, asked: Asked) -> None:
    from tests.factories import THEN

    await connection.execute("SET synchronous_commit = off")
    await connection.execute(TOWNS, district, max(0, asked.towns - DOORS), THEN)
    towns = [row[0] for row in await connection.fetch("SELECT id FROM tenant WHERE kind = 'township' ORDER BY id")]
    for start in range(0, len(towns), 100):
        await connection.execute(ENTERPRISES, towns[start : start + 100], asked.rows, asked.seed, THEN)
    await connection.execute("VACUUM ANALYZE enterprise")
    await connection.execute("ANALYZE tenant")
