"""Which acts are open to a person on one assignment now; the actions themselves check again."""

from services.kernel.work import Work
from services.supervision.assignments.models import Assignment
from services.supervision.assignments.states import OPEN, WORKING

TO_DO = OPEN - {"submitted"}


def possible(work: Work, assignment: Assignment, *, owned: bool) -> frozenset[str]:
    """The rights that this person can use on it now, by the part of the name after the colon."""
    acts = _owners(assignment) if owned else frozenset[str]()
    acts |= _supervisors(work, assignment, owned=owned)
    return frozenset(act for act in acts if work.may(f"assignment:{act}"))


def may_attach(work: Work, assignment: Assignment, *, owned: bool) -> bool:
    """Evidence is added by the owner or the office while the work is open."""
    return work.may("attachment:add") and assignment.is_open and (owned or work.may("assignment:assign"))


def _owners(assignment: Assignment) -> frozenset[str]:
    acts = set()
    if assignment.state == "pending":
        acts.add("receive")
    if assignment.state in WORKING:
        acts |= {"report", "submit"}
    if assignment.state in TO_DO and assignment.extension_to is None:
        acts.add("ask_extension")
    return frozenset(acts)


def _supervisors(work: Work, assignment: Assignment, *, owned: bool) -> frozenset[str]:
    acts = set()
    if assignment.state == "submitted" and assignment.submitted_by != work.identity.member_id:
        acts |= {"accept", "return"}
    if assignment.extension_to is not None and assignment.state in TO_DO and not owned:
        acts.add("decide_extension")
    if assignment.state in TO_DO:
        acts |= {"urge"}
        if assignment.enterprise_id is None and (owned or work.may("assignment:assign")):
            acts.add("transfer")
    if assignment.is_open:
        acts.add("cancel")
    return frozenset(acts)
