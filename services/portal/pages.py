"""Every screen of the portal and every JSON route, in one list."""

from services.portal.home.pages import router as home
from services.portal.operations.pages import router as operations
from services.portal.plans.pages import router as plans
from services.portal.signing_in.pages import router as signing_in
from services.supervision.plans.api import router as plans_api

ROUTERS = (home, operations, plans, plans_api, signing_in)
