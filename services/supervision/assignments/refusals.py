"""What an assignment refuses, each named after the fact."""

from services.kernel.refusals import BadInput, Refusal


class NotPublished(Refusal):
    """Only a published plan is broken down into assignments."""


class NotTheOwner(Refusal):
    """Only whoever the assignment was given to may receive it, report on it or submit it."""

    status = 403


class WrongState(Refusal):
    """The assignment is not in a state in which this can be done."""


class AcceptedByAnother(Refusal):
    """Whoever submitted the work may not accept it."""


class DecidedByAnother(Refusal):
    """Whoever asked for an extension may not grant it."""


class EvidenceMissing(Refusal):
    """The plan wants evidence and none was uploaded."""


class NothingAsked(Refusal):
    """There is no open request for an extension."""


class NobodyChosen(BadInput):
    """An assignment needs at least one owner."""
