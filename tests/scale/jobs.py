"""The job that is measured."""

from services.kernel.jobs import job
from services.kernel.work import Work

QUEUE = "scale"


@job(queue=QUEUE)
async def nothing(work: Work) -> None:
    """Take the way of every job, with the proof that it was done, and do nothing at its end."""
