"""What the registry refuses, each named after the fact."""

from services.kernel.refusals import BadInput, Refusal


class CodeTaken(BadInput):
    """Another enterprise of this town has the credit code."""

    status = 409

    def __init__(self, name: str) -> None:
        sentence = f"本镇已有企业使用这个信用代码：{name}；请核对代码，或直接修改那家企业的档案"
        super().__init__(sentence, fields={"credit_code": sentence})


class BeforeTheRegistry(BadInput):
    """The registry knows nothing of a day before the enterprise was registered."""


class AlreadyGone(Refusal):
    """The enterprise has been struck off or moved away already."""

    def __init__(self) -> None:
        super().__init__("这家企业已办理迁出或注销；登记有误的，请在“修改档案”里改正")


class SiteClosed(Refusal):
    """The site was closed before."""

    def __init__(self) -> None:
        super().__init__("这个场所已经停用，资料只供查阅；重新启用的，请另行添加")
