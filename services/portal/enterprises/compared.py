"""The district sees enterprises with one credit code in several towns as one."""

from itertools import groupby
from typing import Any

import msgspec
from litestar import get
from litestar.response import Template
from sqlalchemy import ColumnElement, func, or_, select

from services.kernel.work import Work
from services.portal import typed
from services.portal.frame import AnyRequest, page
from services.supervision.registry import LIKE, Enterprise
from services.tenancy.door import CurrentWork, needs
from services.tenancy.townships import townships

MOST = 300


class Standing(msgspec.Struct, frozen=True):
    """One enterprise as one town knows it."""

    town: str
    row: Any


@get("/enterprises/by-code", opt=needs("enterprise:compare"))
async def by_code(request: AnyRequest, work: CurrentWork) -> Template:
    """跨镇街企业: those in several towns, or whatever is asked for by name or code."""
    asked = typed.word(request.query_params, "q")[:60]
    groups = await _grouped(work, asked)
    return page(request, "enterprises/by_code.html", asked=asked, groups=groups, most=MOST)


async def _grouped(work: Work, asked: str) -> list[list[Standing]]:
    names = {town.id: town.name for town in await townships(work)}
    living = select(Enterprise).where(Enterprise.left_on.is_(None), _wanted(asked))
    rows = await work.all(living.order_by(Enterprise.credit_code, Enterprise.name, Enterprise.id).limit(MOST))
    found = [Standing(names.get(row.tenant_id, ""), row) for row in rows]
    # Workshops without a code are each their own.
    return [list(same) for _, same in groupby(found, key=lambda one: one.row.credit_code or one.row.id)]


def _wanted(asked: str) -> ColumnElement[bool]:
    if asked:
        like = f"%{asked.translate(LIKE)}%"
        return or_(Enterprise.name.like(like), Enterprise.credit_code.like(like.upper()))
    several = (
        select(Enterprise.credit_code)
        .where(Enterprise.left_on.is_(None), Enterprise.credit_code.is_not(None))
        .group_by(Enterprise.credit_code)
        .having(func.count() > 1)
    )
    return Enterprise.credit_code.in_(several)


ROUTES: list[Any] = [by_code]
