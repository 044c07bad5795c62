"""Evidence: files beside an assignment, seen by whoever sees it."""

from uuid import UUID

from services.kernel.attachments import Attachment, keep
from services.kernel.files import FileStore
from services.kernel.refusals import BadInput
from services.kernel.work import Work
from services.supervision.assignments import queries
from services.supervision.assignments.actions import owns
from services.supervision.assignments.refusals import NotTheOwner, WrongState

KIND = "assignment"
MOST_FILES = 50


async def attach(work: Work, files: FileStore, assignment_id: UUID, *, filename: str, data: bytes) -> Attachment:
    """The owner or the office adds a file to open work; the row is in this transaction, its bytes are kept at once.

    Raises NotTheOwner, WrongState, a FileRefused that says what to do, FileNotKept.
    """
    work.require("attachment:add")
    assignment = await queries.one(work, assignment_id, lock=True)
    if not (work.may("assignment:assign") or await owns(work, assignment)):
        raise NotTheOwner(f"这项任务交给了{assignment.owner_name}，由该单位（人员）上传佐证材料")
    if not assignment.is_open:
        raise WrongState("任务已办结或已取消，不能再补传材料")
    if len(await queries.evidence(work, assignment_id)) >= MOST_FILES:
        raise BadInput(fields={"files": f"一项任务最多 {MOST_FILES} 个附件，请合并后再上传"})
    row = await keep(
        work,
        files,
        kind=KIND,
        owner_id=assignment.id,
        enterprise_id=assignment.enterprise_id,
        filename=filename,
        data=data,
    )
    work.record("attachment:added", row, name=row.name, assignment=assignment.id)
    return row
