"""The people of an enterprise as the office keeps them: masked, found by exact words, revealed with a reason."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from services.kernel.refusals import BadInput
from services.kernel.work import Work
from services.portal import typed
from services.portal.forms import Form
from services.portal.frame import AnyRequest, page, says
from services.portal.typed import Typed
from services.supervision import people, registry
from services.supervision.people import POSTS, EnterprisePerson, PersonFacts
from services.tenancy.door import CurrentWork, master_of, needs

WRITES = needs("enterprise_person:write")
DAYS: Final = (
    "from_on",
    "examined_on",
    "certificate_issued_on",
    "certificate_review_due",
    "certificate_expires_on",
)
WORDS: Final = ("certificate_kind", "certificate_no")
SEALED: Final = ("name", "phone", "id_number")
HEADS: Final = {
    "post": "岗位", "name": "姓名", "phone": "手机号", "id_number": "身份证号", "from_on": "任职起始", "to_on": "任职最后一天",
    "certificate_kind": "作业类别", "certificate_no": "证书编号", "certificate_review_due": "复审日期",
    "certificate_expires_on": "证书有效期至", "reason": "查看原因",
}  # fmt: skip
says(
    person_added="人员已登记",
    person_changed="人员资料已修改",
    person_ended="任职已结束，资料保留备查",
    person_handed="已交接，前任的任职到前一天为止",
)


@get("/enterprises/people", opt=WRITES)
async def search(request: AnyRequest, work: CurrentWork) -> Template:
    """按姓名、手机号或身份证号查人."""
    asked = typed.word(request.query_params, "q")[:60]
    found = await people.find(work, asked, master=master_of(request)) if asked else []
    return page(request, "enterprises/people.html", asked=asked, found=found)


@get("/enterprises/{enterprise_id:uuid}/people/new", opt=WRITES)
async def blank(request: AnyRequest, work: CurrentWork, enterprise_id: FromPath[UUID]) -> Template:
    """添加人员."""
    row = await registry.one(work, enterprise_id)
    post_wanted = typed.word(request.query_params, "post")
    return _form(request, row, Form({"from_on": work.today.isoformat(), "post": post_wanted}))


@post("/enterprises/{enterprise_id:uuid}/people/new", opt=WRITES)
async def add(request: AnyRequest, work: CurrentWork, enterprise_id: FromPath[UUID]) -> Redirect | Template:
    """A person takes up a post."""
    row = await registry.one(work, enterprise_id)
    data = await request.form()
    try:
        await people.add(work, row.id, facts_of(data), master=master_of(request))
    except BadInput as refusal:
        return _form(request, row, _again(data, refusal))
    return Redirect(f"/enterprises/{row.id}?done=person-added#people", status_code=303)


@get("/enterprises/people/{person_id:uuid}", opt=WRITES)
async def one(request: AnyRequest, work: CurrentWork, person_id: FromPath[UUID]) -> Template:
    """One person, masked, with what the office may do."""
    person, row = await _person(work, person_id)
    return _one(request, work, person, row, Form(_values(person)))


@post("/enterprises/people/{person_id:uuid}", opt=WRITES)
async def act(request: AnyRequest, work: CurrentWork, person_id: FromPath[UUID]) -> Redirect | Template:
    """Change, end or hand over; `act` says which."""
    person, row = await _person(work, person_id)
    data = await request.form()
    chosen, version = typed.word(data, "act"), typed.number(data, "version") or 0
    try:
        if chosen == "end":
            await people.end(work, person_id, _day(data, "to_on"), version=version)
        elif chosen == "hand_over":
            await people.hand_over(work, person_id, facts_of(data), version=version, master=master_of(request))
        else:
            facts = facts_of(data, known=person)
            await people.change(work, person_id, facts, version=version, master=master_of(request))
    except BadInput as refusal:
        form = _again(data, refusal)
        return _one(request, work, person, row, form, handing=chosen == "hand_over", ending=chosen == "end")
    done = {"end": "person-ended", "hand_over": "person-handed"}.get(chosen, "person-changed")
    return Redirect(f"/enterprises/{row.id}?done={done}#people", status_code=303)


@get("/enterprises/people/{person_id:uuid}/hand-over", opt=WRITES)
async def hand_over(request: AnyRequest, work: CurrentWork, person_id: FromPath[UUID]) -> Template:
    """The form in which a post goes over to another person."""
    person, row = await _person(work, person_id)
    start = {"post": person.post, "from_on": work.today.isoformat(), "version": person.version}
    return _one(request, work, person, row, Form(start), handing=True)


@post("/enterprises/people/{person_id:uuid}/reveal", opt=needs("enterprise_person:reveal"))
async def reveal(request: AnyRequest, work: CurrentWork, person_id: FromPath[UUID]) -> Template:
    """Everything in full, once, for a reason that is recorded."""
    person, row = await _person(work, person_id)
    data = await request.form()
    try:
        shown = await people.reveal(work, person_id, typed.word(data, "reason"), master=master_of(request))
    except BadInput as refusal:
        return _one(request, work, person, row, Form(_values(person), refusal.fields))
    return _one(request, work, person, row, Form(_values(person)), revealed=shown)


def facts_of(data: Typed, known: EnterprisePerson | None = None) -> PersonFacts:
    """What was typed; an empty number means the known one where a person is changed. Raises BadInput."""
    wrong: dict[str, str] = {}
    read: dict[str, Any] = {name: typed.word(data, name) for name in WORDS}
    for name in DAYS:
        try:
            read[name] = _day(data, name)
        except BadInput as bad:
            wrong |= bad.fields
    if wrong:
        raise BadInput(fields=wrong)
    for name in SEALED:
        read[name] = typed.word(data, name) or (None if known else "")
    return PersonFacts(post=known.post if known else typed.word(data, "post"), **read)


def _day(data: Typed, name: str) -> date | None:
    return typed.day(data, name) if typed.word(data, name) else None


def _again(data: Typed, refusal: BadInput) -> Form:
    return Form(typed.kept(data), refusal.fields or {"name": refusal.sentence})


def _values(person: EnterprisePerson) -> dict[str, Any]:
    days = {name: value.isoformat() if (value := getattr(person, name)) else "" for name in DAYS}
    words = {name: getattr(person, name) or "" for name in ("post", "certificate_kind", "certificate_no", "version")}
    return words | days


async def _person(work: Work, person_id: UUID) -> tuple[EnterprisePerson, registry.Enterprise]:
    person = await work.get(EnterprisePerson, person_id)
    return person, await registry.one(work, person.enterprise_id)


def _form(request: AnyRequest, row: registry.Enterprise, form: Form) -> Template:
    context = {"e": row, "form": form, "posts": list(POSTS.items()), "heads": HEADS}
    return page(request, "enterprises/person_new.html", status=form.status, **context)


def _one(
    request: AnyRequest, work: Work, person: EnterprisePerson, row: registry.Enterprise, form: Form, **context: Any
) -> Template:
    return page(
        request,
        "enterprises/person.html",
        status=form.status,
        e=row,
        p=person,
        form=form,
        heads=HEADS,
        posts=list(POSTS.items()),
        ended=person.to_on is not None and person.to_on < work.today,
        **{"handing": False, "ending": False, "revealed": None} | context,
    )


ROUTES: list[Any] = [search, blank, add, one, act, hand_over, reveal]
