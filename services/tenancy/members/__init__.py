"""Members and departments of a tenant."""

from services.tenancy.members.accounts import acts_elsewhere, rename_enterprise, user_of
from services.tenancy.members.actions import (
    Added,
    add_member,
    change_member,
    leave,
    new_activation,
    reveal_phone,
)
from services.tenancy.members.departments import add_department, change_department, end_department, people_in
from services.tenancy.members.facts import DEPARTMENT_KINDS, KIND_WORDS, MemberFacts, tidy
from services.tenancy.members.models import Department, Member
from services.tenancy.members.phones import keep_phone, masked, phone_of, phones_of
from services.tenancy.members.queries import (
    DEDICATED_REQUIRED,
    PAGE,
    MemberFilter,
    MemberRow,
    dedicated_supervisors,
    departments,
    members,
    members_after,
)
from services.tenancy.members.refusals import (
    AlreadyLeft,
    DepartmentHasPeople,
    LastOffice,
    LoginTaken,
    OneAdministrator,
    SeveralPlaces,
)

__all__ = [
    "DEDICATED_REQUIRED",
    "DEPARTMENT_KINDS",
    "KIND_WORDS",
    "PAGE",
    "Added",
    "AlreadyLeft",
    "Department",
    "DepartmentHasPeople",
    "LastOffice",
    "LoginTaken",
    "Member",
    "MemberFacts",
    "MemberFilter",
    "MemberRow",
    "OneAdministrator",
    "SeveralPlaces",
    "acts_elsewhere",
    "add_department",
    "add_member",
    "change_department",
    "change_member",
    "dedicated_supervisors",
    "departments",
    "end_department",
    "keep_phone",
    "leave",
    "masked",
    "members",
    "members_after",
    "new_activation",
    "people_in",
    "phone_of",
    "phones_of",
    "rename_enterprise",
    "reveal_phone",
    "tidy",
    "user_of",
]
