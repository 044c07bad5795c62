"""What the room of proposed changes refuses, each named after the fact."""

from services.kernel.refusals import BadInput, Refusal


class NothingChanges(BadInput):
    """What was proposed is what the registry says already."""

    def __init__(self) -> None:
        super().__init__("填写的内容与档案一致，没有需要变更的地方；请修改后再提交")


class AlreadyAsked(Refusal):
    """Another proposal of the enterprise is still waiting."""

    def __init__(self) -> None:
        super().__init__("还有一份变更申请待应急办审核；请等审核结果，或撤回后重新申请")


class NotWaiting(Refusal):
    """The proposal was decided or withdrawn before."""

    def __init__(self) -> None:
        super().__init__("这份申请已经办结或撤回，不能再办理；请刷新后查看结果")


class DecidedByAsker(Refusal):
    """Whoever asked for a change may not approve it."""

    def __init__(self) -> None:
        super().__init__("申请人不能审核自己的申请，请由应急办其他同志办理")


class ChangedMeanwhile(Refusal):
    """The registry has changed since the enterprise asked, so that what it compared is gone."""

    def __init__(self) -> None:
        super().__init__("企业申请之后档案又改过，申请的内容已对不上；请写明原因退回，让企业重新申请")
