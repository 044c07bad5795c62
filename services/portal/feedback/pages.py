"""投诉建议: reachable from every page, by everybody."""

from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

from litestar import Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template

from services.kernel.refusals import BadInput
from services.kernel.work import open_work
from services.portal.forms import Form
from services.portal.frame import AnyRequest, page, says
from services.supervision import feedback
from services.tenancy.door import CurrentWork, needs

FormData = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
says(feedback_given="已提交，答复后会在消息里通知您", feedback_answered="已答复")


@get("/feedback", opt=needs("sign_in:use"))
async def read(request: AnyRequest) -> Template:
    """The form for whoever may give feedback, what was said before, and the telephone numbers for everybody."""
    return await _page(request, Form({"page": urlsplit(request.headers.get("referer", "")).path}))


@post("/feedback", opt=needs("feedback:give"))
async def give(request: AnyRequest, work: CurrentWork, data: FormData) -> Redirect | Template:
    """Say what is wrong or could be better."""
    try:
        await feedback.give(work, kind=data.get("kind", ""), words=data.get("words", ""), page=data.get("page", ""))
    except BadInput as wrong:
        return await _page(request, Form(data, wrong.fields))
    return Redirect("/feedback?done=feedback-given", status_code=303)


@post("/feedback/{feedback_id:uuid}/answer", opt=needs("feedback:answer"))
async def answer(request: AnyRequest, work: CurrentWork, feedback_id: UUID, data: FormData) -> Redirect | Template:
    """Answer once."""
    try:
        await feedback.answer(work, feedback_id, words=data.get("answer", ""))
    except BadInput as wrong:
        return await _page(request, Form({}, {f"answer-{feedback_id}": wrong.fields["answer"]}))
    return Redirect("/feedback?done=feedback-answered", status_code=303)


async def _page(request: AnyRequest, form: Form) -> Template:
    person = request.user
    may_give = "feedback:give" in person.rights
    rows = []
    if may_give or "feedback:answer" in person.rights:
        async with open_work(request.app.state.sessions, person, person.rights) as work:
            rows = list(await feedback.visible(work))
    template = "feedback/signed_in.html" if person.user_id else "feedback/public.html"
    return page(request, template, status=form.status, form=form, rows=rows, may_give=may_give, kinds=feedback.KINDS)


router = Router("/", route_handlers=[read, give, answer], include_in_schema=False)
