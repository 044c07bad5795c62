"""Which acts on a duty are open to a person: what a page offers, and what a program may try."""

from services.kernel.work import Work
from services.regulation.duties import State
from services.supervision.duties.standing import BY_PRINCIPAL, Owed
from services.tenancy.roles import Role


def possible(work: Work, found: Owed) -> frozenset[str]:
    """The acts, by name; an act that is not among them is refused."""
    acts: set[str] = set()
    if found.is_open and work.may("duty:fulfil"):
        acts |= {"check"} if found.is_check and _may_check(work, found) else set()
        acts |= set() if found.is_check else {"report", "attach", "submit"}
        if work.may("duty:ask_exemption") and not found.is_check:
            acts.add("ask_exemption")
    if found.is_open and work.may("duty:urge"):
        acts.add("urge")
    own = found.row is not None and found.row.submitted_by == work.identity.member_id
    if found.state == "submitted" and not own:
        acts |= {"accept"} if work.may("duty:accept") and found.duty.state is not State.UNMET else set()
        acts |= {"return"} if work.may("duty:return") else set()
    if found.state == "exemption_asked" and not own and work.may("duty:decide_exemption"):
        acts.add("decide_exemption")
    return frozenset(acts)


def _may_check(work: Work, found: Owed) -> bool:
    return found.duty.period not in BY_PRINCIPAL or work.identity.role == Role.LEGAL_REPRESENTATIVE
