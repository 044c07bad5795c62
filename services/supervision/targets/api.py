"""Targets as JSON: every figure with what it was made from."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Router, get
from litestar.params import QueryParameter

from services.regulation.targets import Figure
from services.supervision import targets
from services.tenancy.door import CurrentWork, needs

Year = Annotated[int | None, QueryParameter(ge=2000, le=2100)]


class FigureOut(msgspec.Struct, frozen=True):
    """A count (no denominator) or a rate n/m; `reached` is null where nothing could be reached or missed."""

    code: str
    numerator: int
    denominator: int | None
    reached: bool | None
    missing: int
    words: str


class TargetsOut(msgspec.Struct, frozen=True):
    """The targets of a year as they stand at an instant."""

    year: int
    as_of: datetime
    figures: list[FigureOut]
    reached: int
    applicable: int


@get("/", opt=needs("target:read"))
async def get_targets(work: CurrentWork, year: Year = None) -> TargetsOut:
    """The figures of a year; this year where none is named."""
    of = await targets.targets_of(work, year or work.today.year)
    names = ("larger", "fatal", "ordinary", "social_impact")
    figures = [_out(code, figure) for code, figure in zip(names, of.control.figures, strict=True)]
    figures += [_out(rate.code, rate.figure) for rate in of.rates]
    reached, applicable = targets.reached(of.control, (rate.figure for rate in of.rates))
    return TargetsOut(of.year, of.as_of, figures, reached, applicable)


def _out(code: str, figure: Figure) -> FigureOut:
    return FigureOut(code, figure.numerator, figure.denominator, figure.reached, figure.missing, figure.words)


router = Router("/api/v1/targets", route_handlers=[get_targets], tags=["targets"])
