"""Evidence stands beside the work it proves, and is refused where it cannot be trusted."""

from pathlib import Path

import pytest
from sqlalchemy import select

from services.kernel.attachments import Attachment
from services.kernel.documents import FileRefused
from services.kernel.files import FileStore
from services.kernel.refusals import Forbidden, NotFound
from services.kernel.trail import AuditEntry
from services.supervision import assignments
from services.supervision.assignments.refusals import NotTheOwner, WrongState
from services.supervision.registry import EnterpriseFilter
from services.tenancy.roles import Role
from tests.factories import a_person
from tests.supervision.pictures import a_photo
from tests.supervision.year import Year

pytestmark = pytest.mark.anyio


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    """An empty store."""
    return FileStore.of(tmp_path)


async def test_an_owner_adds_a_photo_and_may_then_hand_in(year: Year, files: FileStore) -> None:
    """The row is there with the hash of the bytes, the bytes are kept, the trail names the file."""
    given = await year.received(evidence_wanted="现场照片")
    async with year.as_(Role.SECTOR_DEPARTMENT) as work:
        row = await assignments.attach(work, files, given.id, filename="现场 1.jpg", data=a_photo())
        assert (row.media_type, row.name, row.added_by_name) == ("image/jpeg", "现场_1.jpg", work.identity.person)
        assert (await assignments.submit(work, given.id, note="好了")).state == "submitted"
    async with year.as_(Role.TOWN_OFFICE) as work:
        assert [one.name for one in await assignments.evidence(work, given.id)] == ["现场_1.jpg"]
        kept = b"".join([piece async for piece in await files.get(year.town.id, row.sha256)])
        assert len(kept) == row.bytes
        entry = await work.one(select(AuditEntry).where(AuditEntry.act == "attachment:added"))
        assert entry.detail["name"] == "现场_1.jpg"


async def test_the_office_may_add_and_the_leader_may_not(year: Year, files: FileStore) -> None:
    """The office keeps the file of the work; a leader only reads."""
    given = await year.received()
    async with year.as_(Role.TOWN_OFFICE) as work:
        await assignments.attach(work, files, given.id, filename="说明.txt", data="已核对".encode())
    async with year.as_(Role.TOWN_LEADER) as work:
        with pytest.raises(Forbidden):
            await assignments.attach(work, files, given.id, filename="说明.txt", data=b"x")


async def test_a_neighbour_adds_nothing(year: Year, files: FileStore) -> None:
    """The second enterprise of the same town does not even find the assignment; a colleague of the department is refused."""
    given = await year.given(department_ids=(), enterprises=EnterpriseFilter(q="甲"))
    personal = await year.given(
        title="个人任务", department_ids=(), member_ids=(year.town[Role.SECTOR_DEPARTMENT].member_id,)
    )
    async with year.everything() as session:
        neighbour = await a_person(
            session, year.town, Role.SAFETY_OFFICER, name="乙厂示例", enterprise_id=year.town.enterprises[1]
        )
        colleague = await a_person(session, year.town, Role.SECTOR_DEPARTMENT, name="经发示例同事")
    for person, one in ((neighbour, given), (colleague, personal)):
        async with year.as_(person) as work:
            with pytest.raises((NotFound, NotTheOwner)):
                await assignments.attach(work, files, one.id, filename="a.jpg", data=a_photo())


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("病毒.exe", b"MZ" + bytes(200)),
        ("空.jpg", b""),
        ("网页.html", b"<html><script>1</script></html>"),
        ("图.jpg", b"\xff\xd8\xff\xe0" + bytes(100)),
    ],
)
async def test_a_bad_file_is_refused_and_leaves_nothing(year: Year, files: FileStore, name: str, data: bytes) -> None:
    """Programs, empty files, pages and broken pictures do not come in."""
    given = await year.received()
    async with year.as_(Role.SECTOR_DEPARTMENT) as work:
        with pytest.raises(FileRefused):
            await assignments.attach(work, files, given.id, filename=name, data=data)
        assert await work.count(select(Attachment)) == 0


async def test_nothing_is_added_to_what_is_finished(year: Year, files: FileStore) -> None:
    """A completed assignment keeps the evidence on which it was accepted."""
    given = await year.handed_in()
    async with year.as_(Role.TOWN_OFFICE) as work:
        await assignments.attach(work, files, given.id, filename="核查.txt", data="属实".encode())
        await assignments.accept(work, given.id)
        with pytest.raises(WrongState):
            await assignments.attach(work, files, given.id, filename="补.txt", data="补".encode())
