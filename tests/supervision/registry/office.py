"""What the tests of the registry share: an enterprise as the office writes it down."""

from datetime import date
from typing import Any

from services.kernel.work import Work
from services.supervision import registry
from services.supervision.registry import Enterprise

SINCE = date(2026, 1, 5)
CODE = "91500102MA5ABC016J"
OTHER_CODE = "91500102MA5U000038"
WRITTEN: dict[str, Any] = {
    "name": "示例纸箱厂",
    "credit_code": CODE,
    "industry_code": "2231",
    "headcount_own": 90,
    "headcount_dispatched": 6,
    "headcount_temporary": 4,
    "ownership": "民营",
    "village_code": "500102119201",
    "address": "示例路1号",
    "production_state": "正常",
    "size": "小",
}


async def registered(work: Work, **facts: Any) -> Enterprise:
    """A new enterprise of the town, known since 5 January 2026."""
    return await registry.register(work, {**WRITTEN, **facts}, source="office", valid_from=SINCE)


async def changed(work: Work, enterprise: Enterprise, day: date, **changes: Any) -> Enterprise:
    """Facts of it that change from a day on."""
    return await registry.change(
        work, enterprise.id, changes, valid_from=day, source="office", note="", version=enterprise.version
    )
