"""What happened at the door, kept for the audit administrator."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from services.tenancy.signing_in.models import SignInEvent

OUTCOMES = {
    "signed_in": "登录成功",
    "refused": "账号或密码不对",
    "locked": "锁定期间尝试",
    "no_place": "没有在任单位",
    "code_accepted": "验证码通过",
    "code_refused": "验证码不对",
    "recovery_code_used": "使用恢复码",
    "second_factor_set_up": "设置第二重验证",
    "second_factor_reset": "重置第二重验证",
    "activated": "激活账号",
    "activation_refused": "激活码不对",
    "activation_issued": "签发激活码",
    "password_set": "设置密码",
    "switched": "切换身份",
    "signed_out": "退出登录",
    "session_ended": "结束一处登录",
    "signed_out_everywhere": "全部退出",
    "identity_linked": "关联外部账号",
    "identity_unlinked": "解除外部账号",
    "account_granted": "授予账号",
    "account_locked": "停用账号",
    "account_unlocked": "恢复账号",
    "client_refused": "对接系统密钥不对",
}
LOGIN_SHAPE = re.compile(r"[\w.@-]{2,64}")


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """From where and with what somebody comes to the door."""

    address: str = ""
    agent: str = ""


def note(
    session: AsyncSession,
    outcome: str,
    *,
    at: datetime,
    login: str,
    user_id: UUID | None,
    address: str = "",
    **detail: Any,
) -> None:
    """Keep one event; what was typed for an account that does not exist is cut short, for it may be a password."""
    assert outcome in OUTCOMES
    shown = login if user_id else f"{login[:2]}…" if LOGIN_SHAPE.fullmatch(login) else "…"
    session.add(
        SignInEvent(
            at=at,
            user_id=user_id,
            login=shown,
            outcome=outcome,
            address=address[:64],
            detail=msgspec.to_builtins(detail),
        )
    )
