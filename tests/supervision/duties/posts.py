"""People who hold posts of an enterprise, put there directly: what they are called does not matter to duties."""

from datetime import date
from typing import Any
from uuid import UUID

from services.kernel.clock import new_id
from services.supervision.people import EnterprisePerson
from tests.factories import THEN
from tests.supervision.year import Year

SINCE = date(2020, 1, 1)


async def a_post(year: Year, enterprise_id: UUID, post: str, **facts: Any) -> None:
    """Somebody in a post of an enterprise."""
    sealed = {"name": b"x", "name_masked": "示*", "name_index": b"x", "from_on": SINCE, "created_at": THEN}
    async with year.everything() as session:
        session.add(
            EnterprisePerson(
                tenant_id=year.town.id, id=new_id(), enterprise_id=enterprise_id, post=post, **{**sealed, **facts}
            )
        )
