"""An office worker with only Excel gets its registry in."""

from datetime import date

import pytest
from litestar import Litestar
from sqlalchemy import select

from services.kernel.trail import AuditEntry
from services.notifications.messages.models import Message
from services.supervision.imports import RegistryImport
from services.supervision.registry import Enterprise, EnterpriseFact
from services.tenancy.roles import Role
from tests.supervision.imports.office import LINE, a_sheet, cells_of, lines, run_jobs, upload
from tests.supervision.year import Year
from tests.web import browser, words_of

pytestmark = pytest.mark.anyio
OFFICE = Role.TOWN_OFFICE
FAULTS = (
    {"credit_code": "91500102MA5ABC0160"},
    {"headcount_own": "六十来个"},
    {"village_code": "没有这个村"},
    {"standard_level": "三级", "standard_granted_on": "2026-03-01"},
    {"name": "导入示例1号厂"},
    {"industry_code": "9999", "ownership": ""},
    {"name": "", "tags": "涉爆啥的"},
)
"""Seven rows that a town's office really gets wrong."""
REASONS = (
    "统一社会信用代码：校验位不符",
    "自有人员（人）：“六十来个”不是人数，请只写数字",
    "村（社区）：本镇没有“没有这个村”",
    "标准化有效期至：有标准化等级，请填写证书的最后一个有效日",
    "企业名称：与第 4 行的企业名称相同",
    "企业性质：请填写企业性质；行业：这个行业代码不在工贸八个行业内",
    "企业名称：请填写企业名称；危险因素：不认识“涉爆啥的”",
)


async def test_three_hundred_rows_come_in_and_seven_go_back_to_be_mended(app: Litestar, year: Year) -> None:
    """Nothing is saved before the office says so; the bad rows return with all their reasons, and go in once they are mended."""
    rows = lines(300)
    for place, fault in enumerate(FAULTS):
        rows[(place + 1) * 40] |= fault
    async with browser(app, year.town[OFFICE]) as page:
        answer = await upload(page, a_sheet(rows, titles=2))
        assert answer.status_code == 303
        path = answer.headers["location"]
        assert "正在打开文件" in words_of(await page.get(path))
        await run_jobs(year)
        shown = words_of(await page.get(path))
        for expected in (
            "新增企业 293 家",
            "有误 7 行",
            "保存 293 家，有误的 7 行不保存",
            "先列 20 家，其余 273 家一并保存",
        ):
            assert expected in shown, expected
        async with year.as_(OFFICE) as work:
            assert await work.count(select(Enterprise)) == 2
        assert (await page.post(f"{path}/save")).status_code == 303
        assert "共 293 行" in words_of(await page.get(path))
        await run_jobs(year)
        assert "已保存：新增 293 家，变更 0 家" in words_of(await page.get(path))
        errors = cells_of(await page.get(f"{path}/errors.xlsx"))
        assert (errors[2][0], errors[2][1], len(errors)) == ("原因", "企业名称", 10)
        assert all(row[0].startswith(reason) for row, reason in zip(errors[3:], REASONS, strict=True)), errors
        head = errors[2]
        mended = [dict(zip(head, row, strict=True)) for row in errors[3:]]
        for number, row in enumerate(mended):
            row |= {
                "企业名称": f"改好示例{number}号厂",
                "统一社会信用代码": "",
                "自有人员（人）": 60,
                "企业性质": "民营",
                "标准化等级": "",
            }
            row |= {"村（社区）": "500102119201", "国民经济行业代码": "3031", "危险因素": "", "标准化发证日期": ""}
        path = (await upload(page, a_sheet(mended, heads=head))).headers["location"]
        await run_jobs(year)
        shown = words_of(await page.get(path))
        assert ("新增企业 7 家" in shown, "有误的行" in shown, "未识别的列" in shown) == (True, False, False)
        await page.post(f"{path}/save")
        await run_jobs(year)
        listed = words_of(await page.get("/enterprises/imports"))
        assert listed.count("已保存") == 2
    async with year.as_(OFFICE) as work:
        assert await work.count(select(Enterprise)) == 302
        acts = await work.all(
            select(AuditEntry).where(AuditEntry.act == "registry_import:saved").order_by(AuditEntry.at)
        )
        files = await work.all(select(RegistryImport.file_sha256).order_by(RegistryImport.created_at))
        assert [(act.detail["sha256"], act.detail["new"], act.detail["bad"]) for act in acts] == [
            (files[0], 293, 7),
            (files[1], 7, 0),
        ]
        told = await work.all(select(Message.subject).where(Message.event.like("registry:imported:%")))
        assert told == ["台账已导入：台账.xlsx"] * 2


