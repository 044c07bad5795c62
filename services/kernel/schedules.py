"""What comes round by itself: declared beside its job, fired once for each tenant and slot however many schedulers run."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta

import msgspec
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.clock import SHANGHAI
from services.kernel.jobs import Job
from services.kernel.table import Login, TenantTable, tenant_index


class ScheduleRun(TenantTable):
    """The proof that a slot of a job was fired for a tenant."""

    __tablename__ = "schedule_run"
    __only_enterprise__ = None
    __access__ = {Login.WORKER: "SELECT, INSERT, DELETE"}
    __table_args__ = (tenant_index("job", "slot", unique=True),)

    job: Mapped[str] = mapped_column()
    slot: Mapped[datetime]
    """The instant for which it stands."""
    fired_at: Mapped[datetime]


class Schedule(msgspec.Struct, frozen=True):
    """A job, when it comes round, and for which kinds of tenants."""

    job: Job
    at: time | None
    """Each day at this time in Asia/Shanghai."""
    every: timedelta | None
    kinds: frozenset[str]
    """Kinds of tenants, as the list of tenants names them."""

    def slot(self, now: datetime) -> datetime:
        """The last slot that has come; one missed while nothing ran is thus made up, older ones are not."""
        if self.at is None:
            assert self.every
            return now - (now - datetime(2020, 1, 1, tzinfo=UTC)) % self.every
        local = now.astimezone(SHANGHAI)
        today = local.replace(hour=self.at.hour, minute=self.at.minute, second=0, microsecond=0)
        return (today if today <= local else today - timedelta(days=1)).astimezone(UTC)


SCHEDULES: list[Schedule] = []


def scheduled(*, at: time | None = None, every: timedelta | None = None, kinds: Iterable[str]) -> Callable[[Job], Job]:
    """A job without arguments comes round each day at a time in Asia/Shanghai, or every so often; stands above `@job`.

    `@scheduled(at=time(7, 30), kinds=["township"])`. Raises ValueError unless exactly one of `at` and `every` is given.
    """
    if (at is None) == (every is None):
        raise ValueError("a schedule has a time of day or an interval")

    def declare(job: Job) -> Job:
        SCHEDULES.append(Schedule(job, at, every, frozenset(kinds)))
        return job

    return declare
