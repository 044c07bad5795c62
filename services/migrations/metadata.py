"""Every table of the deployment, imported in one place."""

from services.kernel import attachments, outbox, schedules, trail
from services.kernel.table import Base
from services.notifications.messages import models as messages
from services.supervision.accidents import models as accidents
from services.supervision.assignments import models as assignments
from services.supervision.feedback import models as feedback
from services.supervision.plans import models as plans
from services.supervision.registry import models as registry
from services.tenancy.members import models as members
from services.tenancy.signing_in import models as signing_in
from services.tenancy.tenant_keys import models as tenant_keys
from services.tenancy.townships import models as townships

ROOMS = (
    accidents,
    assignments,
    attachments,
    feedback,
    members,
    messages,
    outbox,
    plans,
    registry,
    schedules,
    signing_in,
    tenant_keys,
    townships,
    trail,
)
metadata = Base.metadata