async def test_known_enterprises_are_shown_before_and_after_and_change_from_the_day(app: Litestar, year: Year) -> None:
    """Columns in any order and under other names; what is not in the sheet stays, and a second time changes nothing."""
    async with browser(app, year.town[OFFICE]) as page:
        path = (await upload(page, a_sheet(lines(3)), day="2026-02-01")).headers["location"]
        await run_jobs(year)
        await page.post(f"{path}/save")
        await run_jobs(year)
        rows = [{"自有职工": 80 + n, "单位名称": f"导入示例{n}号厂", "规模": "中型", "联系人": "某某"} for n in (1, 2)]
        data = a_sheet(rows, heads=("序号", "自有职工", "单位名称", "联系人", "规模"), titles=1)
        path = (await upload(page, data, day="2026-03-01")).headers["location"]
        await run_jobs(year)
        shown = words_of(await page.get(path))
        for expected in ("自有人员（人）：60 人 → 81 人", "规模：小型 → 中型", "未识别的列：联系人", "有变更 2 家"):
            assert expected in shown, expected
        await page.post(f"{path}/save")
        await run_jobs(year)
        path = (await upload(page, data, day="2026-03-01")).headers["location"]
        await run_jobs(year)
        shown = words_of(await page.get(path))
        assert ("与台账一致 2 家" in shown, "没有可以保存的内容" in shown) == (True, True)
        assert (await page.post(f"{path}/save")).status_code == 409
    async with year.as_(OFFICE) as work:
        one = await work.one(select(Enterprise).where(Enterprise.name == "导入示例2号厂"))
        assert (one.headcount, one.size, one.address, one.registered_on) == (
            82,
            "中",
            LINE["address"],
            date(2026, 2, 1),
        )
        facts = await work.all(select(EnterpriseFact).where(EnterpriseFact.enterprise_id == one.id))
        written = {(fact.field, fact.value, fact.valid_from, fact.source) for fact in facts}
        assert ("headcount_own", 82, date(2026, 3, 1), "import") in written
        assert {fact.person for fact in facts} == {year.town[OFFICE].person}


async def test_a_ledger_that_is_given_up_leaves_nothing(app: Litestar, year: Year) -> None:
    """After looking through, or before a worker came to it; what is given up cannot be saved."""
    async with browser(app, year.town[OFFICE]) as page:
        for looked_through in (True, False):
            path = (await upload(page, a_sheet(lines(2)))).headers["location"]
            if looked_through:
                await run_jobs(year)
            assert (await page.post(f"{path}/cancel")).status_code == 303
            await run_jobs(year)
            assert "已放弃" in words_of(await page.get(path))
            assert (await page.post(f"{path}/save")).status_code == 409
            assert (await page.post(f"{path}/cancel")).status_code == 409
    async with year.as_(OFFICE) as work:
        assert await work.count(select(Enterprise)) == 2


async def test_only_one_ledger_is_saved_at_a_time(app: Litestar, year: Year) -> None:
    """The second is refused with a sentence, and saved once the first is done."""
    async with browser(app, year.town[OFFICE]) as page:
        paths = [(await upload(page, a_sheet(lines(2)))).headers["location"] for _ in range(2)]
        await run_jobs(year)
        assert (await page.post(f"{paths[0]}/save")).status_code == 303
        answer = await page.post(f"{paths[1]}/save")
        assert (answer.status_code, "另一份台账正在保存" in words_of(answer)) == (409, True)
        await run_jobs(year)
        assert (await page.post(f"{paths[1]}/save")).status_code == 303
        await run_jobs(year)
        assert "新增 0 家，变更 0 家，另有 2 家与台账一致" in words_of(await page.get(paths[1]))


async def test_others_than_the_office_cannot_import(app: Litestar, year: Year) -> None:
    """A leader, a sector department and an enterprise are refused; another town's import is not there."""
    async with browser(app, year.town[OFFICE]) as page:
        path = (await upload(page, a_sheet(lines(1)))).headers["location"]
    for role in (Role.TOWN_LEADER, Role.SECTOR_DEPARTMENT, Role.SAFETY_OFFICER):
        async with browser(app, year.town[role]) as page:
            assert (await page.get("/enterprises/imports")).status_code == 403
            assert (await page.get(path)).status_code == 403
            assert (await page.post(f"{path}/save")).status_code == 403
            assert (await upload(page, a_sheet(lines(1)))).status_code == 403


async def test_the_template_goes_in_as_it_comes_out(app: Litestar, year: Year) -> None:
    """Its hints and its example are passed over; what the office writes below them is new."""
    async with browser(app, year.town[OFFICE]) as page:
        cells = cells_of(await page.get("/enterprises/imports/template.xlsx"))
        heads = cells[0]
        assert ("企业名称*" in heads, cells[1][0].startswith("填写说明"), "示例" in cells[2][0]) == (True, True, True)
        row = dict(zip(heads, cells[2], strict=True)) | {heads[0]: "照着示例填的厂"}
        data = a_sheet(
            [dict(zip(heads, cells[1], strict=True)), dict(zip(heads, cells[2], strict=True)), row], heads=heads
        )
        path = (await upload(page, data)).headers["location"]
        await run_jobs(year)
        shown = words_of(await page.get(path))
        assert ("新增企业 1 家" in shown, "有误 0 行" in shown) == (True, True), shown
