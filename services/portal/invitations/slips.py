"""The slips that the office prints and hands out: a code, the address it opens, and the same as a picture to scan."""

from collections.abc import Sequence
from urllib.parse import quote

import msgspec
from litestar import Response
from litestar.response import Template

from services.kernel.documents import Column
from services.kernel.work import Work
from services.portal.filters import datetime_zh
from services.portal.frame import page
from services.portal.signing_in.second_factor import picture_of
from services.portal.signing_in.visits import AnyRequest, address_of
from services.portal.workbook import workbook
from services.tenancy import invitations
from services.tenancy.roles import Role

COLUMNS = (
    Column("序号", 6, "number"),
    Column("企业", 32),
    Column("岗位", 16),
    Column("姓名", 12),
    Column("邀请码", 24),
    Column("网址", 60),
    Column("有效期至", 24),
)


class Slip(msgspec.Struct, frozen=True):
    """One slip as it is printed."""

    of: invitations.Invitation
    role: str
    code: str
    address: str
    picture: str


def slips_page(request: AnyRequest, issued: Sequence[invitations.Issued], *, back: str = "/invitations") -> Template:
    """All slips on one page, each on a sheet of A5 when printed; the codes are shown this once."""
    return page(
        request,
        "invitations/slips.html",
        slips=[_slip(request, one) for one in issued],
        site=address_of(request, "/invitation"),
        back=back,
    )


async def slips_workbook(request: AnyRequest, work: Work, issued: Sequence[invitations.Issued]) -> Response[bytes]:
    """The same as a table, for sending the codes out one by one."""
    rows = (
        (
            number,
            one.invitation.enterprise_name,
            Role(one.invitation.role).label,
            one.invitation.name,
            one.code,
            _address(request, one.code),
            datetime_zh(one.invitation.expires_at),
        )
        for number, one in enumerate(issued, 1)
    )
    return await workbook(work, "账号邀请码", COLUMNS, rows, filters="本次发出的邀请；邀请码只给本人，用后作废")


def _slip(request: AnyRequest, one: invitations.Issued) -> Slip:
    address = _address(request, one.code)
    return Slip(one.invitation, Role(one.invitation.role).label, one.code, address, picture_of(address))


def _address(request: AnyRequest, code: str) -> str:
    return address_of(request, f"/invitation?code={quote(code)}")
