"""The registry of enterprises."""

from services.supervision.registry.facts import (
    BATCH,
    FLAGS,
    INSURED,
    LEVELS,
    LIKE,
    PRODUCTION,
    SECTORS,
    SIZES,
    STANDARD,
    EnterpriseFacts,
    conditions,
    tag_label,
)
from services.supervision.registry.models import Enterprise
from services.supervision.registry.queries import (
    PAGE,
    Village,
    a_page,
    after,
    all_chosen,
    chosen,
    one,
    trail,
    villages,
    visible,
)
from services.supervision.registry.reads import EnterpriseOut, one_out, stretch

__all__ = [
    "BATCH",
    "FLAGS",
    "INSURED",
    "LEVELS",
    "LIKE",
    "PAGE",
    "PRODUCTION",
    "SECTORS",
    "SIZES",
    "STANDARD",
    "Enterprise",
    "EnterpriseFacts",
    "EnterpriseOut",
    "Village",
    "a_page",
    "after",
    "all_chosen",
    "chosen",
    "conditions",
    "one",
    "one_out",
    "stretch",
    "tag_label",
    "trail",
    "villages",
    "visible",
]
