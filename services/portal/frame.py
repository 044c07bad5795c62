"""The frame around every page: who is signed in, their menu, and what waits for them."""

from typing import Any

import msgspec
from litestar import Request
from litestar.response import Template
from litestar.status_codes import HTTP_400_BAD_REQUEST
from litestar.utils.scope.state import ScopeState

from services.kernel import clock
from services.portal.filters import weekday_zh
from services.tenancy.roles import Role
from services.tenancy.signing_in.person import NOBODY, Person

AnyRequest = Request[Any, Any, Any]


class Entry(msgspec.Struct, frozen=True):
    """One entry of the menu, shown to whoever holds the right."""

    label: str
    href: str
    icon: str
    right: str
    roles: frozenset[Role] = frozenset()
    """Where not empty, only these roles see the entry."""
    pages: tuple[tuple[str, str, str], ...] = ()
    """The pages of the group as (label, address, right), shown while one of them is open."""

    def shown_to(self, person: Person) -> bool:
        """Whether this person's menu has the entry."""
        return self.right in person.rights and (not self.roles or person.role_of in self.roles)


MENU = (
    Entry("待办", "/", "clipboard-check", "home:read"),
    Entry("年度要点", "/plans", "journal-text", "plan:read"),
    Entry(
        "任务",
        "/assignments",
        "list-check",
        "assignment:read",
        pages=(
            ("任务台账", "/assignments", "assignment:read"),
            ("任务看板", "/assignments/board", "assignment:compare"),
        ),
    ),
    Entry(
        "义务",
        "/duties",
        "card-checklist",
        "duty:read",
        pages=(
            ("义务履行", "/duties", "duty:compare"),
            ("义务台账", "/duties/ledger", "duty:compare"),
            ("义务审核", "/duties/waiting", "duty:accept"),
        ),
    ),
    Entry("企业", "/enterprises", "buildings", "enterprise:read"),
    Entry(
        "目标",
        "/targets",
        "bullseye",
        "target:read",
        pages=(("工作目标", "/targets", "target:read"), ("事故台账", "/targets/accidents", "accident:read")),
    ),
    Entry(
        "人员",
        "/members",
        "people",
        "member:read",
        pages=(
            ("人员", "/members", "member:read"),
            ("部门", "/members/departments", "department:read"),
            ("企业人员邀请", "/invitations", "invitation:manage"),
            ("接口授权", "/members/clients", "client:manage"),
        ),
    ),
    Entry("人员", "/invitations", "people", "invitation:manage", roles=frozenset({Role.LEGAL_REPRESENTATIVE})),
    Entry(
        "镇街",
        "/towns",
        "geo-alt",
        "township:compare",
        pages=(("镇街情况", "/towns", "township:compare"), ("审计日根", "/towns/roots", "root:read")),
    ),
    Entry("镇街", "/townships", "geo-alt", "township:create"),
    Entry("工作日历", "/calendar", "calendar3", "calendar:import"),
    Entry(
        "账号",
        "/accounts",
        "person-gear",
        "account:read",
        pages=(("账号台账", "/accounts", "account:read"), ("接口授权", "/accounts/clients", "client:read")),
    ),
    Entry("后台", "/queues", "cpu", "queue:read"),
    Entry(
        "审计",
        "/audit",
        "shield-check",
        "seal:read",
        pages=(("审计链", "/audit", "seal:read"), ("登录记录", "/audit/sign-ins", "sign_in_event:read")),
    ),
)
TABS = 4


def menu_of(person: Person, path: str, waiting: int = 0) -> list[dict[str, Any]]:
    """The entries this person may use, with the current one marked; at most seven. `waiting` stands beside 待办."""
    shown = [entry for entry in MENU if entry.shown_to(person)][:7]
    return [_group(entry, person, path) | {"count": waiting if entry.href == "/" else 0} for entry in shown]


def _group(entry: Entry, person: Person, path: str) -> dict[str, Any]:
    mine = [(label, href) for label, href, right in entry.pages if right in person.rights]
    # The longest address that fits is the open page: /members/departments is not also /members.
    open_page = max((href for _, href in mine if _current(href, path)), key=len, default="")
    items = [{"label": label, "href": href, "current": href == open_page} for label, href in mine]
    current = bool(open_page) or _current(entry.href, path)
    return {
        "label": entry.label,
        "href": entry.href,
        "icon": entry.icon,
        "current": current,
        "pages": items if len(items) > 1 else [],
    }


def _current(href: str, path: str) -> bool:
    return path == href if href == "/" else path == href or path.startswith(f"{href}/")


def frame_of(request: AnyRequest) -> dict[str, Any]:
    """What the base templates need, for a signed-in person or for nobody."""
    person: Person = request.scope.get("user") or NOBODY
    context: dict[str, Any] = {
        "csrf_token": _csrf_token(request),
        "theme": request.cookies.get("theme"),
        "demo": request.app.state.settings.demo,
        "here": _here(request),
        "today": clock.legal_day(clock.now()),
        "notice": DONE.get(request.query_params.get("done", "")),
    }
    if person is NOBODY:
        return context | {"person": None}
    seen = request.scope.get("state", {})
    menu = menu_of(person, request.url.path, seen.get("waiting", 0))
    return context | {
        "person": {"name": person.person, "role_label": person.role_of.label, "place": person.place},
        "me": person,
        "menu": menu,
        "tabs": [*menu[: TABS - 1], _mine(request)],
        "unread": seen.get("unread", 0),
        "memberships": [{"id": str(place.id), "label": place.label, "note": place.note} for place in person.places],
        "now_text": weekday_zh(context["today"]),
        "may": person.rights.__contains__,
    }


def _mine(request: AnyRequest) -> dict[str, Any]:
    return {
        "label": "我的",
        "href": "/profile",
        "icon": "person",
        "current": request.url.path == "/profile",
        "count": 0,
    }


def _here(request: AnyRequest) -> str:
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path


def _csrf_token(request: AnyRequest) -> str:
    return str(ScopeState.from_scope(request.scope).csrf_token or "")


DONE: dict[str, str] = {"saved": "已保存", "signed-out": "已退出登录"}
"""What was just done, by the short word that the redirect carries; rooms add theirs with `says`."""


def says(**sentences: str) -> None:
    """A screen's own sentences for `?done=…`."""
    DONE.update({word.replace("_", "-"): sentence for word, sentence in sentences.items()})


def page(request: AnyRequest, template: str, *, status: int = 200, **context: Any) -> Template:
    """One page inside the frame; one that asks for a correction keeps nothing of what its request changed."""
    request.state.refused = status >= HTTP_400_BAD_REQUEST
    return Template(template, context=frame_of(request) | context, status_code=status)
