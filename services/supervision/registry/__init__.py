"""The registry of enterprises."""

from services.supervision.registry.models import Enterprise
from services.supervision.registry.queries import (
    LIKE,
    PRODUCTION,
    SECTORS,
    EnterpriseFacts,
    all_chosen,
    chosen,
    one,
    visible,
)

__all__ = ["LIKE", "PRODUCTION", "SECTORS", "Enterprise", "EnterpriseFacts", "all_chosen", "chosen", "one", "visible"]
