"""What is written down about a person of an enterprise, and whether it can be true."""

import re
import unicodedata
from datetime import date
from typing import Final

import msgspec

from services.kernel.keys import normalise_phone
from services.kernel.refusals import BadInput
from services.regulation.credit_code import normalise
from services.supervision.people.models import POSTS
from services.tenancy.members import tidy

LONGEST: Final = {"name": 40, "certificate_kind": 40, "certificate_no": 40}
HEADS: Final = {"name": "姓名", "certificate_kind": "作业类别", "certificate_no": "证书编号"}
ID_NUMBER = re.compile(r"\d{17}[\dX]")
WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
REVIEW_YEARS, VALID_YEARS = 3, 6
"""A certificate for special operations is reviewed every three years and ends after six (总局令第30号, 待核实)."""


class PersonFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A person in one post as the office writes it down; name, phone and id_number None mean the ones already known."""

    post: str
    name: str | None
    from_on: date | None
    phone: str | None = ""
    id_number: str | None = ""
    examined_on: date | None = None
    certificate_kind: str = ""
    certificate_no: str = ""
    certificate_issued_on: date | None = None
    certificate_review_due: date | None = None
    certificate_expires_on: date | None = None


def checked(facts: PersonFacts) -> PersonFacts:
    """The facts in their one spelling, with the days of a certificate filled in; raises BadInput with a sentence per field."""
    facts = msgspec.structs.replace(
        facts,
        name=facts.name and tidy(facts.name),
        certificate_kind=tidy(facts.certificate_kind),
        certificate_no=tidy(facts.certificate_no),
    )
    wrong = {} if facts.name or facts.name is None else {"name": "请填写姓名"}
    for field, longest in LONGEST.items():
        if len(getattr(facts, field) or "") > longest:
            wrong[field] = f"{HEADS[field]}最多 {longest} 个字"
    if facts.post not in POSTS:
        wrong["post"] = "请选择岗位"
    if facts.from_on is None:
        wrong["from_on"] = "请填写任职起始日期"
    phone, id_number = _phone(facts.phone, wrong), _id_number(facts.id_number, wrong)
    facts = _with_certificate_days(facts)
    issued, due, ends = facts.certificate_issued_on, facts.certificate_review_due, facts.certificate_expires_on
    if facts.post == "special_operator":
        wrong |= {} if facts.certificate_kind else {"certificate_kind": "请填写作业类别，例如：低压电工"}
        wrong |= {} if ends else {"certificate_expires_on": "请填写发证日期或证书有效期"}
    if issued and ends and issued > ends:
        wrong["certificate_expires_on"] = "证书有效期不能早于发证日期"
    if due and ends and due > ends:
        wrong["certificate_review_due"] = "复审日期不能晚于证书有效期"
    if wrong:
        raise BadInput(fields=wrong)
    return msgspec.structs.replace(facts, phone=phone, id_number=id_number)


def name_key(name: str) -> str:
    """The one spelling by which a name is found."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def masked_name(name: str) -> str:
    """The first character of a name and stars."""
    return name[:1] + "*" * max(len(name) - 1, 1)


def masked_id(number: str) -> str:
    """The ends of an identity number."""
    return f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}"


def _phone(typed: str | None, wrong: dict[str, str]) -> str | None:
    if not typed or not typed.strip():
        return typed
    try:
        return normalise_phone(typed)
    except BadInput as refusal:
        wrong["phone"] = refusal.sentence
        return typed


def _id_number(typed: str | None, wrong: dict[str, str]) -> str | None:
    if not typed or not typed.strip():
        return typed
    number = normalise(typed)
    if not ID_NUMBER.fullmatch(number):
        wrong["id_number"] = "身份证号应为 18 位，请核对"
    elif "10X98765432"[sum(int(d) * w for d, w in zip(number[:17], WEIGHTS, strict=True)) % 11] != number[17]:
        wrong["id_number"] = "身份证号校验位不符，请逐位核对"
    return number


def _with_certificate_days(facts: PersonFacts) -> PersonFacts:
    issued = facts.certificate_issued_on
    if issued is None or facts.post != "special_operator":
        return facts
    return msgspec.structs.replace(
        facts,
        certificate_review_due=facts.certificate_review_due or years_after(issued, REVIEW_YEARS),
        certificate_expires_on=facts.certificate_expires_on or years_after(issued, VALID_YEARS),
    )


def years_after(day: date, years: int) -> date:
    """The same day some years later; 28 February for a leap day that year does not have."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
