"""The life of an assignment: 待签收 → 进行中 → 待审核 → 已完成, with 退回 and 已取消."""

from datetime import date, datetime
from uuid import UUID

from services.supervision.assignments.refusals import AcceptedByAnother, NothingAsked, WrongState

LABELS = {
    "pending": "待签收",
    "in_progress": "进行中",
    "submitted": "待审核",
    "returned": "退回",
    "completed": "已完成",
    "cancelled": "已取消",
}
WORKING = frozenset({"in_progress", "returned"})
OPEN = frozenset({"pending", "in_progress", "submitted", "returned"})
MOST_NOTE = 2000


class Life:
    """The acts on an assignment; a broken promise is a refusal in Chinese."""

    state: str
    percent: int
    due_on: date
    due_workdays: int | None
    due_start: date | None
    due_provisional: bool
    received_at: datetime | None
    submitted_by: UUID | None
    submitted_at: datetime | None
    accepted_by: UUID | None
    accepted_at: datetime | None
    cancelled_at: datetime | None
    returns: int
    extension_to: date | None
    extension_reason: str | None
    escalation: int

    @property
    def state_label(self) -> str:
        """The word for the state."""
        return LABELS[self.state]

    @property
    def is_open(self) -> bool:
        """Still to be done."""
        return self.state in OPEN

    def is_late(self, today: date) -> bool:
        """The day has passed (a day ends at 24:00 in Asia/Shanghai) and the work was not handed in."""
        return self.state in OPEN - {"submitted"} and today > self.due_on

    def receive(self, at: datetime) -> None:
        """签收."""
        self._must_be({"pending"}, "这项任务已经签收，不必重复签收")
        self.state, self.received_at = "in_progress", at

    def progress(self, percent: int) -> None:
        """Report how far the work has come."""
        self._must_be(
            WORKING, "请先签收再填报进展" if self.state == "pending" else "这项任务已报送或办结，不能再填报进展"
        )
        self.state, self.percent = "in_progress", percent

    def submit(self, by: UUID | None, at: datetime) -> None:
        """报送审核."""
        self._must_be(WORKING, "请先签收再报送" if self.state == "pending" else "这项任务已报送或办结，不必重复报送")
        self.state, self.percent = "submitted", 100
        self.submitted_by, self.submitted_at = by, at

    def accept(self, by: UUID | None, at: datetime) -> None:
        """审核通过，办结; raises AcceptedByAnother when the same person submitted."""
        self._must_be({"submitted"}, "只有已报送的任务才能审核")
        self._must_be_another(by)
        self.state, self.accepted_by, self.accepted_at = "completed", by, at

    def send_back(self, by: UUID | None) -> None:
        """退回."""
        self._must_be({"submitted"}, "只有已报送的任务才能退回")
        self._must_be_another(by)
        self.state, self.returns = "returned", self.returns + 1

    def ask_extension(self, to: date, reason: str) -> None:
        """申请延期."""
        self._must_be(OPEN - {"submitted"}, "已报送或办结的任务不需要延期")
        self.extension_to, self.extension_reason = to, reason

    def decide_extension(self, *, granted: bool) -> date:
        """批准或不批准延期; gives the day that was asked for."""
        if self.extension_to is None:
            raise NothingAsked("没有待批的延期申请，可能已有人处理，请刷新")
        asked, self.extension_to, self.extension_reason = self.extension_to, None, None
        if granted:
            self.due_on, self.escalation = asked, 0
            # From here on the day is one that a person chose.
            self.due_workdays = self.due_start = None
        return asked

    def recount(self, due_on: date, *, is_provisional: bool, today: date) -> None:
        """The calendar has changed: the day as it is counted now; lateness of the former day is no longer counted."""
        self._must_be(OPEN, "已办结或已取消的任务，期限不再变动")
        if due_on != self.due_on and due_on >= today:
            self.escalation = 0
        self.due_on, self.due_provisional = due_on, is_provisional

    def cancel(self, at: datetime) -> None:
        """取消."""
        self._must_be(OPEN, "已办结或已取消的任务不能再取消")
        self.state, self.cancelled_at = "cancelled", at

    def hand_over(self) -> None:
        """转办: the new owner has to receive it."""
        self._must_be(OPEN - {"submitted"}, "已报送或办结的任务不能转办")
        self.state, self.received_at, self.extension_to, self.extension_reason = "pending", None, None, None

    def _must_be(self, states: frozenset[str] | set[str], sentence: str) -> None:
        if self.state not in states:
            raise WrongState(sentence)

    def _must_be_another(self, by: UUID | None) -> None:
        if by is not None and by == self.submitted_by:
            raise AcceptedByAnother("报送人不能审核自己报送的任务，请由另一位监管人员审核")
