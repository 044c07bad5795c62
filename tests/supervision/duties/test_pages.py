"""What the head of an enterprise, its safety officer and the office see and do on the pages of duties."""

import re

import pytest
from litestar import Litestar

from services.tenancy.roles import Role
from services.tenancy.townships import Tenant
from tests.factories import a_person
from tests.supervision.duties.posts import a_post
from tests.supervision.pictures import a_photo
from tests.supervision.year import Year
from tests.web import browser, words_of

pytestmark = pytest.mark.anyio


async def test_the_head_sees_what_is_next_and_why(year: Year, app: Litestar) -> None:
    """Without an officer the law is not kept: that comes first, with the reason, the article and one press to do it."""
    async with browser(app, year.town[Role.LEGAL_REPRESENTATIVE]) as page:
        answer = await page.get("/")
        words = words_of(answer)
        assert answer.status_code == 200
        assert "接下来要办 未满足" in words
        assert "因为从业人员 60 人，没有超过 100 人" in words
        assert "《安全生产法》（2021年修正）第二十四条第二款" in words
        assert f'href="/duties/{year.town.enterprises[0]}/I04-3/once#do"' in answer.text


async def test_a_met_duty_is_settled_without_papers(year: Year, app: Litestar) -> None:
    """A registered part-time officer is enough for sixty people; nobody is asked for a paper."""
    await a_post(year, year.town.enterprises[0], "part_time_officer")
    async with browser(app, year.town[Role.LEGAL_REPRESENTATIVE]) as page:
        words = words_of(await page.get(f"/duties/{year.town.enterprises[0]}/I04-3/once"))
        assert "由登记信息认定" in words
        assert "办完了，报送审核" not in words


async def test_proof_goes_to_the_office_comes_back_and_is_accepted(year: Year, app: Litestar) -> None:
    """Upload and hand in, sent back with a reason, handed in again, accepted by the office."""
    href = f"/duties/{year.town.enterprises[0]}/I23/2026"
    photo = {"files": ("领用.jpg", a_photo(), "image/jpeg")}
    async with (
        browser(app, year.town[Role.LEGAL_REPRESENTATIVE]) as head,
        browser(app, year.town[Role.TOWN_OFFICE]) as office,
    ):
        refused = await head.post(f"{href}/submit", {"note": "已发放"})
        assert refused.status_code == 422
        assert "还没有上传证明材料" in refused.text
        assert "已发放" in refused.text
        assert (await head.post(f"{href}/submit", {"note": "已发放"}, files=photo)).status_code == 303
        assert "已发放" in words_of(await office.get("/duties/waiting"))
        assert "审核企业义务" in words_of(await office.get("/"))
        assert (await office.post(f"{href}/return", {"return_reason": ""})).status_code == 422
        assert (await office.post(f"{href}/return", {"return_reason": "缺签字"})).status_code == 303
        words = words_of(await head.get(href))
        assert "被退回" in words
        assert "缺签字" in words
        assert (await head.post(f"{href}/submit", {"note": "补了签字"})).status_code == 303
        assert (await office.post(f"{href}/accept", {})).status_code == 303
        assert "审核通过" in words_of(await head.get(href))
        small = re.search(r"/attachments/[0-9a-f-]+/small", (await head.get(href)).text)
        assert small is not None
        assert (await office.get(small[0])).status_code == 200


async def test_a_neighbour_finds_nothing(year: Year, app: Litestar) -> None:
    """Every address of a duty of the first enterprise answers the second like one that does not exist."""
    async with year.everything() as session:
        neighbour = await a_person(
            session, year.town, Role.LEGAL_REPRESENTATIVE, name="乙厂示例", enterprise_id=year.town.enterprises[1]
        )
    href = f"/duties/{year.town.enterprises[0]}/I23/2026"
    async with browser(app, year.town[Role.LEGAL_REPRESENTATIVE]) as head:
        photo = {"files": ("领用.jpg", a_photo(), "image/jpeg")}
        await head.post(f"{href}/attachments", {}, files=photo)
        small = re.search(r"/attachments/[0-9a-f-]+/small", (await head.get(href)).text)
        assert small is not None
    async with browser(app, neighbour) as page:
        for path in (href, small[0], f"/api/v1{href}", f"/api/v1/duties/{year.town.enterprises[0]}"):
            assert (await page.get(path)).status_code == 404, path
        for act in ("report", "attachments", "submit", "check", "exemption"):
            fields = {"note": "x", "exemption_reason": "x", "result": "sound"}
            files = {"files": ("a.jpg", a_photo(), "image/jpeg")}
            assert (await page.post(f"{href}/{act}", fields, files=files)).status_code == 404, act
        assert year.town.enterprises[0].hex not in (await page.get("/duties")).text.replace("-", "")


