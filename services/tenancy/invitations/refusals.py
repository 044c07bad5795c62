"""What an invitation says no to."""

from services.kernel.refusals import BadInput, Refusal


class InvitationRefused(Refusal):
    """The code is unknown, used, taken back or out of date; the sentence does not tell which."""

    status = 422

    def __init__(self) -> None:
        super().__init__("邀请码不正确，或已使用、已撤回、已过期；请核对邀请单，或请发出邀请的单位重新发一份")


class InvitationEnded(Refusal):
    """What was used or taken back cannot be taken back."""

    def __init__(self) -> None:
        super().__init__("这份邀请已经使用或已撤回，不能再撤回")


class SomebodyElse(Refusal):
    """The account belongs to another person than the one who is invited."""

    def __init__(self, name: str) -> None:
        super().__init__(f"这份邀请是发给{name}的，与您的账号姓名不一致；请用本人的账号，或请发出邀请的单位更正")


class NotYours(BadInput):
    """An enterprise invites for itself alone, and only people below its head."""

    def __init__(self) -> None:
        super().__init__(fields={"role": "企业只能邀请本企业的安全管理人员；法定代表人由镇应急办邀请"})
