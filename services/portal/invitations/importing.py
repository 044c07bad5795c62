"""The office's own list of people (.xlsx) becomes invitations: first what is right and wrong with it, then the slips."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Template
from sqlalchemy import select

from services.kernel.documents import Column, FileRefused, read_sheet
from services.kernel.refusals import BadInput
from services.kernel.table import Login
from services.kernel.work import Work
from services.portal.fields import FormData, word
from services.portal.forms import Form
from services.portal.frame import page
from services.portal.invitations.slips import slips_page, slips_workbook
from services.portal.signing_in.visits import AnyRequest
from services.portal.workbook import workbook
from services.supervision import registry
from services.tenancy import invitations
from services.tenancy.door import CurrentWork, master_of, needs
from services.tenancy.members import tidy
from services.tenancy.roles import Role

MOST_ROWS = 1000
HEAD_WITHIN = 10
"""The heads stand in one of the first ten rows, below whatever title."""
SHOWN = 50
HEADS = {
    "enterprise": ("企业", "企业名称", "单位", "单位名称", "统一社会信用代码", "企业（代码或名称）"),
    "name": ("姓名",),
    "role": ("岗位", "职务", "身份"),
    "phone": ("手机", "手机号", "电话", "联系电话", "手机号码"),
}
WORDS = {"enterprise": "企业", "name": "姓名", "role": "岗位", "phone": "手机"}
ROLES = {
    "法定代表人": Role.LEGAL_REPRESENTATIVE,
    "企业法定代表人": Role.LEGAL_REPRESENTATIVE,
    "法人": Role.LEGAL_REPRESENTATIVE,
    "安全管理人员": Role.SAFETY_OFFICER,
    "企业安全管理人员": Role.SAFETY_OFFICER,
    "安全员": Role.SAFETY_OFFICER,
}
OFFICE = needs("member:manage", login=Login.IDENTITY)
Uploaded = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.MULTI_PART)]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row as it was written, and its number in the sheet."""

    number: int
    enterprise: str
    name: str
    role: str
    phone: str


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """One row, and either what it orders or why it cannot be."""

    row: Row
    order: invitations.Order | None
    reason: str


@get("/invitations/import", opt=OFFICE)
async def import_page(request: AnyRequest) -> Template:
    """导入名单."""
    return page(request, "invitations/import.html", form=Form())


@post("/invitations/import", opt=OFFICE)
async def preview(request: AnyRequest, work: CurrentWork, data: Uploaded) -> Template:
    """What would be sent, and what is wrong with the rest; nothing is kept."""
    file = data.get("file")
    try:
        content = await file.read() if isinstance(file, UploadFile) else b""
        rows = _rows(await asyncio.to_thread(read_sheet, content, most_rows=MOST_ROWS))
    except (BadInput, FileRefused) as refusal:
        fields = getattr(refusal, "fields", None) or {"file": refusal.sentence}
        return page(request, "invitations/import.html", status=422, form=Form({}, fields))
    read = await _read(work, rows)
    return page(
        request,
        "invitations/preview.html",
        good=[one for one in read if one.order],
        bad=[one for one in read if one.order is None],
        shown=SHOWN,
        carried=msgspec.json.encode(rows).decode(),
    )


@post("/invitations/import/send", opt=OFFICE)
async def send(request: AnyRequest, work: CurrentWork, data: FormData) -> Template | Response[bytes]:
    """The rows that are right become invitations; they are looked at again, for time has passed."""
    orders = [one.order for one in await _carried(work, data) if one.order]
    issued = await invitations.send(work, orders, master=master_of(request))
    if word(data, "as") == "table":
        return await slips_workbook(request, work, issued)
    return slips_page(request, issued)


@post("/invitations/import/errors", opt=OFFICE)
async def errors(work: CurrentWork, data: FormData) -> Response[bytes]:
    """The rows that are wrong with their reasons, to be mended and uploaded again."""
    heads = (Column("原表行号", 8, "number"), *(Column(head, 24) for head in WORDS.values()), Column("原因", 48))
    bad = [one for one in await _carried(work, data) if one.order is None]
    rows = ((one.row.number, one.row.enterprise, one.row.name, one.row.role, one.row.phone, one.reason) for one in bad)
    return await workbook(work, "导入名单中有误的行", heads, rows, filters="有误的行")


