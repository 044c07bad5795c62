"""A ledger leaves as a real workbook with exactly the rows that were on the page."""

import asyncio
from collections.abc import Iterable, Sequence
from functools import partial
from io import BytesIO
from urllib.parse import quote

from litestar import Response

from services.kernel.documents import Column, write_ledger
from services.kernel.work import Work

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def workbook(
    work: Work, title: str, columns: Sequence[Column], rows: Iterable[Sequence[object]], *, filters: str
) -> Response[bytes]:
    """The rows as a file that the browser saves under the title and the day; raises LedgerTooLong."""
    target = BytesIO()
    write = partial(write_ledger, filters=filters, made_on=work.today, made_by=work.identity.person)
    await asyncio.to_thread(write, target, title, columns, rows)
    return Response(target.getvalue(), media_type=XLSX, headers=saved_as(f"{title}{work.today:%Y%m%d}.xlsx"))


def saved_as(name: str, *, inline: bool = False) -> dict[str, str]:
    """The head that makes a browser save a file under its Chinese name, or show it."""
    return {"content-disposition": f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(name, safe='')}"}
