"""What a duty refuses, each named after the fact."""

from services.kernel.refusals import Refusal


class WrongState(Refusal):
    """The duty is not in a state in which this can be done."""


class EvidenceMissing(Refusal):
    """Nothing was uploaded that proves it."""


class OnlyThePrincipal(Refusal):
    """The monthly check is done by the principal person himself (珍溪府发〔2021〕29号 三(三)5)."""

    status = 403


class DecidedByAnother(Refusal):
    """Whoever handed something in may not decide about it."""


class FactsSayOtherwise(Refusal):
    """What the registry holds does not meet the duty, whatever was uploaded."""
