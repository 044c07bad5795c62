"""Every part of the design on invented data, so that it can be looked at and measured without a server."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import FileSystemLoader
from playwright.async_api import Page, Route

from services.portal.assets_manifest import DIST, PREFIX
from services.portal.environment import HERE, template_environment
from services.portal.forms import Form
from services.portal.headers import POLICY

SITE = "http://anzhen.test"
PAGES = ("todo", "ledger", "form", "enterprise", "board", "draw", "sign_in", "problem")
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
MENU = (
    "待办 clipboard-check",
    "年度要点 journal-text",
    "任务 list-check",
    "企业 buildings",
    "双随机 shuffle",
    "隐患 exclamation-triangle",
    "文书 file-earmark-text",
)
LATE, SOON, FINE, NONE = (
    {"colour": colour, "words": words}
    for colour, words in (("red", "逾期 3 天"), ("amber", "2 天后到期"), ("green", "正常"), ("none", "未设期限"))
)
ENTERPRISES = (
    "涪江铝业有限公司",
    "珍溪宏达门窗有限公司",
    "渝东粮油加工有限公司",
    "鑫源新型建材有限责任公司",
    "百汇砖厂",
    "永兴家具制造有限公司",
)
PROBLEMS = (
    "喷涂车间除尘管道积尘超过 3.2 毫米",
    "深井铸造区冷却水压力表未按期检定",
    "有限空间作业未先通风、再检测",
    "配电箱未接地",
    "叉车无年检合格标志",
    "车间安全出口堆放物料",
)


def hazards() -> list[dict[str, Any]]:
    """A page of a ledger."""
    states, levels = (LATE, SOON, FINE, FINE, NONE), (("late", "重大"), ("plain", "一般"))
    return [
        {
            "id": str(number),
            "number": f"珍溪隐患〔2026〕{number:03} 号",
            "enterprise": ENTERPRISES[number % 6],
            "what": PROBLEMS[number % 6],
            "level": levels[0 if number % 5 == 0 else 1],
            "due": date(2026, 11, 20 + number % 9),
            "state": states[number % 5],
            "officer": ("赵芳", "沈磊", "韩志强")[number % 3],
            "fine": number * 1370 % 50000,
        }
        for number in range(18)
    ]


def todos() -> list[dict[str, Any]]:
    """What waits for a safety officer today."""
    rows = (
        (
            "隐患整改",
            "late",
            "喷涂车间除尘管道积尘超 3.2 毫米，限期清理并上传照片",
            "珍溪镇应急办",
            "2026年11月20日",
            LATE,
            "拍照整改",
        ),
        (
            "日排查",
            "info",
            "今日班组安全排查表（6 项）",
            "日周月制度",
            "2026年11月23日",
            {"colour": "amber", "words": "今天到期"},
            "开始排查",
        ),
        ("周排查", "info", "第 47 周部门安全排查", "日周月制度", "2026年11月25日", SOON, "去办理"),
        (
            "持证上岗",
            "amber",
            "焊工王志强特种作业操作证到期换证",
            "系统提醒",
            "2026年12月5日",
            {"colour": "green", "words": "12 天后到期"},
            "去办理",
        ),
        (
            "资料上报",
            "info",
            "上传有限空间作业台账（4 项重点执法事项）",
            "镇经发办",
            "2026年11月28日",
            {"colour": "green", "words": "5 天后到期"},
            "去上传",
        ),
    )
    made = [
        {
            "kind": r[0],
            "kind_tone": r[1],
            "title": r[2],
            "from": r[3],
            "due": r[4],
            "state": r[5],
            "action": r[6],
            "href": "/duties",
        }
        for r in rows
    ]
    made[0]["extra"] = [("red", "重大隐患")]
    return made


def context(name: str, theme: str | None, **more: Any) -> dict[str, Any]:
    """The variables that the edge of a request gives to every page."""
    menu = [
        {
            "label": entry.split()[0],
            "icon": entry.split()[1],
            "href": f"/{at}",
            "current": at == (0 if name == "todo" else 5),
            "count": 3 if at in {0, 5} else 0,
        }
        for at, entry in enumerate(MENU)
    ]
    if name in {"ledger", "form"}:
        menu[5]["pages"] = [
            {"label": label, "href": "/x", "current": label == "隐患台账"}
            for label in ("隐患台账", "挂牌督办", "复查", "统计")
        ]
    me = {"label": "我的", "icon": "person", "href": "/profile", "current": False}
    return {
        "person": {"name": "李建国", "role_label": "镇应急办", "place": "涪陵区珍溪镇"},
        "menu": menu,
        "tabs": [*menu[:3], me],
        "unread": 7,
        "may": lambda _right: True,
        "memberships": [{"id": "a", "label": "涪江铝业有限公司 · 安全管理人员", "note": "3 件待办"}],
        "csrf_token": "token",
        "theme": theme,
        "demo": name in {"todo", "sign_in"},
        "now_text": "11月23日 星期一",
        "here": f"/{name}?state=open&sort=-due_on",
        **contents(),
        **more,
    }


def contents() -> dict[str, Any]:
    """What the sample pages themselves show."""
    towns = ("珍溪镇", "新妙镇", "增福镇", "白涛街道", "焦石镇", "南沱镇", "石沱镇", "武陵山乡")
    return {
        "hazards": hazards(),
        "todos": todos(),
        "pages": SimpleNamespace(number=7, pages=24, total=472),
        "lights": (LATE, SOON, FINE, NONE),
        "form": Form(
            {"name": "喷涂车间除尘管道积尘", "found_on": "2026-11-23", "level": "major", "fine": "-3", "photos": ""},
            {
                "place": "请写明车间和设备，例如“喷涂车间 2 号除尘管道”",
                "fine": "罚款金额不能小于 0，请改为 0 或以上的数字",
                "basis": "请选择一条依据",
            },
        ),
        "empty_form": Form(),
        "trend": {
            "kind": "line",
            "labels": [f"{month}月" for month in range(1, 12)],
            "series": [
                {"name": "新发现", "values": [90, 140, 82, 117, 138, 89, 144, 107, 121, 129, 106]},
                {"name": "已整改", "values": [96, 79, 144, 81, 88, 137, 103, 116, 86, 147, 135], "tone": "good"},
            ],
            "unit": "项",
        },
        "by_town": {
            "kind": "bar",
            "lying": True,
            "labels": towns,
            "series": [{"name": "逾期未整改", "values": [8, 4, 3, 3, 2, 1, 0, 0], "tone": "late"}],
            "unit": "项",
        },
        "towns": [
            (town, n, m)
            for town, n, m in zip(towns, (41, 59, 28, 55, 73, 0, 22, 70), (50, 63, 43, 62, 82, 0, 23, 77), strict=True)
        ],
        "events": [
            {
                "at": "2026年11月23日 09:30",
                "who": "赵芳（镇应急办）",
                "what": "下发责令限期整改指令书",
                "note": "限 2026年12月8日 前整改完毕",
                "tone": "late",
            },
            {"at": "2026年11月20日 15:12", "who": "沈磊（镇应急办）", "what": "现场检查发现 2 处隐患"},
            {"at": "2026年10月9日 10:05", "who": "系统", "what": "安责险续保已登记", "tone": "good"},
        ],
        "status": 404,
        "title": "没有找到这份文书",
        "detail": "它可能已被撤回，或属于其他镇街。请从文书列表重新打开。",
        "trace_id": "0198f6d2-4c1e-7a30-9f52-3b1d0c77e111",
        "back": "/documents",
    }


def rendered(name: str, theme: str | None) -> str:
    """One sample page as the server would send it."""
    environment = template_environment()
    environment.loader = FileSystemLoader([HERE / "templates", HERE, Path(__file__).parent / "samples"])
    template = "problem.html" if name == "problem" else f"{name}.html"
    return environment.get_template(template).render(context(name, theme))


async def serve(page: Page, theme: str | None = None) -> None:
    """Answer this page's requests from memory, under the content policy of the real server."""

    async def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE).split("?")[0]
        if path.startswith(PREFIX):
            file = DIST / path.removeprefix(PREFIX)
            await route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
        else:
            headers = {"content-security-policy": POLICY}
            await route.fulfill(
                body=rendered(path.strip("/"), theme), content_type="text/html; charset=utf-8", headers=headers
            )

    await page.route(f"{SITE}/**", answer)
