"""镇街: the district's towns side by side, sorted by any figure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from litestar import Router, get
from litestar.response import Template

from services.portal import typed
from services.portal.frame import AnyRequest, page
from services.supervision import targets
from services.supervision.targets import TownFigures
from services.tenancy.door import CurrentWork, needs

SORTS: Final[Mapping[str, Callable[[TownFigures], Any]]] = {
    "done": lambda town: town.assignments.completed / town.assignments.total if town.assignments.total else -1,
    "late": lambda town: town.assignments.late,
    "escalated": lambda town: town.escalated,
    "fatal": lambda town: town.control.fatal.numerator,
    "standard": lambda town: _share(town, "standard"),
    "insurance": lambda town: _share(town, "insurance"),
    "targets": lambda town: town.reached[0] / town.reached[1],
    "enterprises": lambda town: town.enterprises,
}


@get("/towns", opt=needs("township:compare"))
async def table(request: AnyRequest, work: CurrentWork) -> Template:
    """镇街情况."""
    sort = typed.word(request.query_params, "sort")
    towns = ordered(await targets.towns_of(work), sort)
    return page(request, "towns/towns.html", towns=towns, sort=sort, as_of=work.now)


def ordered(towns: Sequence[TownFigures], sort: str) -> list[TownFigures]:
    """By one figure, upwards or downwards; towns without a denominator come last either way."""
    key = SORTS.get(sort.removeprefix("-"))
    if key is None:
        return list(towns)
    have = [town for town in towns if key(town) != -1]
    return sorted(have, key=key, reverse=sort.startswith("-")) + [town for town in towns if key(town) == -1]


def _share(town: TownFigures, code: str) -> float:
    figure = town.rates[code]
    return figure.numerator / figure.denominator if figure.denominator else -1


router = Router("/", route_handlers=[table], include_in_schema=False)
