"""What the tests of importing share: an office's workbook, its upload, and the worker that looks through it."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter
from httpx import Response
from openpyxl import load_workbook
from sqlalchemy import select

from services.kernel.bench import Bench, system
from services.kernel.clock import new_id
from services.kernel.jobs import REGISTRY
from services.kernel.outbox import Outbox
from services.supervision.registry import BY_NAME
from tests.supervision.year import Year
from tests.web import Browser

HEADS = (
    "name", "credit_code", "no_code_reason", "ownership", "village_code", "address", "industry_code", "headcount_own",
    "headcount_dispatched", "production_state", "size", "tags", "standard_level", "standard_granted_on", "standard_expires_on",
)  # fmt: skip
LINE: Mapping[str, Any] = {
    "no_code_reason": "营业执照正在办理",
    "ownership": "民营",
    "village_code": "500102119201",
    "address": "示例路 1 号",
    "industry_code": "3031",
    "headcount_own": 60,
    "production_state": "正常",
    "size": "小型",
    "tags": "粉尘涉爆、有限空间",
}


def lines(count: int, **facts: Any) -> list[dict[str, Any]]:
    """So many enterprises without faults, named by their number."""
    return [{**LINE, "name": f"导入示例{number}号厂", **facts} for number in range(1, count + 1)]


def a_sheet(rows: Sequence[Mapping[str, Any]], *, heads: Sequence[str] = HEADS, titles: int = 0) -> bytes:
    """A workbook as an office writes it, with so many lines of title above the heads."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("台账")
        if titles:
            sheet.merge_range(0, 0, 0, len(heads) - 1, "珍溪镇企业基本情况台账")
        sheet.write_row(titles, 0, [BY_NAME[head].head if head in BY_NAME else head for head in heads])
        for number, row in enumerate(rows, titles + 1):
            sheet.write_row(number, 0, [row.get(head, "") for head in heads])
    return target.getvalue()


async def upload(page: Browser, data: bytes, *, name: str = "台账.xlsx", day: str = "2026-03-06") -> Response:
    """The office uploads a file."""
    return await page.post("/enterprises/imports", {"valid_from": day}, files={"file": (name, data)})


def cells_of(answer: Response) -> list[list[Any]]:
    """The rows of a downloaded workbook."""
    return [list(row) for row in load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True)]


async def run_jobs(year: Year, queue: str = "imports") -> None:
    """The worker does what waits in a queue, each row once."""
    async with year.everything() as session:
        waiting = (await session.scalars(select(Outbox).where(Outbox.queue == queue, Outbox.state == "pending"))).all()
        for row in waiting:
            row.state = "done"
    for row in waiting:
        await run(year, row)


async def run(year: Year, row: Outbox) -> None:
    """One job of the outbox."""
    job = REGISTRY[row.job]
    bench = Bench(year.sessions, system(year.town.id), job.rights, new_id())
    await job.function(bench, *job.restored(row.args))
