"""What is refused on the way of a ledger into the registry."""

from services.kernel.refusals import Refusal


class AnotherIsSaved(Refusal):
    """Another ledger is being saved at this moment."""

    def __init__(self) -> None:
        super().__init__("另一份台账正在保存，请等它保存完再保存这一份；这一份的核对结果还在")


class NotToBeSaved(Refusal):
    """The ledger is not, or no longer, waiting to be saved."""

    def __init__(self) -> None:
        super().__init__("这份台账现在不能保存：可能还在核对，或者已经保存、已经放弃，请刷新查看")


class NothingToSave(Refusal):
    """No row of the ledger says anything new."""

    def __init__(self) -> None:
        super().__init__("这份台账里没有可以保存的内容：各行有误，或者与现有台账一致")


class NotToBeCancelled(Refusal):
    """The ledger has come to its end already."""

    def __init__(self) -> None:
        super().__init__("这份台账已经保存或放弃，不能再放弃")
