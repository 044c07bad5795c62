"""Which accidents happened."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from services.kernel.work import Work
from services.supervision.accidents.models import Accident


async def of_year(work: Work, year: int) -> Sequence[Accident]:
    """The accidents of a calendar year in Asia/Shanghai, the latest first."""
    query = select(Accident).where(Accident.occurred_on >= date(year, 1, 1), Accident.occurred_on <= date(year, 12, 31))
    return await work.all(query.order_by(Accident.occurred_on.desc(), Accident.id.desc()))
