"""What a district keeps of its towns' trails: each day's root as it arrived, which no town can take back."""

from services.tenancy.received_roots.models import ReceivedRoot
from services.tenancy.received_roots.queries import Conflict, TownRoots, held_by_districts, received

__all__ = ["Conflict", "ReceivedRoot", "TownRoots", "held_by_districts", "received"]
