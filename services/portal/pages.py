"""Every screen of the portal and every JSON route, in one list."""

from services.portal.home.pages import router as home
from services.portal.operations.pages import router as operations
from services.portal.signing_in.pages import router as signing_in

ROUTERS = (home, operations, signing_in)
