"""A worker in a process of its own, as the launcher starts it but in a hurry: `python -m tests.faults.process NAMESPACE LEASE`."""

import sys
from datetime import timedelta

from services.kernel import worker
from services.kernel.logs import configure_logs
from services.kernel.outbox import Pace
from services.kernel.settings import Settings
from services.notifications.channels.chosen import use
from tests.faults import jobs


def main(namespace: str, lease: str) -> int:
    """Work until SIGTERM."""
    assert jobs.tell.queue == "messages"
    configure_logs()
    settings = Settings.from_environment()
    use(settings)
    pace = Pace(lease=timedelta(seconds=float(lease)), first_delay=timedelta(milliseconds=100))
    return worker.run(settings, namespace=namespace, pace=pace)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
