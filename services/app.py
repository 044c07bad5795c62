"""The composition root: settings in, Litestar application out."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar
from litestar.config.csrf import CSRFConfig
from litestar.di import Provide
from litestar.middleware import DefineMiddleware
from litestar.plugins.htmx import HTMXPlugin
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template import TemplateConfig

from services.kernel import gathering
from services.kernel.database import Database, Sessions, login_urls
from services.kernel.files import FileStore
from services.kernel.installation import role_secret, web_secret
from services.kernel.logs import configure_logs
from services.kernel.settings import Settings
from services.kernel.table import Login
from services.kernel.wakeup import Wakeup
from services.migrations.migrate import head
from services.portal import bell, compiled_templates, openapi, pages, problems
from services.portal.environment import template_environment
from services.portal.headers import put_headers
from services.portal.members.member_form import names_of
from services.portal.packed_assets import packed_asset
from services.portal.proxies import behind_proxies
from services.portal.requests import traced, unchanged
from services.portal.signing_in.crowd import spared
from services.tenancy import door, programs, repeating


def create_app(settings: Settings | None = None, sessions: Sessions | None = None) -> Litestar:
    """The application; `sessions` stands for the database where a test brings its own."""
    configure_logs()
    settings = settings or Settings.from_environment()
    app = Litestar(
        route_handlers=[*pages.ROUTERS, packed_asset],
        dependencies={"work": Provide(bell.provide_work)},
        guards=[door.guard],
        middleware=[
            behind_proxies,
            traced,
            unchanged,
            spared,
            DefineMiddleware(door.WhoComes, exclude=["^/static/"], exclude_from_auth_key="nobody_comes"),
            DefineMiddleware(programs.OwnWord, config=own_word(settings)),
        ],
        template_config=TemplateConfig(
            instance=JinjaTemplateEngine.from_environment(
                template_environment(compiled_templates.kept_in(settings.home))
            )
        ),
        after_request=repeating.overhear,
        before_send=[put_headers(settings)],
        exception_handlers=problems.HANDLERS,
        after_exception=[problems.keep_refusal],
        lifespan=[connected(settings, sessions)],
        openapi_config=openapi.config(),
        logging_config=None,
        plugins=[HTMXPlugin()],
        request_max_body_size=25_000_000,
    )
    openapi.describe(app)
    return app


def own_word(settings: Settings) -> CSRFConfig:
    """The token against cross-site requests, which every form of ours carries."""
    return CSRFConfig(
        secret=web_secret(settings),
        cookie_name="anzhen_csrf",
        cookie_secure=settings.secure_cookies,
        cookie_samesite="lax",
        header_name="x-csrf-token",
    )


def connected(settings: Settings, sessions: Sessions | None) -> Any:
    """The life of the application: logins checked at its start, connections ended at its end."""

    @asynccontextmanager
    async def life(app: Litestar) -> AsyncIterator[None]:
        gathering.bury()
        app.state.settings = settings
        app.state.remembered = door.Remembered()
        app.state.head = head()
        app.state.enterprise_names = names_of
        app.state.files = FileStore.of(settings.home, settings.files_url)
        wakeup = Wakeup(settings.redis_url)
        app.state.sessions = sessions or await connect(settings, web_logins(), wakeup)
        try:
            yield
        finally:
            if sessions is None:
                await app.state.sessions.close()
            await wakeup.close()

    return life


def web_logins() -> Sequence[Login]:
    """The logins that a web process uses; the relay's for the operator's page."""
    inside = (Login.TOWN, Login.ENTERPRISE, Login.DISTRICT, Login.DESK, Login.IDENTITY, Login.PLATFORM, Login.RELAY)
    return (*inside, Login.PUBLIC)


async def connect(settings: Settings, logins: Sequence[Login], wakeup: Wakeup) -> Database:
    """The database of these settings, which wakes the relays when something was sent; raises UnsafeLogin where a login could look past row security."""
    database = Database(login_urls(settings.database_url or "", role_secret(settings), settings.role_urls), wakeup.ring)
    await database.refuse_unsafe_logins(*logins)
    return database
