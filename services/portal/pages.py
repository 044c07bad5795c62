"""Every screen of the portal and every JSON route, in one list."""

from services.notifications.messages.api import router as messages_api
from services.portal.accounts.pages import router as accounts
from services.portal.assignments.pages import router as assignments
from services.portal.attachments.pages import router as attachments
from services.portal.audit.api import router as audit_api
from services.portal.audit.pages import router as audit
from services.portal.audit.received import router as audit_received
from services.portal.calendar.pages import router as calendar
from services.portal.changes.pages import router as changes
from services.portal.clients.pages import router as clients
from services.portal.duties.pages import router as duties
from services.portal.enterprises.pages import router as enterprises
from services.portal.exports.pages import router as exports
from services.portal.feedback.pages import router as feedback
from services.portal.home.pages import router as home
from services.portal.imports.pages import router as imports
from services.portal.invitations.pages import router as invitations
from services.portal.members.pages import router as members
from services.portal.messages.pages import router as messages
from services.portal.operations.pages import router as operations
from services.portal.plans.pages import router as plans
from services.portal.profile.pages import router as profile
from services.portal.public.api import router as public_api
from services.portal.public.pages import router as public
from services.portal.queues.api import router as queues_api
from services.portal.queues.pages import router as queues
from services.portal.signing_in.pages import router as signing_in
from services.portal.targets.pages import router as targets
from services.portal.towns.pages import router as towns
from services.supervision.accidents.api import router as accidents_api
from services.supervision.assignments.api_acts import router as assignments_api
from services.supervision.duties.api import router as duties_api
from services.supervision.feedback.api import router as feedback_api
from services.supervision.plans.api import router as plans_api
from services.supervision.registry.api import router as enterprises_api
from services.supervision.targets.api import router as targets_api
from services.tenancy.accounts.api import router as accounts_api
from services.tenancy.clients.api import router as clients_api
from services.tenancy.members.api import router as members_api
from services.tenancy.members.api_departments import router as departments_api
from services.tenancy.townships.api import router as townships_api

ROUTERS = (
    accidents_api,
    accounts,
    accounts_api,
    assignments,
    assignments_api,
    attachments,
    audit,
    audit_api,
    audit_received,
    calendar,
    changes,
    clients,
    clients_api,
    departments_api,
    duties,
    duties_api,
    enterprises,
    enterprises_api,
    exports,
    feedback,
    feedback_api,
    home,
    imports,
    invitations,
    members,
    members_api,
    messages,
    messages_api,
    operations,
    plans,
    plans_api,
    profile,
    public,
    public_api,
    queues,
    queues_api,
    signing_in,
    targets,
    targets_api,
    towns,
    townships_api,
)
