"""What the door says no to."""

from datetime import timedelta
from math import ceil
from types import MappingProxyType
from typing import ClassVar

from services.kernel.refusals import Refusal, SignInRequired


class SignInRefused(Refusal):
    """The account or the password is wrong; the sentence does not tell which."""

    status = 422

    def __init__(self, sentence: str = "账号或密码不正确，请检查后重试") -> None:
        super().__init__(sentence)


class NoPlace(SignInRefused):
    """The person holds no office anywhere any more."""

    def __init__(self) -> None:
        super().__init__("您目前没有在任的单位，不能登录；如有疑问，请联系原单位应急办")


class CodeRefused(Refusal):
    """The code of the second factor is wrong, was used already or belongs to another minute."""

    status = 422

    def __init__(self, sentence: str = "验证码不正确或已用过，请等手机上换出新的验证码后再填") -> None:
        super().__init__(sentence)


class ActivationRefused(Refusal):
    """The account or its activation code is wrong, used or out of date; the sentence does not tell which."""

    status = 422

    def __init__(self) -> None:
        super().__init__("账号或激活码不正确，或激活码已用过、已过期；请核对，或请应急办重新发一个")


class TooManyAttempts(Refusal):
    """Too much failed for this account or from this address; the lock ends by itself."""

    status = 429

    def __init__(self, left: timedelta, limit: int) -> None:
        self.retry_after = max(1, ceil(left.total_seconds()))
        self.headers = {
            "Retry-After": str(self.retry_after),
            "RateLimit-Limit": str(limit),
            "RateLimit-Remaining": "0",
            "RateLimit-Reset": str(self.retry_after),
        }
        super().__init__(f"尝试次数过多，请 {ceil(self.retry_after / 60)} 分钟后再试；忘记密码请联系应急办重新发激活码")


class DoorBusy(Refusal):
    """More people are signing in at this moment than can be looked after."""

    status = 503
    retry_after = 3
    headers = MappingProxyType({"Retry-After": str(retry_after)})

    def __init__(self) -> None:
        super().__init__("现在登录的人较多，请 3 秒后再试")


class PasswordOwed(SignInRequired):
    """The password must be changed before anything else is done."""

    door: ClassVar[str] = "/profile/password"

    def __init__(self) -> None:
        super().__init__("请先修改密码，再办理其他事项")


class CodeOwed(SignInRequired):
    """The code of the second factor is still to come."""

    door: ClassVar[str] = "/sign-in/code"

    def __init__(self) -> None:
        super().__init__("请先填写验证码，再办理其他事项")


class SecondFactorOwed(SignInRequired):
    """The role asks for a second factor that the person has not set up yet."""

    door: ClassVar[str] = "/sign-in/second-factor"

    def __init__(self) -> None:
        super().__init__("请先设置第二重验证，再办理其他事项")
