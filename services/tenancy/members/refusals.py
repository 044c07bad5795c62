"""What the town's staff office says no to."""

from services.kernel.refusals import BadInput, Refusal


class DepartmentHasPeople(Refusal):
    """A department that still has people cannot be ended."""

    def __init__(self, people: int) -> None:
        super().__init__(f"还有 {people} 人在这个部门，请先把他们调到别的部门或办理离任")


class LastOffice(Refusal):
    """A town always has somebody in its office, or nobody could look after its people."""

    def __init__(self) -> None:
        super().__init__("全镇至少要保留一名应急办人员；请先添加接替的同志，再办理")


class AlreadyLeft(Refusal):
    """Who has left cannot leave or be changed again."""

    def __init__(self) -> None:
        super().__init__("这位同志已经离任；如果回来工作，请重新添加")


class SeveralPlaces(Refusal):
    """An account that also acts elsewhere belongs to no single town."""

    def __init__(self) -> None:
        super().__init__("这个账号在其他单位也有身份，本镇不能替其重发激活码；请联系安全保密管理员")


class OneAdministrator(BadInput):
    """The three administrators are three people, and none of them works in a town, an enterprise or the district."""

    def __init__(self) -> None:
        super().__init__(
            fields={"login": "三员须由三个人分别担任，也不能兼任业务岗位；这个账号已有其他身份，请换一个人"}
        )


class LoginTaken(BadInput):
    """An account's name belongs to one person on the whole deployment."""

    def __init__(self) -> None:
        super().__init__(fields={"login": "这个账号已有人使用，请换一个；如果是同一个人，姓名要和原账号一致"})
