"""What a change of facts would mean for the duties of an enterprise, told before it is saved."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from services.kernel.work import Work
from services.regulation import duties as rules
from services.regulation.duties import Difference
from services.supervision import people, registry
from services.supervision.duties.binding import book_of
from services.supervision.duties.facts import facts_from


async def difference_of(work: Work, enterprise_id: UUID, changes: Mapping[str, Any], valid_from: date) -> Difference:
    """再招 1 人，将新增义务：…，依据：… - by the law of the day from which the change holds; nothing is saved.

    Raises what `registry.difference` raises.
    """
    before, after = await registry.difference(work, enterprise_id, changes, valid_from)
    held = await people.on_day(work, enterprise_id, valid_from)
    was, becomes = facts_from(before, held, valid_from), facts_from(after, held, valid_from)
    return rules.difference(was, becomes, valid_from, await book_of(work, valid_from))
