"""What the plans room says no to."""

from typing import ClassVar
from uuid import UUID

from services.kernel.documents.refused import FileRefused
from services.kernel.refusals import Refusal


class NotATownsNotice(FileRefused):
    """A file that can be read but is no notice from which a plan can be made."""


class NoticeTooLong(FileRefused):
    """A paper far longer than any town's key points."""


class AlreadyUploaded(Refusal):
    """The same file was uploaded before; the plan made from it is named."""

    def __init__(self, sentence: str, plan_id: UUID) -> None:
        super().__init__(sentence)
        self.plan_id = plan_id


class _WithSentence(Refusal):
    sentence_by_default: ClassVar[str] = ""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or self.sentence_by_default)


class NotADraft(_WithSentence):
    """A plan that was signed or published is not edited."""

    sentence_by_default = "这份工作要点已经签发或发布，不能直接改；签发后未发布的请由镇领导退回，已发布的请办理修订"


class PlanNotSent(_WithSentence):
    """A draft that the office has not laid before the leaders is not signed."""

    sentence_by_default = "应急办还没有送签，暂时不能签发"


class PlanNotReady(_WithSentence):
    """A plan is signed only when each of its tasks can be answered for."""

    sentence_by_default = "还不能送签"


class PlanNotSigned(_WithSentence):
    """Only what a leader has signed is published."""

    sentence_by_default = "镇领导还没有签发，不能发布"


class PlanNotPublished(_WithSentence):
    """Only a published plan is amended or concluded."""

    sentence_by_default = "只有已发布的工作要点才能修订；草稿请直接修改"


class PlanForYearExists(_WithSentence):
    """A town has one signed plan a year."""

    sentence_by_default = "本年度已有一份签发或发布的工作要点，请在那一份上办理修订"


class NoPlanLastYear(_WithSentence):
    """There is no published plan of the year before to start from."""

    sentence_by_default = "上一年度没有已发布的工作要点，请改用上传文件或区级模板"


class NodeCannotBeChanged(_WithSentence):
    """A split, merge or move that would break the tree or lose characters."""

    sentence_by_default = "这一步不能办理"


class NothingChanged(_WithSentence):
    """An amendment without any difference."""

    sentence_by_default = "没有改动任何内容，不用办理修订"