@pytest.mark.parametrize("path", ["/duties", "/duties/ledger", "/duties/waiting", "/duties/ledger/export.xlsx"])
async def test_an_enterprise_has_no_ledger_of_others(year: Year, app: Litestar, path: str) -> None:
    """The town's ledger is the town's; an enterprise opens its own list only."""
    async with browser(app, year.town[Role.SAFETY_OFFICER]) as page:
        assert (await page.get(path)).status_code == (200 if path == "/duties" else 403)


async def test_the_officer_enters_the_day_with_one_press(year: Year, app: Litestar) -> None:
    """今天已查，无问题 goes back to the first page, where the check of the day is done."""
    async with browser(app, year.town[Role.SAFETY_OFFICER]) as page:
        assert "今天已查，无问题" in (await page.get("/")).text
        done = await page.post(
            f"/duties/{year.town.enterprises[0]}/T05-2/2026-03-06/check", {"result": "sound", "back": "/"}
        )
        assert done.headers["location"] == "/?done=duty-checked"
        words = words_of(await page.get("/"))
        assert "已完成" in words
        assert "今天已查，无问题" not in words


async def test_a_problem_wants_words(year: Year, app: Litestar) -> None:
    """有问题 without saying which comes back with the sentence beside the field."""
    href = f"/duties/{year.town.enterprises[0]}/T05-2/2026-03-06/check"
    async with browser(app, year.town[Role.SAFETY_OFFICER]) as page:
        answer = await page.post(href, {"result": "problem"})
        assert answer.status_code == 422
        assert "请写明发现的问题" in answer.text
        assert (await page.post(href, {"result": "problem", "note": "护栏松动，已报修"})).status_code == 303
        assert "护栏松动" in words_of(await page.get(href.removesuffix("/check")))


async def test_the_office_urges_a_batch_after_being_asked(year: Year, app: Litestar) -> None:
    """How many duties of how many enterprises is asked about first; the ledger keeps its filters."""
    keys = [f"{one}/I04-3/once" for one in year.town.enterprises]
    async with browser(app, year.town[Role.TOWN_OFFICE]) as page:
        asked = await page.post("/duties/urge", {"ids": keys})
        assert "2 家企业催办 2 项义务" in words_of(asked).replace(" 将", "")
        done = await page.post("/duties/urge", {"ids": keys, "confirmed": "1", "note": "本周内办好"})
        assert done.headers["location"].endswith("urged=2&of=2")
        assert "已催办 2 家企业的 2 项义务" in words_of(await page.get(done.headers["location"]))
        assert (await page.post("/duties/urge", {"ids": ["nonsense"]})).status_code == 422


@pytest.mark.parametrize("by", ["code", "sector", "village"])
async def test_the_office_sees_figures_that_lead_to_their_rows(year: Year, app: Litestar, by: str) -> None:
    """The overview and the ledger open in each grouping and on a past day."""
    async with browser(app, year.town[Role.TOWN_OFFICE]) as page:
        words = words_of(await page.get(f"/duties?by={by}"))
        assert "已尽/应尽" in words
        assert (await page.get(f"/duties?by={by}&on=2026-01-05")).status_code == 200
        assert "示例甲砖瓦厂" in words_of(await page.get("/duties/ledger?state=late"))
        saved = await page.get("/duties/ledger/export.xlsx?state=late")
        assert saved.content[:2] == b"PK"


