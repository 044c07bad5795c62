"""What the rules of duties ask of an enterprise, from its dated facts and the people who held its posts on that day."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.kernel.work import Work
from services.regulation.duties import Certificate, Circumstance, Facts, ProductionState
from services.regulation.industries import Sector
from services.regulation.tags import Tag
from services.supervision import people, registry
from services.supervision.people import EnterprisePerson
from services.supervision.registry import Enterprise

OFFICERS: Final = frozenset({"full_time_officer", "part_time_officer"})
SAME: Final = (
    "headcount", "industry_code", "is_smelter", "is_state_owned", "is_above_scale", "is_peri_urban", "has_safety_office",
    "standard_level", "standard_granted_on", "standard_expires_on", "insured_from", "insured_to",
)  # fmt: skip
"""What the registry and the rules call by one name."""


def facts_from(values: Mapping[str, Any], held: Iterable[EnterprisePerson], day: date) -> Facts:
    """The facts of one enterprise; `values` by column of the registry, `held` the posts held on the day.

    One that was struck off or moved away before the day counts as closed.
    """
    left_on = values["left_on"]
    left = left_on is not None and left_on < day
    return Facts(
        sector=Sector(values["sector"]),
        production_state=ProductionState.CLOSED if left else ProductionState(values["production_state"]),
        tags=frozenset(map(Tag, values["tags"] or ())),
        circumstances=frozenset(map(Circumstance, values["circumstances"] or ())),
        **{name: values[name] for name in SAME},
        **_staff(tuple(held), day),
    )


async def facts_of(work: Work, enterprise_id: UUID, day: date) -> Facts:
    """The facts of one enterprise on a day; raises NotFound and BeforeTheRegistry."""
    values = await registry.as_of(work, enterprise_id, day)
    return facts_from(values, await people.on_day(work, enterprise_id, day), day)


async def facts_of_all(work: Work, enterprises: Sequence[Enterprise], day: date) -> dict[UUID, Facts]:
    """The same for several in three queries; those that were registered after the day are left out."""
    values = await registry.all_as_of(work, enterprises, day)
    posts: dict[UUID, list[EnterprisePerson]] = {one: [] for one in values}
    for row in await people.of_all_on(work, list(values), day):
        posts[row.enterprise_id].append(row)
    return {one: facts_from(known, posts[one], day) for one, known in values.items()}


def _staff(held: Sequence[EnterprisePerson], day: date) -> dict[str, Any]:
    posts = Counter(one.post for one in held if one.post != "certified_engineer" or _runs(one, day))
    named = [one for one in held if one.post == "principal"]
    # Where nobody else was named, the legal representative is the principal person.
    principal = named or [one for one in held if one.post == "legal_representative"]
    return {
        "full_time_officers": posts["full_time_officer"],
        "part_time_officers": posts["part_time_officer"],
        "certified_engineers": posts["certified_engineer"],
        "chief_engineers": posts["chief_safety_engineer"],
        "examined_principal": any(_is_examined(one, day) for one in principal),
        "examined_officers": sum(one.post in OFFICERS and _is_examined(one, day) for one in held),
        "certificates": tuple(
            Certificate(one.certificate_review_due, one.certificate_expires_on)
            for one in held
            if one.post == "special_operator" and one.certificate_expires_on is not None
        ),
    }


def _runs(one: EnterprisePerson, day: date) -> bool:
    return one.certificate_expires_on is None or one.certificate_expires_on >= day


def _is_examined(one: EnterprisePerson, day: date) -> bool:
    return one.examined_on is not None and one.examined_on <= day
