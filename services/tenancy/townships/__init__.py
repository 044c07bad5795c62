"""Townships, districts and administrative divisions."""

from services.tenancy.townships.actions import (
    adopt_paper,
    create_district,
    create_township,
    ensure_platform,
    resume,
    suspend,
)
from services.tenancy.townships.models import PLATFORM_TENANT, Division, Tenant
from services.tenancy.townships.published import PublicTown, public_town, public_towns
from services.tenancy.townships.queries import districts, papers_on, place, townships

__all__ = [
    "PLATFORM_TENANT",
    "Division",
    "PublicTown",
    "Tenant",
    "adopt_paper",
    "create_district",
    "create_township",
    "districts",
    "ensure_platform",
    "papers_on",
    "place",
    "public_town",
    "public_towns",
    "resume",
    "suspend",
    "townships",
]