async def enterprises_of(work: Work) -> Sequence[registry.Enterprise]:
    """The town's enterprises that are still there, in the order of their names."""
    living = select(registry.Enterprise).where(registry.Enterprise.left_on.is_(None))
    return await work.all(living.order_by(registry.Enterprise.name, registry.Enterprise.id))


async def _carried(work: Work, data: dict[str, Any]) -> list[Read]:
    try:
        rows = msgspec.json.decode(word(data, "rows"), type=list[Row])
    except msgspec.DecodeError:
        raise BadInput("名单没有完整地传回来，请重新上传文件") from None
    return await _read(work, rows[:MOST_ROWS])


def _rows(sheet: Sequence[Sequence[str]]) -> list[Row]:
    """The rows below the heads; raises BadInput where a head is missing."""
    for at, cells in enumerate(sheet[:HEAD_WITHIN]):
        heads = [tidy(cell).replace(" ", "") for cell in cells]
        places = {field: _place(heads, names) for field, names in HEADS.items()}
        if places["enterprise"] is None or places["name"] is None:
            continue
        missing = [WORDS[field] for field in ("role",) if places[field] is None]
        if missing:
            raise BadInput(fields={"file": f"表头里没有“{'、'.join(missing)}”这一列，请补上后重新上传"})
        below = enumerate(sheet[at + 1 :], at + 2)
        rows = [Row(number=number, **_cells(line, places)) for number, line in below if any(map(tidy, line))]
        if not rows:
            raise BadInput(fields={"file": "表头下面没有内容，请填好后重新上传"})
        return rows
    raise BadInput(fields={"file": "没有找到表头：前十行里要有“企业、姓名、岗位、手机”"})


def _place(heads: Sequence[str], names: Sequence[str]) -> int | None:
    return next((place for place, head in enumerate(heads) if head in names), None)


def _cells(line: Sequence[str], places: dict[str, int | None]) -> dict[str, str]:
    return {
        field: tidy(line[place])[:200] if place is not None and place < len(line) else ""
        for field, place in places.items()
    }


async def _read(work: Work, rows: Sequence[Row]) -> list[Read]:
    """Each row against the registry, against its neighbours and against who is there already."""
    found = await enterprises_of(work)
    names = Counter(one.name for one in found)
    known = {one.name: one for one in found if names[one.name] == 1}
    known |= {one.credit_code: one for one in found if one.credit_code}
    there = {(member.enterprise_id, member.name) for member in await invitations.people_of(work)}
    seen: set[tuple[Any, str, Role]] = set()
    read = []
    for row in rows:
        order, reason = _order(row, known.get(row.enterprise) or known.get(row.enterprise.upper()), names)
        if order is not None:
            key = (order.enterprise_id, order.name, order.role)
            reason = "和前面的一行重复" if key in seen else ""
            reason = reason or ("这个人在这家企业已有账号" if key[:2] in there else "")
            seen.add(key)
        read.append(Read(row=row, order=None if reason else order, reason=reason))
    return read


def _order(
    row: Row, enterprise: registry.Enterprise | None, names: Counter[str]
) -> tuple[invitations.Order | None, str]:
    """What one row orders, or why it cannot."""
    role = ROLES.get(row.role)
    if enterprise is None:
        several = names[row.enterprise] > 1
        return None, "有几家企业同名，请改填统一社会信用代码" if several else "企业名册里没有这个名称或代码"
    if not row.name:
        return None, "没有填姓名"
    if role is None:
        return None, "岗位应写“法定代表人”或“安全管理人员”"
    order = invitations.Order(
        enterprise_id=enterprise.id, enterprise_name=enterprise.name, role=role, name=row.name, phone=row.phone
    )
    try:
        return invitations.checked(order), ""
    except BadInput as refusal:
        return None, "；".join(refusal.fields.values())


ROUTES: list[Any] = [import_page, preview, send, errors]
