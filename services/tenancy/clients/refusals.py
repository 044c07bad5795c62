"""What other systems are told no to, in the words of RFC 6750 beside ours."""

from collections.abc import Mapping

from services.kernel.refusals import BadInput, Forbidden, Refusal, SignInRequired
from services.tenancy.policy.scopes import scope_for


class TokenRefused(SignInRequired):
    """The token is unknown, has expired or was withdrawn, or comes from an address that is not agreed; not told which."""

    headers: Mapping[str, str] = {"WWW-Authenticate": 'Bearer error="invalid_token"'}

    def __init__(self) -> None:
        super().__init__("访问令牌无效或已过期，请用客户端编号和密钥到 /oauth/token 重新领取")


class TokenInAddress(BadInput):
    """A token in an address ends in every log on its way."""

    status = 400
    headers: Mapping[str, str] = {"WWW-Authenticate": 'Bearer error="invalid_request"'}

    def __init__(self) -> None:
        super().__init__("访问令牌不能写在网址里：请放在 Authorization: Bearer 请求头中，并立即更换这个令牌的密钥")


class ProgramsOnly(Refusal):
    """Tokens are for programs; pages are for people."""

    status = 403

    def __init__(self) -> None:
        super().__init__("访问令牌只能用于 /api/v1 的接口，网页请由本人登录后使用")


class ScopeMissing(Forbidden):
    """The system was not allowed this, or did not ask for it when it fetched its token."""

    def __init__(self, right: str) -> None:
        super().__init__(right)
        scope = scope_for(right)
        self.headers = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope or ""}"'}
        self.sentence = (
            f"这个接口需要授权范围 {scope}：请在领取令牌时申请；尚未授权的，请镇应急办在“接口授权”里增加"
            if scope
            else "这个接口不对其他系统开放，请由本人登录后办理"
        )


class ClientEnded(Refusal):
    """What was withdrawn stays withdrawn."""

    def __init__(self) -> None:
        super().__init__("这项接口授权已停用，不能再修改；确需恢复的，请新建一项")
