"""What leaves is exactly what was chosen, and comes in again without a change."""

from datetime import date, timedelta

import pytest
from litestar import Litestar
from sqlalchemy import select

from services.notifications.messages.models import Message
from services.supervision import exports
from services.supervision.registry import FIELDS
from services.tenancy.roles import Role
from tests.factories import an_enterprise
from tests.supervision.imports.office import cells_of, run_jobs, upload
from tests.supervision.year import NOW, Year
from tests.web import browser, words_of

pytestmark = pytest.mark.anyio
OFFICE = Role.TOWN_OFFICE
CODES = ("91500102MA5ABC016J", "91500102MA5U000038", "91500102208500012K")


@pytest.fixture
async def town(year: Year) -> Year:
    """A town with enterprises that use every field, one with a name like a formula, and one that left."""
    async with year.everything() as session:
        await an_enterprise(
            session, year.town, name="示例冶炼厂", credit_code=CODES[0], no_code_reason=None, industry_code="3110", sector="冶金",
            is_smelter=True, tags=["steel", "dust"], circumstances=["gas_user"], dust_workers=3, headcount=80,
            headcount_dispatched=5, headcount_temporary=2, yearly_revenue=300_015_000_000, is_above_scale=True,
            above_scale_since=date(2025, 3, 1), above_scale_source="名录", is_state_owned=True, has_safety_office=True,
            credit_class="A", is_peri_urban=True, batch="第一批", batch_done_on=date(2026, 2, 1), standard_level="二级",
            standard_granted_on=date(2025, 1, 1), standard_expires_on=date(2027, 12, 31), insured_from=date(2026, 1, 1),
            insured_to=date(2026, 12, 31),
        )  # fmt: skip
        await an_enterprise(
            session, year.town, name="=示例等号厂", address="-1 号", credit_code=CODES[1], no_code_reason=None
        )
        await an_enterprise(
            session, year.town, name="示例迁出厂", left_on=date(2026, 2, 1), left_reason="迁往外区", credit_code=CODES[2],
            no_code_reason=None,
        )  # fmt: skip
    return year


async def test_what_was_exported_comes_in_again_without_a_change(app: Litestar, town: Year) -> None:
    """All columns, all kinds of facts, also of those that left: five known, none new, none changed, none bad."""
    async with browser(app, town.town[OFFICE]) as page:
        answer = await page.get("/enterprises/export.xlsx?with_left=1")
        rows = cells_of(answer)
        assert [*rows[2][1:]] == [field.head for field in FIELDS]
        assert len(rows) == 3 + 5
        path = (await upload(page, answer.content)).headers["location"]
        await run_jobs(town)
        shown = words_of(await page.get(path))
        for expected in ("新增企业 0 家", "有变更 0 家", "与台账一致 5 家", "有误 0 行"):
            assert expected in shown, shown
        assert "未识别的列" not in shown


async def test_a_long_ledger_is_made_in_the_background_and_told(
    app: Litestar, town: Year, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above the bound the export leads to a page; the worker's file is the filtered ledger, for its owner and one day."""
    monkeypatch.setattr(exports, "AT_ONCE", 1)
    async with browser(app, town.town[OFFICE]) as page:
        assert (await page.get("/enterprises/export.xlsx?smelter=1")).status_code == 200
        answer = await page.get("/enterprises/export.xlsx?with_left=1&sort=-headcount")
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            "/enterprises/exports?with_left=1&sort=-headcount",
        )
        shown = await page.get(answer.headers["location"])
        assert "符合条件的有 5 家" in words_of(shown)
        path = (await page.post("/enterprises/exports?with_left=1&sort=-headcount")).headers["location"]
        assert "已写 0 家，共 5 家" in words_of(await page.get(path))
        assert (await page.get(f"{path}/file.xlsx")).status_code == 404
        await run_jobs(town, "exports")
        assert "共 5 家，文件保留一天" in words_of(await page.get(path))
        rows = cells_of(await page.get(f"{path}/file.xlsx"))
        assert (rows[3][1], len(rows), "含已注销、迁出" in rows[1][0]) == ("示例冶炼厂", 8, True)
        assert "含已注销、迁出" in words_of(await page.get("/enterprises/exports"))
    async with town.as_(OFFICE) as work:
        (told,) = await work.all(select(Message).where(Message.event.like("registry:exported:%")))
        assert (told.link, "共 5 家" in told.body) == (path, True)
        export = await work.one(select(exports.RegistryExport))
        assert (export.written, export.total) == (5, 5)
    async with town.everything() as session:
        (await session.merge(export)).created_at = NOW - timedelta(days=1, minutes=1)
    async with browser(app, town.town[OFFICE]) as page:
        assert (await page.get(f"{path}/file.xlsx")).status_code == 404
        assert "文件只保留一天" in words_of(await page.get(path))
    async with browser(app, town.town[Role.TOWN_LEADER]) as page:
        assert (await page.get(path)).status_code == 403
