"""What the town says no to: every refusal is named after the fact and tells in Chinese what to do."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """Something that was asked for is not done, and nothing was changed."""

    status: ClassVar[int] = 409
    code: ClassVar[str] = "refused"
    headers: Mapping[str, str] = MappingProxyType({})
    """What the answer says besides, such as when to come back."""

    def __init__(self, sentence: str = "", *, fields: Mapping[str, str] | None = None) -> None:
        self.sentence = sentence or (type(self).__doc__ or "").strip()
        self.fields = dict(fields or {})
        super().__init__(self.sentence)

    def __init_subclass__(cls) -> None:
        """Each refusal's stable code is its class name in kebab-case."""
        super().__init_subclass__()
        name = cls.__name__
        cls.code = "".join(f"-{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))


class NotFound(Refusal):
    """A row that does not exist, or that this person cannot see: the two answer alike."""

    status = 404

    def __init__(self, sentence: str = "没有找到，可能已被删除，或不在您的权限范围内") -> None:
        super().__init__(sentence)


class Forbidden(Refusal):
    """The person's role does not hold the right."""

    status = 403

    def __init__(self, right: str) -> None:
        super().__init__("您的岗位没有办理这件事的权限；如确需办理，请联系本单位管理员")
        self.right = right


class SignInRequired(Refusal):
    """The page needs a signed-in person."""

    status = 401
    door: ClassVar[str] = "/sign-in"
    """The page that lets them in."""

    def __init__(self, sentence: str = "请先登录") -> None:
        super().__init__(sentence)


class BadInput(Refusal):
    """What was typed cannot be accepted; `fields` says beside each field what to write instead."""

    status = 422

    def __init__(
        self, sentence: str = "有几处需要改一下，请看标红的地方", *, fields: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(sentence, fields=fields)


class Stale(Refusal):
    """Somebody else changed the row after this person had read it."""

    status = 409

    def __init__(self, sentence: str = "这条记录刚被别人改过，请刷新后再办理；您填的内容还在页面上") -> None:
        super().__init__(sentence)