async def test_who_has_seen_a_duty_is_told(year: Year, app: Litestar) -> None:
    """The office sees who of the enterprise opened the page, and never itself."""
    href = f"/duties/{year.town.enterprises[0]}/I23/2026"
    async with (
        browser(app, year.town[Role.TOWN_OFFICE]) as office,
        browser(app, year.town[Role.SAFETY_OFFICER]) as officer,
    ):
        assert "企业还没有人打开过" in words_of(await office.get(href))
        await officer.get(href)
        await officer.get(href)
        assert words_of(await office.get(href)).count(year.town[Role.SAFETY_OFFICER].person) == 1


async def test_programs_see_and_do_the_same(year: Year, app: Litestar) -> None:
    """The list, one duty with its open acts, a check, a refusal with its field, and the town's figures."""
    own = f"/api/v1/duties/{year.town.enterprises[0]}"
    async with browser(app, year.town[Role.SAFETY_OFFICER]) as officer:
        listed = (await officer.get(own)).json()
        first = listed[0]
        assert (first["code"], first["light"], first["because"]) == (
            "I04-3", "red", "因为从业人员 60 人，没有超过 100 人",
        )  # fmt: skip
        one = (await officer.get(f"{own}/T05-2/2026-03-06")).json()
        assert one["acts"] == ["check"]
        refused = await officer.send("POST", f"{own}/T05-2/2026-03-06/check", json={"problem": True})
        assert (refused.status_code, "note" in refused.text) == (422, True)
        done = await officer.send("POST", f"{own}/T05-2/2026-03-06/check", json={})
        assert (done.json()["state"], done.json()["acts"]) == ("done", [])
        assert (await officer.send("POST", f"{own}/T05-4/2026-03/check", json={})).status_code == 403
        assert (await officer.get("/api/v1/duties")).status_code == 403
        assert (await officer.get(f"{own}/T05-2/nonsense")).status_code == 404
    async with browser(app, year.town[Role.TOWN_OFFICE]) as office:
        figures = (await office.get("/api/v1/duties?on=2026-03-06")).json()
        for part in ("by_duty", "by_sector", "by_village"):
            assert sum(one["applicable"] for one in figures[part]) == figures["total"]["applicable"]
        assert figures["total"]["fulfilled"] == 1


async def test_the_difference_stands_beside_a_proposal_and_before_saving(year: Year, app: Litestar) -> None:
    """再招 41 人 brings a duty: the office reads it on the page where it would save, and nothing is saved yet."""
    enterprise = year.town.enterprises[0]
    async with browser(app, year.town[Role.TOWN_OFFICE]) as office:
        form = (await office.get(f"/enterprises/{enterprise}/change")).text
        typed = dict(re.findall(r'<input[^>]*name="([a-z_]+)"[^>]*value="([^"]*)"', form))
        chosen = dict(re.findall(r'<select[^>]*name="([a-z_]+)".*?<option value="([^"]*)" selected', form, re.DOTALL))
        boxes = ("tags", "circumstances", "is_above_scale", "is_peri_urban", "is_smelter", "has_safety_office")
        fields = {name: value for name, value in {**typed, **chosen}.items() if name not in boxes}
        shown = await office.post(
            f"/enterprises/{enterprise}/change", fields | {"headcount_own": "101", "step": "check"}
        )
        words = words_of(shown)
        assert "再招 41 人，将新增义务：设安全管理机构或配专职安全管理人员，依据：《安全生产法》" in words, words[:1500]
        assert "60 人" in words_of(await office.get(f"/enterprises/{enterprise}"))


async def test_the_ledger_offers_no_duty_of_a_paper_that_does_not_bind_here(year: Year, app: Litestar) -> None:
    """A town that has not adopted another's notice cannot filter by what that notice asks for."""
    async with browser(app, year.town[Role.TOWN_OFFICE]) as page:
        assert '<option value="T07"' in (await page.get("/duties/ledger")).text
        async with year.everything() as session:
            (await session.get_one(Tenant, year.town.id)).local_papers = {}
        assert '<option value="T07"' not in (await page.get("/duties/ledger")).text
