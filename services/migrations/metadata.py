"""Every table of the deployment, imported in one place."""

from services.kernel import attachments, outbox, schedules, trail
from services.kernel.calendar_days import models as calendar_days
from services.kernel.repeats import models as repeats
from services.kernel.table import Base
from services.notifications.messages import models as messages
from services.supervision.accidents import models as accidents
from services.supervision.assignments import models as assignments
from services.supervision.changes import models as changes
from services.supervision.duties import models as duties
from services.supervision.exports import models as exports
from services.supervision.feedback import models as feedback
from services.supervision.imports import models as imports
from services.supervision.people import models as people
from services.supervision.plans import models as plans
from services.supervision.registry import models as registry
from services.tenancy.clients import models as clients
from services.tenancy.forgotten import models as forgotten
from services.tenancy.invitations import models as invitations
from services.tenancy.members import models as members
from services.tenancy.received_roots import models as received_roots
from services.tenancy.signing_in import models as signing_in
from services.tenancy.signing_in.oidc import models as oidc
from services.tenancy.tenant_keys import models as tenant_keys
from services.tenancy.townships import models as townships

ROOMS = (
    accidents,
    assignments,
    attachments,
    calendar_days,
    changes,
    clients,
    duties,
    exports,
    feedback,
    forgotten,
    imports,
    invitations,
    members,
    messages,
    oidc,
    outbox,
    people,
    plans,
    received_roots,
    registry,
    repeats,
    schedules,
    signing_in,
    tenant_keys,
    townships,
    trail,
)
metadata = Base.metadata
